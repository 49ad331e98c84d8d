"""report.html in a browser, from a file: what it shows, that it can be worked with keys alone, that it asks
nothing of any network, and that no byte of a capture becomes part of the page."""
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

    def test_it_fits_a_narrow_window(self):
        page = self.run_page("primary_down.json")
        for width in (1280, 500):
            self.open(page, width)
            wide, window = self.script("return [document.documentElement.scrollWidth, window.innerWidth]")
            self.assertLessEqual(wide, window)

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
        self.assertEqual([], self.browser.get_log("browser"))


if __name__ == "__main__":
    unittest.main()
