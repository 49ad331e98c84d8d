"""Requests of a server that go elsewhere than the phone's Contact says: what became of them is not known."""
from capture_writer import CaptureWriter, message, request, response
from field_test import FieldTest

PHONE, SERVER = "192.0.2.50:5060", "192.0.2.10:5060"
INVITE = "RFC3261-UAS-100"


def addressed(text, v6):
    return text.replace("192.0.2.", "[2001:db8::").replace(":5060", "]:5060") if v6 else text


def named(v6=False):
    return "--primary", addressed(SERVER, v6), "--vantage", "device"


class Misdirected(FieldTest):
    def called(self, contact, uri=None, answered=False, v6=False):
        """A phone that registers with this Contact is called where it sends from, and is silent."""
        phone, server = addressed(PHONE, v6), addressed(SERVER, v6)
        contact = addressed(contact, v6)
        capture = CaptureWriter()
        aor = "<sip:1001@example.com>"
        for at in (0, 100):
            via = f"SIP/2.0/UDP {phone};branch=z9hG4bKr{at};rport"
            one = (f"{aor};tag=9f3c2a7b", aor, "r@phone", 1 + at // 100)
            capture.udp(at, phone, server, request("REGISTER", "sip:example.com", via, *one, f"Contact: <{contact}>",
                                                   "Expires: 120"))
            told = (one[0], aor + ";tag=s", *one[2:])
            capture.udp(at + 0.02, server, phone, response(200, "OK", via, *told, "REGISTER",
                                                           f"Contact: <{contact}>;expires=120"))
        via = f"SIP/2.0/UDP {server};branch=z9hG4bKo"
        one = ("<sip:a@example.com>;tag=o1", aor, "o@server", 1)
        if answered:
            capture.udp(5, server, phone, request("OPTIONS", uri or contact, via, *one))
            capture.udp(5.01, phone, server, response(200, "OK", via, one[0], aor + ";tag=p", *one[2:], "OPTIONS"))
        via = f"SIP/2.0/UDP {server};branch=z9hG4bKi"
        one = ("<sip:1002@example.com>;tag=c1", aor, "c@server", 1)
        invite = request("INVITE", uri or contact, via, *one, f"Contact: <sip:1002@{server}>")
        for late in (0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5):
            capture.udp(10 + late, server, phone, invite)
        capture.udp(110, server, phone, message("OPTIONS sip:x SIP/2.0", []))
        return capture.write(self.scratch / "made.pcap")

    def assert_not_judged(self, capture, v6=False):
        _, result = self.check(capture, *named(v6))
        told = [f for f in result["findings"] if f["requirement"] == INVITE]
        self.assertEqual(["inconclusive"], [f["verdict"] for f in told])
        self.assertIn("whether it arrived is not known", told[0]["reason"])
        self.assertEqual("network", told[0]["blame"])

    def test_elsewhere_than_the_contact_is_not_judged(self):
        for name, contact in (("host", "sip:1001@192.0.2.60:5060"), ("port", "sip:1001@192.0.2.50:5062"),
                              ("transport", "sip:1001@192.0.2.50:5060;transport=tcp"),
                              ("maddr", "sip:1001@192.0.2.50:5060;maddr=192.0.2.60"),
                              ("name", "sip:1001@phone.example.com:5060")):
            for v6 in (False, name == "host"):
                with self.subTest(name, v6=v6):
                    self.assert_not_judged(self.called(contact, v6=v6), v6)

    def test_a_server_that_writes_where_it_sends_is_not_believed(self):
        self.assert_not_judged(self.called("sip:1001@192.0.2.60:5060", uri=f"sip:1001@{PHONE}"))

    def test_where_the_contact_says_it_is_judged(self):
        for v6 in (False, True):
            with self.subTest(v6=v6):
                self.assert_told(self.called(f"sip:1001@{PHONE}", v6=v6), named(v6), exit=1, fails=[INVITE])

    def test_where_the_phone_answered_before_it_is_judged(self):
        self.assert_told(self.called("sip:1001@192.0.2.50:5062", answered=True), named(), exit=1,
                         fails=[INVITE, "RFC3261-REG-05"])
