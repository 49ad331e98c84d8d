"""`sipharness inspect`: the story of captures as people bring them, held against tshark."""
import json
import pathlib
import shutil
import unittest

from capture_writer import CaptureWriter
from support import EndToEnd, ROOT, sipharness, sip_ports, tshark

PHONE, SERVER = "192.0.2.50:5060", "192.0.2.10:5060"
FIELD = sorted((ROOT / "tests/data/field").glob("*.pcap"))


def register(agent="phone/1.0", branch="z9hG4bK1"):
    return (f"REGISTER sip:example.test SIP/2.0\r\nVia: SIP/2.0/UDP {PHONE};branch={branch}\r\n"
            "From: <sip:1001@example.test>;tag=a\r\nTo: <sip:1001@example.test>\r\nCall-ID: c1\r\n"
            f"CSeq: 1 REGISTER\r\nContact: <sip:1001@{PHONE}>\r\nExpires: 60\r\nUser-Agent: {agent}\r\n"
            "Content-Length: 0\r\n\r\n")


class Inspect(EndToEnd):
    def story(self, what, *arguments):
        done = sipharness("inspect", what, *arguments, "--json", "-")
        self.assert_exit(done, 0)
        return json.loads(done.stdout)

    def assert_is_page(self, text):
        self.assertLessEqual(max(map(len, text.splitlines())), 100, text)
        self.assertFalse([c for c in text if c != "\n" and (ord(c) < 0x20 or 0x7f <= ord(c) < 0xa0)], text)

    def assert_counts_as_tshark(self, story, capture, *options):
        methods = tshark(capture, *options, "-Y", "sip.Method", "-T", "fields", "-e", "sip.Method")
        statuses = tshark(capture, *options, "-Y", "sip.Status-Code", "-T", "fields", "-e", "sip.Status-Code")
        for counted, seen in ((story["requests"], methods), (story["responses"], statuses)):
            values = [value for line in seen for value in line.split(",")]
            self.assertEqual(counted, {value: values.count(value) for value in set(values)})

    @unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
    def test_counts_what_tshark_counts(self):
        compared = 0
        for capture in FIELD[::4]:
            story = self.story(capture)
            # Copies are dropped, and what is in a WebSocket is not read: tshark counts both.
            if story["capture"]["sip_messages"] and not any("captured twice" in o["what"] for o in story["left_out"]):
                with self.subTest(capture.name):
                    self.assert_counts_as_tshark(story, capture)
                    compared += 1
        self.assertGreater(compared, 2)

    def test_prints_a_page_of_every_field_capture(self):
        for capture in FIELD:
            with self.subTest(capture.name):
                done = sipharness("inspect", capture)
                self.assert_exit(done, 0)
                self.assert_is_page(done.stdout)

    @unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
    def test_tells_a_run_folder_with_its_journal(self):
        _, folders = self.run_scenarios("scenarios/primary_down.json")
        folder = folders["primary_down"]
        story = self.story(folder)
        self.assert_counts_as_tshark(story, folder / "capture.pcap", *sip_ports(folder))
        phone = story["phones"][0]
        self.assertEqual([leg["server"] for leg in phone["calls"][0]["legs"]], ["primary", "secondary"])
        self.assertEqual(phone["outages"][0]["known_from"], "journal")
        frames = {a["sent"]["frame"] for r in phone["registrations"] for a in r["attempts"]}
        seen = tshark(folder / "capture.pcap", *sip_ports(folder), "-Y", "sip.Method == REGISTER",
                      "-T", "fields", "-e", "frame.number")
        self.assertLessEqual(frames, set(map(int, seen)))

    def test_says_what_a_capture_without_sip_is(self):
        capture = CaptureWriter()
        capture.udp(0, "192.0.2.1:40000", "192.0.2.2:40002", b"\x80\x00" + bytes(160))
        path = capture.write(self.scratch / "rtp.pcap")
        done = sipharness("inspect", path)
        self.assert_exit(done, 0)
        self.assertIn("1 frame, 0 SIP messages", done.stdout)
        self.assertEqual(self.story(path)["phones"], [])

    def test_lets_no_control_character_through(self):
        capture = CaptureWriter()
        capture.udp(0, PHONE, SERVER, register("\x1b]0;owned\x07" + "A" * 3000))
        path = capture.write(self.scratch / "evil\x1b[2J.pcap")
        for command in ("inspect", "check"):
            done = sipharness(command, path)
            self.assertFalse([c for c in done.stdout if c != "\n" and ord(c) < 0x20], done.stdout)
        self.assertIn("owned", self.story(path)["roles"][-1]["user_agent"])

    def test_knows_by_the_ttl_on_whose_link_it_was_captured(self):
        answer = "SIP/2.0 200 OK\r\n" + register().split("\r\n", 1)[1].replace("To: <sip:1001@example.test>",
                                                                            "To: <sip:1001@example.test>;tag=b")
        for of_phone, of_server, place in ((64, 57, "captured on the link of the phone"),
                                           (120, 64, "captured on the link of the server"),
                                           (64, 64, "neither passed a router"),
                                           (61, 250, "captured between routers")):
            capture = CaptureWriter()
            capture.udp(0, PHONE, SERVER, register(), ttl=of_phone)
            capture.udp(0.02, SERVER, PHONE, answer, ttl=of_server)
            path = capture.write(self.scratch / "ttl.pcap")
            self.assertIn(f"TTL {of_phone} from the phone (frame 1), {of_server} from the server (frame 2): {place}",
                          self.story(path)["hints"])

    def test_tells_that_a_named_server_is_not_there(self):
        told = "no SIP message to or from 203.0.113.1:5060, named as the primary"
        self.assertIn(told, self.story(FIELD[0], "--primary", "203.0.113.1:5060")["hints"])

    def test_writes_json_to_a_file_beside_the_page(self):
        out = self.scratch / "story.json"
        done = sipharness("inspect", FIELD[0], "--json", out)
        self.assert_exit(done, 0)
        self.assertEqual(json.loads(out.read_text())["format"], "sipharness-story/1")
        self.assertIn("SIP messages", done.stdout)

    def test_check_begins_with_who_is_who(self):
        done = sipharness("check", FIELD[0])
        self.assertTrue(done.stdout.startswith(FIELD[0].name + "  "), done.stdout)
        head = done.stdout.split("\n\n")[0]
        self.assertIn("primary", head)
        self.assertNotIn("SIP messages", sipharness("check", FIELD[0], "--quiet").stdout)

    def test_rejects_what_is_no_capture(self):
        path = pathlib.Path(self.scratch / "text.pcap")
        path.write_text("no capture")
        self.assert_exit(sipharness("inspect", path), 2)


if __name__ == "__main__":
    unittest.main()
