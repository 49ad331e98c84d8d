"""What a message holds is judged although the capture lacks others; what is missed is not."""
from capture_writer import request, response
from field_test import FieldTest
from healthy import PHONE, PRIMARY, SECONDARY, Phone, host

KNOWN = ("--vantage", "device", "--primary", PRIMARY, "--secondary", SECONDARY)


class Content(FieldTest):
    def phone(self):
        """Registered at both; of one of its calls the capture has only the end."""
        phone = Phone()
        for server in (PRIMARY, SECONDARY):
            phone.registers(server)
        ids = ("<sip:1001@192.0.2.10>;tag=ee44aa", "<sip:2001@192.0.2.10>;tag=t3", "r10@phone")
        via = f"SIP/2.0/UDP {PHONE};branch=z9hG4bKgone;rport=5060"
        phone.gets(50, PRIMARY, response(200, "OK", via, *ids, 7, "MESSAGE"))
        return phone

    def refused(self, phone, ack=lambda one: one, cancel=lambda one: one):
        """A call that is cancelled, with its ACK, each changed as told."""
        via, call = f"SIP/2.0/UDP {PHONE};branch=z9hG4bKcc1;rport", "c1@phone"
        ids = (f"<sip:1001@{host(PRIMARY)}>;tag=f8a1b2c3", f"<sip:2001@{host(PRIMARY)}>")
        uri = f"sip:2001@{host(PRIMARY)}"
        heard = via.replace(";rport", ";rport=5060;received=192.0.2.50")
        phone.sends(10, PRIMARY, request("INVITE", uri, via, *ids, call, 1, phone.contact(PRIMARY)))
        tagged = (ids[0], ids[1] + ";tag=t77")
        phone.gets(10.02, PRIMARY, response(100, "Trying", heard, *ids, call, 1, "INVITE"))
        phone.gets(10.4, PRIMARY, response(180, "Ringing", heard, *tagged, call, 1, "INVITE"))
        phone.sends(13, PRIMARY, cancel(request("CANCEL", uri, via, *ids, call, 1)))
        phone.gets(13.02, PRIMARY, response(200, "OK", heard, *tagged, call, 1, "CANCEL"))
        phone.gets(13.03, PRIMARY, response(487, "Request Terminated", heard, *tagged, call, 1, "INVITE"))
        phone.sends(13.05, PRIMARY, ack(request("ACK", uri, via, *tagged, call, 1)))

    def test_what_is_there_is_right(self):
        phone = self.phone()
        self.refused(phone)
        self.assert_told(phone.written(self.scratch / "made.pcap"), KNOWN, exit=None)

    def test_what_is_there_is_wrong(self):
        def to_another(text):
            return text.replace("<sip:2001@192.0.2.10>", "<sip:2009@192.0.2.10>")
        for change, row in (({"ack": to_another}, "RFC3261-ACK-NON2XX"), ({"cancel": to_another}, "RFC3261-CANCEL-03")):
            with self.subTest(row):
                phone = self.phone()
                self.refused(phone, **change)
                self.assert_told(phone.written(self.scratch / "made.pcap"), KNOWN, exit=1, fails=(row,))

    def test_a_branch_used_twice_is_wrong(self):
        phone = self.phone()
        self.refused(phone)
        phone.serial = 0
        ids = phone.calls(60, PRIMARY)
        phone.within(62.03, PRIMARY, "ACK", ids, 1)
        phone.within(70, PRIMARY, "BYE", ids, 2)
        self.assert_told(phone.written(self.scratch / "made.pcap"), KNOWN, exit=1,
                         fails=("RFC3261-GEN-04",), findings={"RFC3261-GEN-01": "pass"})
