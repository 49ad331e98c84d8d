"""What phones send to keep a NAT binding open."""
from capture_writer import CaptureWriter, request, response
from field_test import DATA, FieldTest
from healthy import PRIMARY, SECONDARY, Phone

PHONE, SERVER = "192.0.2.50:5060", "192.0.2.10:5060"


class Keepalives(FieldTest):
    def test_two_crlf_between_register_and_its_200(self):
        via = f"SIP/2.0/UDP {PHONE};branch=z9hG4bKk1;rport"
        one = ("<sip:1001@192.0.2.10>;tag=8c1f03b7", "<sip:1001@192.0.2.10>", "k1@phone", 1)
        contact = f"Contact: <sip:1001@{PHONE}>"
        capture = CaptureWriter()
        capture.udp(0, PHONE, SERVER, request("REGISTER", "sip:192.0.2.10", via, *one, contact, "Expires: 3600"))
        capture.udp(0.01, PHONE, SERVER, "\r\n\r\n")
        capture.udp(0.02, SERVER, PHONE,
                    response(200, "OK", via, *one, "REGISTER", contact + ";expires=3600"))
        self.assert_told(capture.write(self.scratch / "keepalive.pcap"), findings={"DUT-PARSE": "pass"})

    def test_a_phone_that_sends_nothing_else_is_not_off(self):
        """It lets its bindings lapse and answers no OPTIONS."""
        stun = b"\0\1\0\0\x21\x12\xa4\x42" + b"x" * 12
        for beat in ("\r\n", "\r\n\r\n", b"\0" * 4, stun):
            with self.subTest(beat):
                phone = Phone()
                for server in (PRIMARY, SECONDARY):
                    phone.registers(server, times=(0, 100))
                for number in range(27):
                    phone.sends(110 + 15 * number, PRIMARY, beat)
                for number in range(8):
                    ids = (f"<sip:ping@192.0.2.10>;tag=z{number}", "<sip:1001@192.0.2.50>", f"o{number}@server")
                    via = f"SIP/2.0/UDP {PRIMARY};branch=z9hG4bKo{number}"
                    phone.gets(210 + 40 * number, PRIMARY,
                               request("OPTIONS", "sip:1001@192.0.2.50", via, *ids, 1))
                arguments = ("--vantage", "device", "--profile", DATA / "phone.profile.json",
                             "--primary", PRIMARY, "--secondary", SECONDARY)
                self.assert_told(phone.written(self.scratch / "keepalive.pcap"), arguments, exit=1,
                                 fails=["GRP-REG-02", "GRP-REG-04", "RFC3261-REG-09"],
                                 does_not_say=["silent since", "switched off"])
