"""Several addresses of one server: what the DNS messages of a capture tell of them."""
import ipaddress
import struct

from capture_writer import PUSH, CaptureWriter, request, response
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


A, CNAME, SRV, NAPTR = 1, 5, 33, 35


class Answer:
    """A response with any records; names that it holds already are pointed at."""

    def __init__(self, name, kind):
        self.bytes = struct.pack(">HHHHHH", 7, 0x8180, 1, 0, 0, 0)
        self.known = {}
        self.name(name)
        self.bytes += struct.pack(">HH", kind, 1)
        self.count = 0

    def name(self, name):
        parts = name.split(".")
        while parts and parts[0]:
            rest = ".".join(parts).lower()
            if rest in self.known:
                self.bytes += struct.pack(">H", 0xC000 | self.known[rest])
                return
            self.known[rest] = len(self.bytes)
            self.bytes += bytes([len(parts[0])]) + parts[0].encode()
            parts = parts[1:]
        self.bytes += b"\0"

    def record(self, owner, kind, data, target=None):
        self.name(owner)
        self.bytes += struct.pack(">HHIH", kind, 1, 60, 0)
        length_at, start = len(self.bytes) - 2, len(self.bytes)
        self.bytes += data
        if target is not None:
            self.name(target)
        self.bytes = (self.bytes[:length_at] + struct.pack(">H", len(self.bytes) - start) + self.bytes[start:])
        self.count += 1
        return self

    def address(self, owner, end):
        return self.record(owner, A, ipaddress.ip_address(end.rsplit(":", 1)[0]).packed)

    def cname(self, owner, target):
        return self.record(owner, CNAME, b"", target)

    def srv(self, owner, priority, target):
        return self.record(owner, SRV, struct.pack(">HHH", priority, 1, 5060), target)

    def naptr(self, owner, replacement):
        return self.record(owner, NAPTR, struct.pack(">HH", 10, 50) + b"\1s\7SIP+D2U\0", replacement)

    def message(self):
        return self.bytes[:6] + struct.pack(">H", self.count) + self.bytes[8:]


def answered(capture, at, *answers):
    for answer in answers:
        capture.udp(at, RESOLVER, "192.0.2.50:40000", answer.message())


def answered_over_tcp(capture, at, *answers):
    """Behind one connection, in segments that end inside messages."""
    client = "192.0.2.50:40001"
    capture.connect(at, client, RESOLVER)
    stream = b"".join(struct.pack(">H", len(a.message())) + a.message() for a in answers)
    for start in range(0, len(stream), 50):
        capture.tcp(at + 0.01 + start / 1e5, RESOLVER, client, PUSH, stream[start:start + 50])


def chain(first=10, second=20):
    """NAPTR, SRV, CNAME and A of one domain with two targets."""
    service = "_sip._udp.example.com"
    return (Answer("Example.com", NAPTR).naptr("example.COM", service),
            Answer(service, SRV).srv(service, first, "sip1.example.com").srv(service, second, "SIP2.example.com"),
            Answer("sip1.example.com", A).cname("sip1.example.com", "edge.example.com")
            .cname("edge.example.com", "a.example.net").address("a.example.net", FIRST),
            Answer("sip2.example.com", A).address("sip2.example.com", SECOND))


def registered(capture, at, server, name, phone=PHONE, call="one", cseq=1, more=()):
    via = f"SIP/2.0/UDP {phone};branch=z9hG4bK{call}{cseq}x{int(at)};rport"
    one = (f"<sip:1001@{name}>;tag=ab54a98ceb1f", f"<sip:1001@{name}>", f"{call}@{phone}", cseq)
    contact = f"Contact: <sip:1001@{phone}>"
    capture.udp(at, phone, server, request("REGISTER", f"sip:{name}", via, *one, contact, "Expires: 120", *more))
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


class Services(FieldTest):
    """One name whose SRV records lead to several servers."""

    def roles_after(self, tell, *answers, servers=(FIRST, SECOND)):
        capture = CaptureWriter()
        tell(capture, 0, *answers)
        for number, server in enumerate(servers):
            registered(capture, 1 + number * 0.2, server, "example.com", call=f"call{number}")
        _, result = self.check(capture.write(self.scratch / "made.pcap"))
        return ({role["endpoint"]: role["role"] for role in result["roles"]},
                "; ".join(role["why"] or "" for role in result["roles"]))

    def test_targets_of_one_priority_are_one_server(self):
        for tell in (answered, answered_over_tcp):
            with self.subTest(tell.__name__):
                roles, text = self.roles_after(tell, *chain(10, 10))
                self.assertEqual({FIRST: "primary", SECOND: "primary", PHONE: "device"}, roles, text)
                self.assertIn("another address of example.com", text)

    def test_the_lowest_priority_is_the_primary(self):
        for tell in (answered, answered_over_tcp):
            for servers in ((FIRST, SECOND), (SECOND, FIRST)):
                with self.subTest(tell.__name__, servers=servers):
                    roles, text = self.roles_after(tell, *chain(20, 10), servers=servers)
                    self.assertEqual({SECOND: "primary", FIRST: "secondary", PHONE: "device"}, roles, text)
                    self.assertIn("_sip._udp.example.com gives it priority 10, the other 20", text)

    def test_services_without_naptr(self):
        roles, text = self.roles_after(answered, *chain(20, 10)[1:])
        self.assertEqual({SECOND: "primary", FIRST: "secondary", PHONE: "device"}, roles, text)

    def test_a_loop_leads_nowhere_and_ends(self):
        loop = Answer("example.com", A).cname("example.com", "b.example.com").cname("b.example.com", "example.com")
        roles, text = self.roles_after(answered, loop, *chain(10, 10))
        self.assertEqual({FIRST: "primary", SECOND: "primary", PHONE: "device"}, roles, text)

    def test_what_was_looked_up_before_the_capture_joins_nothing(self):
        for missing in (1, 3):
            with self.subTest(missing=missing):
                answers = [answer for number, answer in enumerate(chain(10, 10)) if number != missing]
                roles, text = self.roles_after(answered, *answers)
                self.assertEqual({"primary", "secondary"}, {roles[FIRST], roles[SECOND]}, text)

    def test_priorities_that_change_say_nothing(self):
        roles, text = self.roles_after(answered, *chain(10, 20), *chain(20, 10))
        self.assertEqual({FIRST: "primary", SECOND: "primary", PHONE: "device"}, roles, text)

    def test_three_targets_two_of_them_alike(self):
        service = "_sip._udp.example.com"
        answers = (Answer(service, SRV).srv(service, 5, "c.example.com").srv(service, 5, "a.example.com")
                   .srv(service, 9, "b.example.com").address("a.example.com", FIRST)
                   .address("b.example.com", SECOND).address("c.example.com", OTHER),)
        roles, text = self.roles_after(answered, *answers, servers=(FIRST, SECOND, OTHER))
        self.assertEqual({FIRST: "primary", OTHER: "primary", SECOND: "secondary", PHONE: "device"}, roles, text)

    def test_a_device_of_one_name_owes_no_second_registration(self):
        """The guide's rows ask for two servers that a device is set to; it may be set to the name alone."""
        capture = CaptureWriter()
        answered(capture, 0, *chain(10, 20))
        agent = "User-Agent: Grandstream GRP2615 1.0.5.30"
        registered(capture, 1, FIRST, "example.com", more=(agent,))
        registered(capture, 100, SECOND, "example.com", call="two", more=(agent,))
        self.assert_told(capture.write(self.scratch / "made.pcap"), exit=None, fails=(),
                         findings={"GRP-REG-01": "inconclusive"}, says=("targets of one name, example.com",))
