"""report.html and index.html in a browser, from a file: what it shows, that it can be worked with keys alone, that it asks
nothing of any network, and that no byte of a capture becomes part of the page."""
import json
import pathlib
import shutil
import unittest

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    webdriver = None

from capture_writer import CaptureWriter, request, response
from support import EndToEnd, ROOT, SCENARIOS, sipharness

AXE = ROOT / "build/axe/node_modules/axe-core/axe.min.js"
PHONE, SERVER = "198.51.100.5:5060", "203.0.113.10:5060"
FIELD = ROOT / "tests/data/field"
# What ends a script, an attribute or a text, what a terminal obeys, what turns text round, and broken UTF-8.
HOSTILE = ('</script><script>window.broken=1</script><img src=x onerror="window.broken=1">'
           "\"'&<!--\u202e\u0007\x1b[31m${broken}{{data}}")


def start_browser():
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def accessibility_findings(browser):
    """What axe-core finds of impact serious or critical."""
    browser.set_script_timeout(300)  # on a host that is busy
    found = browser.execute_async_script(
        AXE.read_text() + ";const done = arguments[arguments.length - 1];"
        "axe.run().then(({passes, violations}) => done([passes.length, violations.map("
        "({impact, id, nodes}) => [impact, id, nodes[0].html])]))")
    if found[0] <= 15:
        raise AssertionError(f"only {found[0]} rules hold")
    return [one for one in found[1] if one[0] in ("serious", "critical")]


