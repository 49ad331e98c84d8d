"""What nobody said of a phone: its timers, its claims, its settings."""
from capture_writer import CaptureWriter, request, response
from field_test import DATA, FieldTest

PHONE, SERVER = "198.51.100.5:5060", "203.0.113.10:5060"
AOR = "<sip:1001@pbx.example>"
WHOLE = (0, .5, 1.5, 3.5, *(7.5 + 4 * n for n in range(7)))


class Settings(FieldTest):
    def capture(self, *series, agent=None, register=None, call=None):
        """REGISTERs that nobody answers, each (start, offsets), others that somebody does, and a call that is refused.
        The capture began 100 s before."""
        capture = CaptureWriter()
        capture.udp(0, SERVER, PHONE, "\r\n\r\n")
        for number, (start, offsets) in enumerate(series):
            sent = request("REGISTER", "sip:pbx.example", f"SIP/2.0/UDP {PHONE};branch=z9hG4bK{number};rport",
                           AOR + f";tag=aabbcc0{number}", AOR, f"s{number}@phone", 1, f"Contact: <sip:1001@{PHONE}>",
                           *([f"User-Agent: {agent}"] if agent else []))
            for offset in offsets:
                capture.udp(start + offset, PHONE, SERVER, sent)
        for number, at in enumerate(register or ()):
            via = f"SIP/2.0/UDP {PHONE};branch=z9hG4bKr{number};rport"
            one = (AOR + ";tag=0badcafe", AOR, "r@phone", number + 1)
            contact = f"Contact: <sip:1001@{PHONE}>"
            capture.udp(at, PHONE, SERVER, request("REGISTER", "sip:pbx.example", via, *one, contact, "Expires: 600",
                                                   *([f"User-Agent: {agent}"] if agent else [])))
            capture.udp(at + .02, SERVER, PHONE, response(200, "OK", via, *one, "REGISTER", contact + ";expires=600"))
        if call:
            via = f"SIP/2.0/UDP {PHONE};branch=z9hG4bKcall;rport"
            one = (AOR + ";tag=d1a1d1a1", "<sip:2001@pbx.example>", "call@phone", 1)
            sent = request("INVITE", "sip:2001@pbx.example", via, *one, f"Contact: <sip:1001@{PHONE}>")
            capture.udp(call, PHONE, SERVER, sent)
            capture.udp(call + .02, SERVER, PHONE, response(486, "Busy Here", via, *one, "INVITE"))
            capture.udp(call + .03, PHONE, SERVER, sent.replace("INVITE", "ACK"))
        capture.udp(600, SERVER, PHONE, "\r\n\r\n")
        return capture.write(self.scratch / "settings.pcap")

    def test_a_journal_that_tells_nothing_says_so(self):
        said = "the journal's last line is cut: it is left out, and there is no other"
        for text, note in ((b"\0\0\0", said), (b'{"event":"sta', said), (b"", "the journal holds no entry")):
            with self.subTest(text):
                journal = self.scratch / "cut.jsonl"
                journal.write_bytes(text)
                self.assert_told(self.capture(register=(0, 500)), ["--journal", journal], exit=None, says=[f"note: {note}"])

    def test_t1_of_one_second(self):
        whole = (0, 1, 3, 7, *(11 + 4 * n for n in range(14)))
        self.assert_timer_e(self.capture((100, whole)), "pass")
        self.assert_timer_e(self.capture((100, (0, 1, 3, 7, 11))), "inconclusive")

    def assert_timer_e(self, capture, verdict):
        _, result = self.check(capture)
        found = [f for f in result["findings"] if f["requirement"] == "RFC3261-TIMER-E"]
        self.assertEqual([f["verdict"] for f in found], [verdict])

    def test_no_t1_at_all(self):
        self.assert_timer_e(self.capture((100, WHOLE)), "pass")
        self.assert_timer_e(self.capture((100, tuple(.5 * n for n in range(60)))), "fail")

    def test_the_user_agent_names_whose_guide_it_is(self):
        called = {"register": (100, 400), "call": 200}
        grp = self.capture(agent="Grandstream GRP2615 1.0.9.27", **called)
        self.assert_told(grp, findings={"GRP-AUTH-01": "pass"}, exit=None,
                         says=["User-Agent names a GRP2615: the guide's rows are judged"])
        for agent in ("Grandstream GXP2170 1.0.9.1", None):
            self.assert_told(self.capture(agent=agent, **called), findings={"GRP-AUTH-01": "info"}, exit=None,
                             says=["neither the profile nor the User-Agent claims the guide"])

    def test_what_breaks_a_guide_that_nobody_claims_is_told(self):
        for capture, row in (("never_again_after_480", "GRP-REG-08"), ("no_register_at_all", "GRP-REG-01")):
            self.assert_told(DATA / f"{capture}.pcap", says=[f"these would be broken: {row}"])
        self.assert_told(DATA / "nat_learned.pcap", does_not_say=["would be broken"])

    def test_the_profile_of_one_account_says_no_password_of_another(self):
        capture = CaptureWriter()
        for user, server in (("1001", SERVER), ("1002", SERVER)):
            phone = f"198.51.100.{user[-1]}:5060"
            aor = f"<sip:{user}@pbx.example>"
            digest = (f'Authorization: Digest username="{user}", realm="pbx", nonce="n{user}", uri="sip:pbx.example", '
                      f'response="{"0" * 32}"')
            for number, credentials in enumerate(((), (digest,))):
                via = f"SIP/2.0/UDP {phone};branch=z9hG4bK{user}{number};rport"
                one = (f"{aor};tag=abcd{user}", aor, f"{user}@phone", number + 1)
                contact = f"Contact: <sip:{user}@{phone}>"
                capture.udp(number, phone, server, request("REGISTER", "sip:pbx.example", via, *one, contact,
                                                           "Expires: 600", *credentials))
                status = (200, "OK") if credentials else (401, "Unauthorized")
                capture.udp(number + .02, server, phone, response(*status, via, *one, "REGISTER", *(
                    [contact + ";expires=600"] if credentials else
                    [f'WWW-Authenticate: Digest realm="pbx", nonce="n{user}"'])))
        _, result = self.check(capture.write(self.scratch / "accounts.pcap"), "--profile", "phone.profile.json")
        told = [f["verdict"] for f in result["findings"] if f["requirement"] == "AUTH-03"]
        self.assertEqual(told, ["inconclusive"], "1002 is not under test")
