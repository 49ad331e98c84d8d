"""The live page of a run, in a browser: prompts are answered there, verdicts and past runs are seen, a click
stops the run, two browsers see the same, and who has no business there gets nothing."""
import http.client
import re
import shutil
import socket
import subprocess
import time
import unittest

from browser_test import AXE, HOSTILE, accessibility_findings, start_browser, webdriver
from external_test import SILENCE, Lab, scenario
from support import PROGRAM, ROOT


class Live(Lab):
    def start(self, content, *arguments):
        """The run in the background, and the link of its page."""
        self.out = self.scratch / "runs"
        run = subprocess.Popen([PROGRAM, "run", "--device", "external", "--bind", self.servers, "--no-bracket",
                                "--out", self.out, self.file(content), "--quiet", "--web", *arguments], cwd=ROOT,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

        def end():
            run.kill()
            run.wait()
            run.stderr.close()
        self.addCleanup(end)
        return run, re.search(r"live page (http://\S+/\S*)", run.stderr.readline()).group(1)

    def journal(self):
        return (self.out / "latest" / "journal.jsonl").read_text()


class WithoutABrowser(Live):
    def ask(self, link, method="GET", path="/", body=None, **headers):
        host, port = re.match(r"http://([\d.]+):(\d+)/", link).groups()
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        self.addCleanup(connection.close)
        connection.request(method, path, body, {name.capitalize(): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def test_who_may_see_it_and_who_may_stop_it(self):
        run, link = self.start(scenario("60s", [SILENCE], ["GRP-REG-01"]), "--web-token", "a-token-of-ours")
        self.assertTrue(link.endswith("/?token=a-token-of-ours"), link)
        self.assertEqual(403, self.ask(link)[0])
        self.assertEqual(421, self.ask(link, host="evil.example")[0])
        status, page = self.ask(link, path="/?token=a-token-of-ours")
        self.assertEqual(200, status)
        body = '{"key":"%s"}' % re.search(r'"key":"(\w+)"', page).group(1)
        origin = link.split("/?")[0]
        stop = {"method": "POST", "path": "/stop?token=a-token-of-ours", "body": body}
        self.assertEqual(403, self.ask(link, **stop)[0])
        self.assertEqual(403, self.ask(link, **stop, origin="http://evil.example")[0])
        port = origin.rsplit(":", 1)[1]
        done = {**stop, "path": "/stop", "cookie": f"sipharness-{port}=a-token-of-ours", "origin": origin}
        end = time.monotonic() + 30
        while not (self.out / "latest").exists() and time.monotonic() < end:  # the page is there before the run
            time.sleep(0.05)
        self.assertEqual(200, self.ask(link, **done)[0])
        self.assertEqual(3, run.wait(30))
        for file in (self.out / "latest").resolve().iterdir():
            if file.is_file():
                self.assertNotIn(b"a-token-of-ours", file.read_bytes(), file)

    def test_servers_alone(self):
        log = self.scratch / "log"
        with log.open("w") as output:
            serving = subprocess.Popen([PROGRAM, "serve", self.file(scenario("60s", [], ["GRP-REG-01"], phases=False)), "--bind",
                                        self.servers, "--web"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output,
                                       stderr=subprocess.PIPE, text=True)
        self.addCleanup(serving.stderr.close)
        self.addCleanup(serving.kill)
        link = re.search(r"live page (http://\S+/)", serving.stderr.readline()).group(1)
        host, port = re.match(r"http://([\d.]+):(\d+)/", link).groups()
        events = http.client.HTTPConnection(host, int(port), timeout=30)
        self.addCleanup(events.close)
        events.request("GET", "/events")
        answer = events.getresponse()
        self.phone()
        line = b""
        while b"REGISTER" not in line:
            line = answer.readline()
            self.assertTrue(line, "the events ended")
        self.assertIn(b'"phase":"serving"', line)
        self.assertEqual(404, self.ask(link, path="/runs/tests/report.html")[0])
        body = '{"key":"%s"}' % re.search(r'"key":"(\w+)"', self.ask(link)[1]).group(1)
        self.assertEqual(200, self.ask(link, "POST", "/stop", body, origin=link[:-1])[0])
        self.assertEqual(0, serving.wait(30))


@unittest.skipUnless(webdriver and shutil.which("chromium"), "Chromium or its driver is not installed")
class InABrowser(Live):
    @classmethod
    def setUpClass(cls):
        cls.browser = start_browser()
        cls.addClassCleanup(cls.browser.quit)

    def setUp(self):
        super().setUp()
        self.browser.get_log("browser")  # what was said of other tests

    def text(self, name, browser=None):
        return (browser or self.browser).execute_script(f"return document.getElementById('{name}').innerText")

    def wait_for(self, condition, what, limit=40):
        end = time.monotonic() + limit
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what}; the page says: {self.text('now')}")
            time.sleep(0.1)

    def another_browser(self):
        """One with processes and a profile of its own: what it shows comes from the harness and nowhere else."""
        other = start_browser()
        self.addCleanup(other.quit)
        profiles = {one.capabilities["chrome"]["userDataDir"] for one in (self.browser, other)}
        self.assertEqual(2, len(profiles))
        return other

    def click(self, name):
        self.browser.find_element("id", name).click()

    def show_in(self, scheme):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                     {"features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def hear_hostile_bytes(self):
        """A stranger sends what ends scripts, turns text round and is no UTF-8."""
        fields = "".join(f"{name}: {HOSTILE}\r\n" for name in ("From", "To", "Contact", "User-Agent", "Call-ID", HOSTILE))
        message = (f"OPTIONS sip:{HOSTILE} SIP/2.0\r\nVia: SIP/2.0/UDP {self.servers}:9;branch=z9hG4bK1\r\n"
                   f"CSeq: 1 OPTIONS\r\n{fields}Content-Length: 0\r\n\r\n").encode() + b"\xff\xfe"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(message, (self.servers, 5070))
            stranger.sendto(HOSTILE.encode() + b"\xff\xc0\r\n\r\n", (self.servers, 5080))

    def read_every_line(self):
        read = self.browser.execute_script(
            "return [...document.querySelectorAll('.row')].map((one) => { document.getElementById(one.id)?.click();"
            " return document.querySelector('.message-pane').textContent; })")
        self.assertIn("<script>", "".join(read))

    def is_asked(self, task, browser=None):
        return self.shows_prompt(browser) and task in self.text("task", browser)

    def shows_prompt(self, browser=None):
        return (browser or self.browser).find_element("id", "prompt").is_displayed()

    def assert_same_page(self, other):
        """Both show the same, in every part that is neither the clock nor opened by whoever reads there."""
        for browser in (self.browser, other):  # a ladder holds the rows that are in view
            browser.execute_script("if (parts.scroll) parts.scroll.scrollTop = 0")
        shown = ("return ['state', 'task', 'counts', 'verdicts', 'past'].map((id) => document.getElementById(id).innerText)"
                 ".concat([...document.querySelectorAll('#ladder .row')].map((row) => row.textContent))")
        self.wait_for(lambda: other.execute_script(shown) == self.browser.execute_script(shown), "the same in both browsers")

    def test_a_run_with_a_prompt_that_is_answered_and_a_click_that_stops_it(self):
        timeline = [{"after": "secondary.registered", "plus": "1s", "deadline": "20s", "do": "dial", "number": "2001"},
                    {"after": "primary.answered", "plus": "500ms", "deadline": "60s", "do": "hang_up"}]
        past = self.scratch / "runs" / HOSTILE.replace("/", "")[:80]
        past.mkdir(parents=True)
        (past / "report.html").write_text("<p>an old report</p>")
        phone = self.phone()
        run, link = self.start(scenario("120s", timeline, ["GRP-CALL-01"], phases=False))
        self.browser.get(link)
        self.wait_for(lambda: self.is_asked("dial 2001"), "the prompt")
        self.assertEqual("RUNNING", self.text("state"))
        self.assertIn("of 120 s", self.text("clock"))
        self.hear_hostile_bytes()
        self.wait_for(lambda: "OPTIONS" in self.text("ladder"), "what a stranger sent")
        other = self.another_browser()
        other.get(link)
        self.wait_for(lambda: self.is_asked("dial 2001", other), "the prompt in another browser")
        self.assert_same_page(other)
        phone.stdin.write("dial 2001\n")
        phone.stdin.flush()
        self.browser.execute_script("document.getElementById('done').focus()")
        self.browser.switch_to.active_element.send_keys("\n")
        for browser in (self.browser, other):
            self.wait_for(lambda browser=browser: self.is_asked("hang up", browser), "the next prompt")
        # What is answered in the one is asked no more in the other.
        other.find_element("id", "could-not").click()
        self.wait_for(lambda: not self.shows_prompt(), "the end of the prompt")
        self.wait_for(lambda: "INVITE" in self.text("ladder"), "the call in the ladder")
        self.wait_for(lambda: "passed" in self.text("counts"), "verdicts so far")
        self.assert_same_page(other)
        self.read_every_line()
        self.wait_for(lambda: "img src" in self.text("past"), "past runs")
        self.assertIsNone(self.browser.execute_script("return window.broken ?? null"))
        self.assertNotRegex(self.browser.execute_script("return document.body.outerHTML + document.title"), "[\u202e\u0007\x1b]")
        self.assertEqual([0, 2, 1], [len(self.browser.find_elements("css selector", name)) for name in ("img", "script", "style")])
        self.assertEqual([], self.browser.get_log("browser"), "the console")
        self.click("stop")
        self.assertEqual(3, run.wait(30))
        self.wait_for(lambda: self.text("state") in ("FAIL", "INCONCLUSIVE"), "the verdict")
        self.assert_same_page(other)
        self.assertEqual([], other.get_log("browser"), "the console of the other browser")
        self.assertEqual([], self.browser.get_log("browser"), "the console")
        self.assertIn("operator: done", self.journal())
        self.assertIn("operator: not done", self.journal())
        self.assertIn("interrupted", self.journal())

    def test_a_harness_that_is_killed_leaves_what_was_seen(self):
        self.phone()
        run, link = self.start(scenario("60s", [], ["GRP-REG-01"], phases=False))
        self.browser.get(link)
        self.wait_for(lambda: "200 OK to REGISTER" in self.text("ladder"), "the ladder")
        if AXE.exists():
            for scheme, width in (("light", 1280), ("dark", 500)):
                self.browser.set_window_size(width, 900)
                self.show_in(scheme)
                self.assertEqual([], accessibility_findings(self.browser), scheme)
                wide, window = self.browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
                self.assertLessEqual(wide, window)
        shown = self.text("ladder")
        run.kill()
        self.wait_for(lambda: self.text("state") == "NO CONNECTION", "the end")
        self.assertIn("does not answer", self.text("awaiting"))
        self.assertEqual(shown, self.text("ladder"))
        self.browser.get((self.out / "latest" / "report.html").resolve().as_uri())
        self.assertIn("So far", self.browser.find_element("id", "head").text)
        self.assertIn("200 OK to REGISTER", self.text("ladder"))

    def test_servers_alone_have_a_ladder(self):
        serving = subprocess.Popen([PROGRAM, "serve", self.file(scenario("60s", [], ["GRP-REG-01"], phases=False)), "--bind",
                                    self.servers, "--web"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(serving.stderr.close)
        self.addCleanup(serving.kill)
        self.browser.get(re.search(r"live page (http://\S+/)", serving.stderr.readline()).group(1))
        self.phone()
        self.wait_for(lambda: "200 OK to REGISTER" in self.text("ladder"), "the ladder")
        self.assertFalse(self.browser.find_element("id", "verdicts").is_displayed())
        self.assertIn("REGISTER", self.text("lines"))
        self.click("stop")
        self.assertEqual(0, serving.wait(30))


if __name__ == "__main__":
    unittest.main()
