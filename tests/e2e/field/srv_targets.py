"""A target of an SRV record that does not answer, and what the device could try instead."""
from capture_writer import CaptureWriter, request
from field_test import FieldTest
from names import FIRST, PHONE, SECOND, SRV, Answer, answered, registered

SERVICE = "_sip._udp.example.com"
TIMER_E = (0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5)


class SrvTargets(FieldTest):
    def tries_again(self, *addresses):
        """Both targets are told, and the addresses of these; the first is asked twice and does not answer."""
        capture = CaptureWriter()
        answer = Answer(SERVICE, SRV).srv(SERVICE, 10, "a.example.com").srv(SERVICE, 20, "b.example.com")
        for name, end in addresses:
            answer.address(name, end)
        answered(capture, 0, answer)
        for number, at in enumerate((1, 60)):
            via = f"SIP/2.0/UDP {PHONE};branch=z9hG4bKsrv{number};rport"
            one = ("<sip:1001@example.com>;tag=ab54a98ceb1f", "<sip:1001@example.com>", f"srv@{PHONE}", number + 1)
            for wait in TIMER_E:
                capture.udp(at + wait, PHONE, FIRST, request("REGISTER", "sip:example.com", via, *one,
                                                             f"Contact: <sip:1001@{PHONE}>", "Expires: 60"))
        registered(capture, 120, FIRST, "example.com", call="srv", cseq=3)
        return capture.write(self.scratch / "srv.pcap")

    def test_the_same_one_again_beside_another(self):
        self.assert_told(self.tries_again(("a.example.com", FIRST), ("b.example.com", SECOND)),
                         ["--vantage", "device"], exit=None, warns=["FO-DNS-SRV"])

    def test_where_the_other_leads_nowhere_nothing_is_asked(self):
        for others in ((), (("b.example.com", FIRST),)):
            with self.subTest(others):
                self.assert_told(self.tries_again(("a.example.com", FIRST), *others), ["--vantage", "device"],
                                 exit=None, findings={"FO-DNS-SRV": "absent"})
