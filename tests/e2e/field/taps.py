"""Captures of taps that wrap what they saw: HEP of a capture agent, TZSP of a router."""
import ipaddress
import struct

from capture_writer import CaptureWriter, ethernet, udp
from field_test import FieldTest
from who_is_who import FIRST, PHONE, Phone

AGENT, COLLECTOR = "198.51.100.7:40000", "198.51.100.9:9060"
START = 1_700_000_000


def chunk(kind, value):
    return struct.pack(">HHH", 0, kind, 6 + len(value)) + value


def hep(at, source, destination, payload, protocol=17, kind=1):
    """What an agent with its clock at `at` seconds sends of a packet."""
    (a, a_port), (b, b_port) = ((ipaddress.ip_address(e.rsplit(":", 1)[0].strip("[]")), int(e.rsplit(":", 1)[1]))
                                for e in (source, destination))
    addresses = (5, 6) if a.version == 6 else (3, 4)
    microseconds = round(at * 1e6)
    chunks = (chunk(1, bytes([10 if a.version == 6 else 2])) + chunk(2, bytes([protocol])) +
              chunk(addresses[0], a.packed) + chunk(addresses[1], b.packed) + chunk(7, struct.pack(">H", a_port)) +
              chunk(8, struct.pack(">H", b_port)) + chunk(9, struct.pack(">I", microseconds // 1_000_000)) +
              chunk(10, struct.pack(">I", microseconds % 1_000_000)) + chunk(11, bytes([kind])) +
              chunk(12, struct.pack(">I", 2001)) + chunk(15, payload.encode()))
    return b"HEP3" + struct.pack(">H", 6 + len(chunks)) + chunks


class Wrapped:
    """A capture writer whose packets are wrapped on their way."""

    def __init__(self, wrap):
        self.capture, self.wrap = CaptureWriter(), wrap

    def udp(self, at, source, destination, payload):
        self.wrap(self.capture, at, source, destination, payload)


class Taps(FieldTest):
    def told(self, wrap, phone=PHONE, server=FIRST):
        """Of a phone that registers and refreshes after 100 s, told in the same way as without the tap."""
        wrapped = Wrapped(wrap)
        one = Phone(wrapped, phone)
        one.register(0, server, call="a", expires=120)
        one.register(100, server, call="a", cseq=2, expires=120)
        return self.check(wrapped.capture.write(self.scratch / "made.pcap"))

    def assert_as_without(self, wrap, phone=PHONE, server=FIRST):
        plain = self.told(lambda capture, *packet: capture.udp(*packet), phone, server)[1]
        done, result = self.told(wrap, phone, server)
        self.assertEqual(4, result["capture"]["sip_messages"], done.stdout)
        self.assertEqual({r["endpoint"]: r["role"] for r in plain["roles"]},
                         {r["endpoint"]: r["role"] for r in result["roles"]})
        for key in ("verdict", "measured_s", "message"):
            self.assertEqual([(f["requirement"], f[key]) for f in plain["findings"]],
                             [(f["requirement"], f[key]) for f in result["findings"]])
        return done, result

    def test_hep_has_its_own_addresses_and_times(self):
        for late in (0.0, 0.8):  # on the way to the collector
            def wrap(capture, at, *packet):
                capture.udp(at + late * (int(at * 100) % 2), AGENT, COLLECTOR, hep(START + at, *packet))
            self.assert_as_without(wrap)

    def test_hep_over_ipv6_to_another_port(self):
        def wrap(capture, at, *packet):
            capture.udp(at, AGENT, "198.51.100.9:9063", hep(START + at, *packet))
        self.assert_as_without(wrap, "[2001:db8::50]:5060", "[2001:db8::10]:5060")

    def test_an_agent_with_a_wrong_clock_keeps_its_intervals(self):
        def wrap(capture, at, *packet):
            capture.udp(at + 0.002, AGENT, COLLECTOR, hep(1000 + at, *packet))
        self.assert_as_without(wrap)

    def test_two_agents_see_one_packet(self):
        def wrap(capture, at, *packet):
            for number, agent in enumerate((AGENT, "198.51.100.8:40000")):
                capture.udp(at + 0.001 * number, agent, COLLECTOR, hep(START + at + 0.0003 * number, *packet))
        self.assert_as_without(wrap)

    def test_what_is_no_sip_is_left_out(self):
        def wrap(capture, at, *packet):
            capture.udp(at, AGENT, COLLECTOR, hep(START + at, *packet))
            capture.udp(at + 0.3, AGENT, COLLECTOR, hep(START + at + 0.3, *packet[:2], '{"type": 200}', kind=5))
        self.assert_as_without(wrap)

    def test_hep_of_tcp(self):
        def wrap(capture, at, source, destination, payload):
            capture.udp(at, AGENT, COLLECTOR, hep(START + at, source, destination, payload, protocol=6))
        wrapped = Wrapped(wrap)
        Phone(wrapped, "192.0.2.50:40123", transport="TCP").register(0, FIRST)
        done, result = self.check(wrapped.capture.write(self.scratch / "made.pcap"))
        self.assertEqual(2, result["capture"]["sip_messages"], done.stdout)
        self.assertFalse([f for f in result["findings"] if f["verdict"] == "fail"], done.stdout)

    def test_tzsp(self):
        def wrap(capture, at, source, destination, payload):
            self.count += 1
            tagged = b"\x01\x00\x00\x01" + b"\x00" + b"\x28\x04\x00\x00\x00\x01" + b"\x01"
            capture.udp(at, AGENT, "198.51.100.9:37008",
                        tagged + ethernet(udp(source, destination, payload, ident=self.count)))
        self.count = 0
        self.assert_as_without(wrap)
