"""Addresses a phone writes of itself, and the one that its packets come from: NAT, STUN, other ports, IPv6, TCP."""
from capture_writer import ACK, PUSH, CaptureWriter, request, response
from field_test import FieldTest

SERVER, SERVER6 = "203.0.113.10:5060", "[2001:db8::10]:5060"
AOR = "<sip:1001@pbx.example>"


def register(call, cseq, via, contact, *more):
    return request("REGISTER", "sip:pbx.example", via, AOR + ";tag=f0a1b2c3", AOR, call, cseq,
                   f"Contact: <sip:1001@{contact}>", "Expires: 600", *more)


def accepted(call, cseq, via, contact):
    return response(200, "OK", via, AOR + ";tag=f0a1b2c3", AOR + ";tag=99aabbcc", call, cseq, "REGISTER",
                    f"Contact: <sip:1001@{contact}>;expires=600")


class Addresses(FieldTest):
    def registered(self, source, sent_by, contact, *, server=SERVER, told="", heard_at=None, again=(), method=None):
        """A capture of one registration over UDP; the 200 tells `told` and goes to `heard_at`."""
        capture = CaptureWriter()
        via = f"SIP/2.0/UDP {sent_by};branch=z9hG4bKa1"
        asked = register("a1@phone", 1, via, contact)
        capture.udp(0, source, server, asked)
        capture.udp(0.05, server, heard_at or source, accepted("a1@phone", 1, via + told, contact))
        for at in again:
            capture.udp(at, source, server, asked)
        if method:
            via = f"SIP/2.0/UDP {sent_by};branch=z9hG4bKa2"
            one = (AOR + ";tag=d0d1d2d3", "<sip:2001@pbx.example>", "a2@phone", 1)
            capture.udp(5, source, server, request(method, "sip:2001@pbx.example", via, *one,
                                                   f"Contact: <sip:1001@{contact}>"))
            capture.udp(5.01, server, source, response(486, "Busy Here", via, *one, method))
            if method == "INVITE":
                capture.udp(5.02, source, server, request("ACK", "sip:2001@pbx.example", via, *one))
        capture.udp(40, server, heard_at or source, "\r\n\r\n")
        return capture.write(self.scratch / "addresses.pcap")

    def test_behind_a_nat_of_either_family_and_for_every_method(self):
        for source, own, server in (("198.51.100.9:31000", "10.0.0.7:5060", SERVER),
                                    ("198.51.100.9:31000", "172.16.3.7:5060", SERVER),
                                    ("[2001:db8::9]:31000", "[fd00::7]:5060", SERVER6)):
            for method in ("INVITE", "SUBSCRIBE"):
                capture = self.registered(source, own, own, server=server, method=method)
                both = {"RFC3261-GEN-05": "inconclusive", "RFC3261-REG-05": "inconclusive"}
                self.assert_told(capture, exit=3, findings=both, says=["a NAT? say --vantage device or server"])
                self.assert_told(capture, ["--vantage", "server"], exit=3, findings=both,
                                 says=["a NAT may have changed the source"])
                self.assert_told(capture, ["--vantage", "device"], exit=1, fails=["RFC3261-GEN-05", "RFC3261-REG-05"])

    def test_an_address_that_the_server_told_it(self):
        for source, own, told, server in (
                ("10.0.0.7:5060", "198.51.100.9:31000", ";received=198.51.100.9;rport=31000", SERVER),
                ("[fd00::7]:5060", "[2001:db8::9]:31000", ";received=2001:db8::9;rport=31000", SERVER6)):
            capture = self.registered(source, source, own, server=server, told=told)
            self.assert_told(capture, ["--vantage", "device"],
                             findings={"RFC3261-GEN-05": "pass", "RFC3261-REG-05": "pass"})

    def test_listens_at_another_port_than_it_sends_from(self):
        source, own = "198.51.100.5:49160", "198.51.100.5:5060"
        heard = self.registered(source, own, own, heard_at=own)
        self.assert_told(heard, ["--vantage", "device"], findings={"RFC3261-GEN-05": "pass", "RFC3261-REG-05": "pass"})
        deaf = self.registered(source, own, own, heard_at=own, again=(0.5, 1.5, 3.5))
        self.assert_told(deaf, ["--vantage", "device"], exit=1, fails=["RFC3261-GEN-05"],
                         says=["the response at the port of sent-by was not heeded"])
        self.assert_told(deaf, exit=3, findings={"RFC3261-GEN-05": "inconclusive"})

    def test_addresses_that_lead_to_nobody(self):
        for own in ("127.0.0.1:5060", "0.0.0.0:5060"):
            self.assert_told(self.registered("198.51.100.5:5060", own, own), exit=1,
                             fails=["RFC3261-GEN-05", "RFC3261-REG-05"], says=["leads to nobody"])

    def test_ports_of_connections_are_free(self):
        capture = CaptureWriter()
        client = "198.51.100.5:40001"
        capture.connect(0, client, SERVER)
        via = "SIP/2.0/TCP 198.51.100.5:5060;branch=z9hG4bKt"
        contact = "198.51.100.5:5060;transport=tcp"
        capture.tcp(0.01, client, SERVER, PUSH | ACK, register("t@phone", 1, via, contact))
        capture.tcp(0.05, SERVER, client, PUSH | ACK, accepted("t@phone", 1, via, contact))
        self.assert_told(capture.write(self.scratch / "tcp.pcap"), ["--vantage", "device"],
                         findings={"RFC3261-GEN-05": "pass", "RFC3261-REG-05": "pass"})

    def called(self, *, via=SERVER, aor="pbx.example", told_via=None, told_aor=None):
        """A capture of a call that the phone refuses, and what its response says of Via and To."""
        capture, phone = CaptureWriter(), "198.51.100.9:5060"
        capture.udp(0, phone, SERVER, register("a1@phone", 1, f"SIP/2.0/UDP {phone};branch=z9hG4bKa1", phone))
        capture.udp(0.05, SERVER, phone, accepted("a1@phone", 1, f"SIP/2.0/UDP {phone};branch=z9hG4bKa1", phone))
        for text, at, host, name in ((request, 10, via, aor), (response, 10.02, told_via or via, told_aor or aor)):
            top = f"SIP/2.0/UDP {host};branch=z9hG4bKcall"
            ids = ("<sip:2001@pbx.example>;tag=7fa1b2c3", f"<sip:1001@{name}>", "in10@pbx", 1)
            if text is request:
                capture.udp(at, SERVER, phone, request("INVITE", f"sip:1001@{phone}", top, *ids,
                                                       f"Contact: <sip:2001@{SERVER}>"))
            else:
                capture.udp(at, phone, SERVER, response(486, "Busy Here", top, ids[0], ids[1] + ";tag=0c9a8b7d", *ids[2:],
                                                        "INVITE"))
        capture.udp(10.04, SERVER, phone, request("ACK", f"sip:1001@{phone}", f"SIP/2.0/UDP {via};branch=z9hG4bKcall",
                                                  "<sip:2001@pbx.example>;tag=7fa1b2c3", f"<sip:1001@{aor}>;tag=0c9a8b7d",
                                                  "in10@pbx", 1))
        return capture.write(self.scratch / "called.pcap")

    def test_a_nat_may_write_addresses_into_a_request_and_leave_them_in_the_response(self):
        for changed in ({"told_via": "10.0.0.1:5060"}, {"aor": "203.0.113.10", "told_aor": "10.0.0.7"}):
            with self.subTest(changed):
                capture = self.called(**changed)
                self.assert_told(capture, exit=3, findings={"RFC3261-GEN-15": "inconclusive"},
                                 says=["a NAT? say --vantage device or server"])
                self.assert_told(capture, ["--vantage", "server"], exit=3,
                                 findings={"RFC3261-GEN-15": "inconclusive"})
                self.assert_told(capture, ["--vantage", "device"], exit=1, fails=["RFC3261-GEN-15"])

    def test_no_nat_writes_names(self):
        for changed in ({"told_via": "pbx.example"}, {"told_aor": "other.example"}):
            with self.subTest(changed):
                self.assert_told(self.called(**changed), exit=1, fails=["RFC3261-GEN-15"])