@unittest.skipUnless(webdriver and shutil.which("chromium"), "Chromium or its driver is not installed")
class ReportInABrowser(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.browser = start_browser()
        cls.addClassCleanup(cls.browser.quit)

    def open(self, page, width=1280):
        self.browser.set_window_size(width, 900)
        self.browser.get(pathlib.Path(page).as_uri())
        self.assertEqual([], self.browser.get_log("browser"), "the console")
        self.assertEqual(0, self.script("return performance.getEntriesByType('resource').length"), "requests")

    def script(self, text, *arguments):
        return self.browser.execute_script(text, *arguments)

    def text(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector).text

    def count(self, selector):
        return len(self.browser.find_elements(By.CSS_SELECTOR, selector))

    def run_page(self, scenario, *arguments):
        done, folders = self.run_scenarios(SCENARIOS / scenario, *arguments, "--quiet")
        self.assertIn(done.returncode, (0, 1, 3), done.stderr)
        return next(iter(folders.values())) / "report.html"

    def capture_page(self, capture, *arguments):
        page = self.scratch / "page.html"
        done = sipharness("check", capture, *arguments, "--html", page, "--quiet")
        self.assertIn(done.returncode, (0, 1, 3), done.stderr)
        return page

    def selected(self):
        return self.text(".row[aria-selected='true']")

    def show_in(self, scheme):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                     {"features": [{"name": "prefers-color-scheme", "value": scheme}]})

    # --- What it shows ---

    def test_a_passing_run(self):
        page = self.run_page("primary_down.json")
        self.assertLess(page.stat().st_size, 300_000)
        self.open(page)
        self.assertEqual("PASS", self.text(".badge"))
        self.assertIn("Nothing was broken", self.text(".summary"))
        self.assertEqual(0, self.count(".card"))
        self.assertIn("55 messages", self.text("#ladder .tools"))
        self.assertEqual(["phone", "primary", "secondary"],
                         [one.text for one in self.browser.find_elements(By.CSS_SELECTOR, ".lanes text:not(.address)")])
        self.assertGreater(self.count(".row .outage"), 0)
        self.assertGreater(self.count(".row .bound"), 0)
        self.assertGreater(self.count("#charts circle.dot"), 20)

    def test_what_a_device_did_wrong(self):
        for deviation, scenario, row, said in (
                ("never_falls_back", "guide/primary_silent_on_invite.json", "GRP-CALL-03", "no INVITE at the secondary"),
                ("caps_timer_a_at_t2", "guide/primary_silent_on_invite.json", "RFC3261-TIMER-A", "INVITE transmission 6"),
                ("cancels_before_provisional", "guide/primary_silent_on_invite.json", "RFC3261-CANCEL-01", "CANCEL"),
                ("refreshes_late", "guide/refresh_before_expiry.json", "GRP-REG-05", "refresh at the")):
            with self.subTest(deviation):
                self.open(self.run_page(scenario, "--deviate", deviation))
                self.assertEqual("FAIL", self.text(".badge"))
                card = self.browser.find_element(By.ID, f"card-{row}-phone")
                self.assertIn(said, card.text)
                self.assertIn(row, self.text(".summary"))

    def test_what_follows_is_folded_under_its_cause(self):
        self.open(self.run_page("guide/primary_silent_on_invite.json", "--deviate", "never_falls_back"))
        self.assertEqual(1, self.count(".card"))
        self.assertIn("9 findings that follow from this one: FO-DET-INV, RFC3263-01", self.text(".card"))

    def test_nothing_judged(self):
        self.open(self.capture_page(CaptureWriter().write(self.scratch / "empty.pcap")))
        self.assertEqual("INCONCLUSIVE", self.text(".badge"))
        self.assertIn("Nothing was judged", self.text(".summary"))

    def test_a_capture_from_the_field(self):
        self.open(self.capture_page(FIELD / "never_again_after_480.pcap", "--profile", FIELD / "phone.profile.json"))
        self.assertIn("gave the primary up", self.text(".summary"))
        self.assertIn("guessed: first REGISTER", self.text("#capture"))

    def test_many_devices_are_shown_one_at_a_time(self):
        self.open(self.run_page("failover/herd_returns.json"))
        lanes = self.count(".lanes text:not(.address)")
        self.assertLessEqual(lanes, 4)
        before = self.text("#ladder .tools [role='status']")
        self.script("const s=document.querySelector('#ladder select'); s.value=[...s.options].at(-1).value;"
                    "s.dispatchEvent(new Event('change'))")
        self.assertIn("message", before)
        self.assertLessEqual(self.count(".lanes text:not(.address)"), 4)

    def test_many_devices_have_a_lane_each_and_one_card(self):
        self.open(self.run_page("failover/herd_returns.json", "--deviate", "refreshes_late"))
        self.assertIn("all 50 devices", self.text("#findings"))
        self.assertLess(self.count(".card"), 4)
        self.assertEqual(50, self.count(".overview button"))
        self.browser.find_elements(By.CSS_SELECTOR, ".overview button")[30].send_keys(Keys.ENTER)
        self.assertEqual("phone-1031", self.text(".lanes text:not(.address)"))
        self.assertEqual(["true"], [one.get_attribute("aria-expanded") for one in self.browser.find_elements(
            By.CSS_SELECTOR, ".overview button") if one.text.endswith("1031 fail")])

    def test_calls_registrations_and_faults_over_time(self):
        self.open(self.run_page("primary_down.json"))
        self.assertEqual("silent", self.text(".overview .fault-name"))
        for drawn in (".held", ".lapsed", ".outage", ".call-0", ".call-0.asked", ".call-1"):
            self.assertGreater(self.count(f".overview {drawn}"), 0, drawn)
        self.browser.find_element(By.CSS_SELECTOR, "#overview .frames button").click()
        self.assertIn("INVITE (1 of 7)", self.text(".message-pane h3"))
        self.assertIn("call to 2001 at primary not answered yet; primary: silent", self.text(".message-pane"))
        self.assertGreater(self.count(".row .call-0"), 0)

    def test_how_much_too_late_and_where(self):
        self.open(self.run_page("guide/refresh_before_expiry.json", "--deviate", "refreshes_late"))
        self.assertRegex(self.text("#head .where"), r"^4\.400 s too late")
        self.browser.find_element(By.CSS_SELECTOR, "#head .where button").click()
        self.assertIn("REGISTER", self.text(".message-pane h3"))

    # --- Several runs ---

    def test_several_runs_have_an_index(self):
        done, folders = self.run_scenarios("both_up_register", "guide/primary_silent_on_invite",
                                           "call_primary_up", "--deviate", "never_falls_back")
        index = next(iter(folders.values())).parent / "index.html"
        self.assertIn(f"Pages    {index}", done.stdout)
        self.open(index)
        self.assertEqual("1 failed, 2 passed.", self.text(".summary"))
        rows = [row.text for row in self.browser.find_elements(By.CSS_SELECTOR, "#runs tbody tr")]
        self.assertIn("GRP-CALL-03", rows[0])
        again = index.parent / "again" / "index.html"
        again.parent.mkdir()
        sipharness("check", *folders.values(), index.parent / "latest", "--html", again)
        self.open(again)
        self.assertEqual("1 failed, 2 passed.", self.text(".summary"))
        self.browser.find_element(By.CSS_SELECTOR, "#runs a").click()
        self.assertEqual("FAIL", self.text(".badge"))
        self.open(index)
        self.browser.find_element(By.CSS_SELECTOR, "#runs input").send_keys("call_primary")
        self.assertIn("1 of 3 runs", self.text("#runs"))
        self.script("const i=document.querySelector('#runs input'); i.value=''; i.dispatchEvent(new Event('input'))")
        self.browser.find_element(By.CSS_SELECTOR, "#runs a").click()
        self.assertEqual("FAIL", self.text(".badge"))
        self.assertIn("primary_silent_on_invite", self.text("h1"))

    def repeated_page(self):
        _, folders = self.run_scenarios("primary_silent_on_invite", "--repeat", 3, "--quiet")
        return next(iter(folders.values())).parent / "index.html"

    def test_how_repeated_intervals_spread(self):
        self.open(self.repeated_page())
        self.assertIn("primary_silent_on_invite: 3 of 3 passed", self.text("#repeats summary"))
        self.assertGreater(self.count("#repeats .spread .dot"), 9)
        self.assertIn("GRP-CALL-03", self.text("#repeats tbody"))

    def campaign_pages(self):
        """Two builds of a firmware: their matrix and their comparison."""
        out = self.scratch / "campaign"
        builds = ("good", ()), ("bad", ("--deviate", "never_falls_back"))
        for name, deviation in builds:
            sipharness("run", "primary_silent_on_invite", "call_primary_up", "--out", out / name, "--quiet", *deviation)
        matrix, comparison = out / "matrix.html", out / "comparison.html"
        done = sipharness("matrix", out / "good", out / "bad", "--label", "1.0", "--label", HOSTILE, "--html", matrix)
        self.assert_exit(done, 0)
        self.assert_exit(sipharness("compare", out / "good", out / "bad", "--html", comparison), 1)
        return matrix, comparison

    def test_two_builds_of_a_firmware_in_a_matrix(self):
        matrix, comparison = self.campaign_pages()
        self.open(matrix)
        first = self.browser.find_element(By.CSS_SELECTOR, "#scenarios tbody tr")
        self.assertIn("primary_silent_on_invite", first.text)
        self.browser.find_elements(By.CSS_SELECTOR, "#scenarios thead button")[1].click()
        self.assertEqual(1, self.count("#scenarios [aria-sort='descending']"))
        self.browser.find_element(By.CSS_SELECTOR, "#requirements input").send_keys("GRP-CALL-03")
        self.assertIn("1 of", self.text("#requirements [role='status']"))
        self.browser.find_element(By.CSS_SELECTOR, "#requirements tbody button.fail").click()
        self.assertIn("no INVITE at the secondary", self.text("dialog"))
        self.assertIsNone(self.script("return window.broken ?? null"))
        self.browser.find_element(By.CSS_SELECTOR, "dialog a").click()
        self.assertEqual("FAIL", self.text(".badge"))
        self.open(comparison)
        self.assertEqual("WORSE", self.text(".badge"))
        self.assertIn("GRP-CALL-03", self.text("#changes tbody"))

    def test_a_matrix_of_a_hundred_scenarios_and_fifty_firmwares(self):
        folder, page = self.scratch / "results", self.scratch / "matrix.html"
        done, folders = self.run_scenarios("primary_down", "--quiet")
        self.assert_exit(done, 0)
        result = json.loads((next(iter(folders.values())) / "result.json").read_text())
        folder.mkdir()
        for firmware in range(50):
            result["devices"][0]["user_agent"] = f"phone 1.0.{firmware}"
            runs = [{**result, "scenario": f"scenario_{one}"} for one in range(100)]
            document = {"format": "sipharness-results/1", "not_run": [], "results": runs}
            (folder / f"{firmware}.json").write_text(json.dumps(document))
        self.assert_exit(sipharness("matrix", *folder.glob("*.json"), "--html", page), 0)
        self.assertLess(page.stat().st_size, 6_000_000)
        self.open(page)
        self.assertEqual(5000, self.count("#scenarios td button"))
        self.browser.find_elements(By.CSS_SELECTOR, "#scenarios thead button")[40].click()
        self.assertEqual(1, self.count("#scenarios [aria-sort='descending']"))

    @unittest.skipUnless(AXE.exists(), "axe-core is not there: ./dev test fetches it with npm")
    def test_no_page_shuts_anybody_out(self):
        done, folders = self.run_scenarios("primary_down", "guide/primary_silent_on_invite", "--deviate",
                                           "never_falls_back")
        self.assertEqual(2, len(folders), done.stderr)
        pages = [folder / "report.html" for folder in folders.values()]
        both = (("light", 1280), ("dark", 500))
        herd = self.run_page("failover/herd_returns.json", "--deviate", "refreshes_late")
        for page, ways in [*((page, both) for page in pages), (pages[0].parent.parent / "index.html", both),
                           (herd, both[:1]), *((page, both) for page in (*self.campaign_pages(), self.repeated_page()))]:
            for scheme, width in ways:
                with self.subTest(f"{page} {scheme} {width}"):
                    self.show_in(scheme)
                    self.open(page, width)
                    self.script("for (const part of ['.card', '#rows']) document.querySelectorAll(`${part} details`)"
                                ".forEach((one, index) => { one.open = index < 3; });"
                                "document.querySelector('.card .frames button')?.click();"
                                "document.querySelector('.matrix td button')?.click()")
                    self.assertEqual([], accessibility_findings(self.browser))

    def test_it_fits_a_narrow_window(self):
        page = self.run_page("primary_down.json")
        for width in (1280, 500):
            self.open(page, width)
            wide, window = self.script("return [document.documentElement.scrollWidth, window.innerWidth]")
            self.assertLessEqual(wide, window)

    def test_paper_shows_all_of_it(self):
        self.open(self.run_page("guide/primary_silent_on_invite.json", "--deviate", "never_falls_back"), 800)
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        self.addCleanup(self.browser.execute_cdp_cmd, "Emulation.setEmulatedMedia", {"media": ""})
        self.script("window.dispatchEvent(new Event('beforeprint'))")
        self.assertEqual(self.script("return view.shown.length"), self.count(".row"))
        cut, below, folded = self.script(
            "const bottom = (one) => document.querySelector(one).getBoundingClientRect().bottom;"
            "const scroll = document.querySelector('.scroll');"
            "return [scroll.scrollHeight > scroll.clientHeight, bottom('.row:last-child') > bottom('#ladder'),"
            "document.querySelectorAll('.card details:not([open])').length]")
        self.assertEqual([False, False, 0], [cut, below, folded])
        self.assertIn("frame 5 INVITE", self.text(".card"))
        self.script("window.dispatchEvent(new Event('afterprint'))")
        self.assertEqual(0, self.count(".card details[open]"))

    # --- Working with it ---

    def test_a_card_leads_to_its_frame_and_back(self):
        self.open(self.run_page("guide/primary_silent_on_invite.json", "--deviate", "never_falls_back"))
        self.browser.find_element(By.CSS_SELECTOR, ".card .frames button").click()
        self.assertIn("INVITE (1 of 7)", self.script("return document.querySelector('.row[aria-selected=true] .hidden').textContent"))
        self.assertIn("INVITE sip:2001@", self.text(".message-pane pre"))
        self.browser.find_element(By.CSS_SELECTOR, ".message-pane button.fail").click()
        self.assertEqual("card-GRP-CALL-03-phone", self.script("return document.activeElement.id"))

    def test_keys_alone(self):
        self.open(self.run_page("primary_down.json"))
        self.script("document.querySelector('.scroll').focus()")
        keys = self.browser.switch_to.active_element
        for _ in range(3):
            keys.send_keys(Keys.ARROW_DOWN)
        self.assertIn("REGISTER", self.text(".message-pane h3"))
        keys.send_keys("m")
        keys.send_keys(Keys.END)
        self.assertRegex(self.text(".message-pane"), r"210\.0+ s from REGISTER")
        self.assertEqual("true", self.script("return document.querySelector('.row[aria-selected=true]').ariaSelected"))

    def test_one_call_and_a_search(self):
        self.open(self.run_page("primary_down.json"))
        self.script("const s=document.querySelector('#ladder select'); s.value=[...s.options].find(o=>o.text.startsWith('INVITE')).value;"
                    "s.dispatchEvent(new Event('change'))")
        one_call = self.text("#ladder .tools [role='status']")
        self.assertRegex(one_call, r"^1\d messages$")
        self.script("const c=document.querySelector('#ladder input[type=checkbox]'); c.click()")
        self.assertNotEqual(one_call, self.text("#ladder .tools [role='status']"))
        search = self.browser.find_element(By.ID, "row-search")
        search.send_keys("GRP-CALL-03")
        self.assertEqual(1, self.script("return [...document.querySelectorAll('#rows tbody tr')].filter(r=>!r.hidden).length"))

    def test_five_thousand_messages(self):
        capture = CaptureWriter()
        for n in range(2500):
            about = (f"SIP/2.0/UDP {PHONE};branch=z9hG4bK{n}", "<sip:1001@pbx.example>;tag=a", "<sip:pbx.example>",
                     f"c{n}@phone", 1)
            capture.udp(n, PHONE, SERVER, request("OPTIONS", "sip:pbx.example", *about))
            capture.udp(n + .01, SERVER, PHONE, response(200, "OK", *about, "OPTIONS"))
        page = self.capture_page(capture.write(self.scratch / "many.pcap"))
        self.assertLess(page.stat().st_size, 2_000_000)
        self.open(page)
        self.assertIn("5000 messages", self.text("#ladder .tools"))
        self.assertLess(self.count(".row"), 120)
        self.script("document.querySelector('.scroll').scrollTop = 1e9")

    # --- Bytes from outside ---

    def test_nothing_from_a_capture_becomes_part_of_the_page(self):
        capture = CaptureWriter()
        about = (f"SIP/2.0/UDP {PHONE};branch=z9hG4bK1", f'"{HOSTILE}" <sip:1001@pbx.example>;tag=a',
                 f"<sip:{HOSTILE}@pbx.example>", f"{HOSTILE}@phone", 1)
        more = (f"User-Agent: {HOSTILE}", f"Contact: <sip:1001@{PHONE}>;x={HOSTILE}", f"{HOSTILE}: {HOSTILE}")
        for n, method in enumerate(("REGISTER", "INVITE", HOSTILE.split()[0])):
            capture.udp(n, PHONE, SERVER, request(method, f"sip:{HOSTILE}", *about, *more, body=HOSTILE))
            capture.udp(n + .01, SERVER, PHONE, response(480, HOSTILE, *about, method, *more).encode() + b"\xff\xfe")
        self.open(self.capture_page(capture.write(self.scratch / f"{HOSTILE.replace('/', '')[:80]}.pcap")))
        for index in range(self.count(".row")):
            self.browser.find_element(By.ID, f"row-{index}").click()
        self.assertIsNone(self.script("return window.broken ?? null"))
        self.assertEqual([2, 0, 1], [self.count(name) for name in ("script", "img", "style")])
        self.assertIn("<script>", self.text("main"))
        self.assertIn("\\x202e", self.text("main"))
        self.assertNotRegex(self.script("return document.body.outerHTML + document.title"), "[\u202e\u0007\x1b]")
        self.assertEqual([], self.browser.get_log("browser"))


if __name__ == "__main__":
    unittest.main()
