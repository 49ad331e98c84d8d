"""What phones send to keep a NAT binding open."""
from capture_writer import CaptureWriter, request, response
from field_test import FieldTest

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
