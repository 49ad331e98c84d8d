"""Several addresses of one server: what the DNS messages of a capture tell of them."""
import ipaddress
import struct

from capture_writer import CaptureWriter, request, response
from field_test import FieldTest

PHONE, FIRST, SECOND, OTHER, RESOLVER = ("192.0.2.50:5060", "192.0.2.10:5060", "192.0.2.11:5060", "192.0.2.20:5060",
                                         "192.0.2.53:53")


def label(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


def looked_up(capture, at, name, *endpoints, phone=PHONE):
    """A question for the addresses of `name`, and its answer."""
    addresses = [ipaddress.ip_address(end.rsplit(":", 1)[0].strip("[]")) for end in endpoints]
    kind = 28 if addresses[0].version == 6 else 1
    question = label(name) + struct.pack(">HH", kind, 1)
    source = phone.rsplit(":", 1)[0] + ":40000"
    resolver = "[2001:db8::53]:53" if kind == 28 else RESOLVER
    capture.udp(at, source, resolver, struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + question)
    records = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(a.packed)) + a.packed for a in addresses)
    capture.udp(at + 0.01, resolver, source,
                struct.pack(">HHHHHH", 7, 0x8180, 1, len(addresses), 0, 0) + question + records)


def registered(capture, at, server, name, phone=PHONE, call="one", cseq=1):
    via = f"SIP/2.0/UDP {phone};branch=z9hG4bK{call}{cseq}x{int(at)};rport"
    one = (f"<sip:1001@{name}>;tag=ab54a98ceb1f", f"<sip:1001@{name}>", f"{call}@{phone}", cseq)
    contact = f"Contact: <sip:1001@{phone}>"
    capture.udp(at, phone, server, request("REGISTER", f"sip:{name}", via, *one, contact, "Expires: 120"))
    capture.udp(at + 0.02, server, phone,
                response(200, "OK", via.replace(";rport", ";rport=5060"), one[0], one[1] + ";tag=5e", *one[2:],
                         "REGISTER", contact + ";expires=120"))


class Names(FieldTest):
    def roles(self, capture):
        done, result = self.check(capture.write(self.scratch / "made.pcap"))
        return {role["endpoint"]: role["role"] for role in result["roles"]}, done.stdout

    def test_two_addresses_of_one_name_are_one_server(self):
        capture = CaptureWriter()
        looked_up(capture, 0, "sip.example.com", FIRST, SECOND)
        registered(capture, 1, FIRST, "sip.example.com")
        registered(capture, 100, SECOND, "sip.example.com", cseq=2)
        roles, text = self.roles(capture)
        self.assertEqual({FIRST: "primary", SECOND: "primary", PHONE: "device"}, roles, text)
        self.assertIn("another address of sip.example.com", text)

    def test_over_ipv6(self):
        phone, first, second = "[2001:db8::50]:5060", "[2001:db8::10]:5060", "[2001:db8::11]:5060"
        capture = CaptureWriter()
        looked_up(capture, 0, "SIP.example.com", first, second, phone=phone)
        registered(capture, 1, first, "sip.EXAMPLE.com", phone)
        registered(capture, 100, second, "sip.EXAMPLE.com", phone, cseq=2)
        roles, text = self.roles(capture)
        self.assertEqual({first: "primary", second: "primary", phone: "device"}, roles, text)

    def test_the_secondary_has_a_name_of_its_own(self):
        """Whichever address of the primary is tried first."""
        capture = CaptureWriter()
        looked_up(capture, 0, "one.example.com", FIRST, SECOND)
        looked_up(capture, 0.1, "two.example.com", OTHER)
        registered(capture, 1, FIRST, "one.example.com")
        registered(capture, 2, SECOND, "one.example.com", cseq=2)
        registered(capture, 3, OTHER, "two.example.com", call="two")
        roles, text = self.roles(capture)
        self.assertEqual(roles[FIRST], roles[SECOND], text)
        self.assertEqual({"primary", "secondary"}, {roles[FIRST], roles[OTHER]}, text)

    def test_names_that_are_two_are_two_servers(self):
        capture = CaptureWriter()
        looked_up(capture, 0, "one.example.com", FIRST)
        looked_up(capture, 0.1, "two.example.com", SECOND)
        registered(capture, 1, FIRST, "one.example.com")
        registered(capture, 2, SECOND, "two.example.com", call="two")
        roles, text = self.roles(capture)
        self.assertEqual({"primary", "secondary"}, {roles[FIRST], roles[SECOND]}, text)

    def test_a_domain_at_two_proxies_that_nobody_looked_up_is_two_servers(self):
        capture = CaptureWriter()
        registered(capture, 1, FIRST, "example.com")
        registered(capture, 2, SECOND, "example.com", call="two")
        roles, text = self.roles(capture)
        self.assertEqual({"primary", "secondary"}, {roles[FIRST], roles[SECOND]}, text)
