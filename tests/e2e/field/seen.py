"""What a capture shows and what it does not: nothing judged, tunnels, copies, holes, directions."""
import ipaddress
import struct

from capture_writer import ACK, PUSH, SYN, CaptureWriter, ethernet, ip, request, response, udp
from field_test import FieldTest

PHONE, SERVER, OTHER = "192.0.2.50:5060", "192.0.2.10:5060", "192.0.2.20:5060"
PHONE6, SERVER6 = "[2001:db8::50]:5060", "[2001:db8::10]:5060"
TAP, PROBE = ipaddress.ip_address("198.51.100.1"), ipaddress.ip_address("198.51.100.2")


def register(server=SERVER, phone=PHONE, cseq=1, transport="UDP", call="seen@phone", status=200):
    """A REGISTER and its answer."""
    via = f"SIP/2.0/{transport} {phone};branch=z9hG4bK{call}{cseq};rport"
    host = server.rsplit(":", 1)[0]
    one = (f"<sip:1001@{host}>;tag=a{call}{cseq}", f"<sip:1001@{host}>", call, cseq)
    contact = f"Contact: <sip:1001@{phone}>"
    asks = request("REGISTER", f"sip:{host}", via, *one, contact, "Expires: 3600")
    to = (one[0], one[1] + ";tag=b", call, cseq)
    return asks, response(status, "OK", via, *to, "REGISTER", contact + ";expires=3600")


class Seen(FieldTest):
    def write(self, capture):
        return capture.write(self.scratch / "seen.pcap")

    def registered(self, wrap):
        """A capture of a registration, each packet in the frame that `wrap` makes of it."""
        capture = CaptureWriter()
        asks, answer = register()
        capture.frame(0, wrap(udp(PHONE, SERVER, asks, ident=1)))
        capture.frame(0.02, wrap(udp(SERVER, PHONE, answer, ident=2)))
        return self.write(capture)


class NothingJudged(Seen):
    def test_options_alone(self):
        capture = CaptureWriter()
        for second in range(3):
            via = f"SIP/2.0/UDP {PHONE};branch=z9hG4bKo{second}"
            one = ("<sip:1001@192.0.2.10>;tag=o", "<sip:1001@192.0.2.10>", f"o{second}@phone", 1)
            capture.udp(second, PHONE, SERVER, request("OPTIONS", "sip:192.0.2.10", via, *one))
            capture.udp(second + 0.01, SERVER, PHONE, response(200, "OK", via, *one, "OPTIONS"))
        self.assert_told(self.write(capture), exit=3,
                         says=["nothing was judged: 6 SIP messages, only of OPTIONS"])

    def test_rtp_and_keep_alives_alone(self):
        capture = CaptureWriter()
        for n in range(5):
            capture.udp(n * 0.02, "192.0.2.50:4000", "192.0.2.60:4000", struct.pack(">BBHII", 128, 0, n, n, 7) + bytes(20))
        self.assert_told(self.write(capture), exit=3, says=["no SIP message in 5 frames", "5 of RTP"])

    def test_wrong_ports_named(self):
        capture = self.registered(ethernet)
        self.assert_told(capture, ["--primary", "192.0.2.10:5080"], exit=3,
                         says=["none of 2 SIP messages is to or from the servers named",
                               "requests were sent to 192.0.2.10:5060"])

    def test_rows_that_nothing_exercised(self):
        self.assert_told(self.registered(ethernet), ["--only", "RFC3842"], exit=3,
                         says=["none of the 2 requirements named was exercised"])

    def test_counts_add_up(self):
        capture = CaptureWriter()
        for at, (a, b), (asks, answer) in ((0, (PHONE, SERVER), register()),):
            capture.udp(at, a, b, asks)
            capture.udp(at + 0.02, b, a, answer)
        _, result = self.check(self.write(capture))
        messages = result["messages"]
        self.assertEqual(messages["seen"], messages["judged"] + sum(x["count"] for x in messages["left_out"]))
        self.assertEqual(messages["judged"], sum(d["messages"] for d in result["devices"]))


class Tunnels(Seen):
    def assert_opened(self, wrap):
        self.assert_told(self.registered(wrap), findings={"RFC3261-REG-02": "pass"}, says=["2 SIP messages"])

    def test_vlan_in_vlan(self):
        self.assert_opened(lambda packet: ethernet(struct.pack(">HHH", 7, 0x8100, 9) + b"\x08\0" + packet, 0x88A8))

    def test_mpls(self):
        self.assert_opened(lambda packet: ethernet(bytes.fromhex("0006404000012140") + packet, 0x8847))

    def test_pppoe(self):
        self.assert_opened(lambda packet: ethernet(
            struct.pack(">BBHHH", 0x11, 0, 1, len(packet) + 2, 0x21) + packet, 0x8864))

    def test_ip_in_ip_of_either_family(self):
        outer = [(TAP, PROBE), (ipaddress.ip_address("2001:db8::1"), ipaddress.ip_address("2001:db8::2"))]
        for a, b in outer:
            with self.subTest(outer=a):
                self.assert_opened(lambda packet: ethernet(ip(a, b, 4, packet, ident=9)))

    def test_erspan(self):
        self.assert_opened(lambda packet: ethernet(ip(
            TAP, PROBE, 47, bytes.fromhex("100088be00000001") + bytes.fromhex("1001000100000000") + ethernet(packet))))

    def test_vxlan(self):
        self.assert_opened(lambda packet: ethernet(udp(
            f"{TAP}:40000", f"{PROBE}:4789", bytes.fromhex("0800000000000100") + ethernet(packet))))

    def test_what_is_not_decoded_is_named(self):
        capture = CaptureWriter()
        asks, _ = register()
        capture.udp(0, PHONE, SERVER, asks)
        a, b = (ipaddress.ip_address(x.split(":")[0]) for x in (PHONE, SERVER))
        capture.packet(0.02, ip(b, a, 50, bytes(80)))
        self.assert_told(self.write(capture), exit=3,
                         says=["1 frame of ESP between 192.0.2.10 and 192.0.2.50, which is not decoded"])

    def test_somebody_elses_tunnel_takes_nothing(self):
        capture = CaptureWriter()
        asks, answer = register()
        capture.udp(0, PHONE, SERVER, asks)
        capture.udp(0.02, SERVER, PHONE, answer)
        capture.packet(0.03, ip(TAP, PROBE, 50, bytes(80)))
        self.assert_told(self.write(capture), says=["1 of 3 frames carry ESP, which is not decoded"])


class Copies(Seen):
    def test_over_ipv6_and_behind_a_vlan_tag(self):
        asks, answer = register(SERVER6, PHONE6)
        capture = CaptureWriter()
        for at, a, b, payload in ((0, PHONE6, SERVER6, asks), (0.5, PHONE6, SERVER6, asks), (0.52, SERVER6, PHONE6, answer)):
            packet = udp(a, b, payload)
            capture.packet(at, packet)
            capture.frame(at + 0.0001, ethernet(struct.pack(">HH", 7, 0x86DD) + packet, 0x8100, 7, 8))
        self.assert_told(self.write(capture), says=["3 of 6 SIP messages judged", "3 left out: captured twice"],
                         does_not_say=["transmission 2 after the one before: 0.000 s"])

    def test_of_segments(self):
        asks, answer = register(transport="TCP")
        capture = CaptureWriter()
        capture.connect(0, PHONE, SERVER)
        capture.tcp(0.01, PHONE, SERVER, PUSH, asks)
        capture.tcp(0.02, SERVER, PHONE, PUSH, answer)
        capture.frames = [(at + late, *rest) for at, *rest in capture.frames for late in (0, 0.0001)]
        self.assert_told(self.write(capture), says=["2 SIP messages, complete"])


class Holes(Seen):
    def two_servers(self, gap):
        """Registrations over TCP at two servers; the stream to one lacks bytes if `gap` names it."""
        capture = CaptureWriter()
        for at, server in ((0, SERVER), (1, OTHER)):
            phone = f"192.0.2.50:{50000 + at}"
            capture.connect(at, phone, server)
            for cseq in (1, 2):
                asks, answer = register(server, phone, cseq, "TCP", f"{at}@phone")
                now = at + cseq * 20
                capture.tcp(now, phone, server, ACK | PUSH, asks)
                if server == gap and cseq == 2:
                    capture.frames.pop()
                capture.tcp(now + 0.02, server, phone, ACK | PUSH, answer)
        capture.frames.sort(key=lambda frame: frame[0])
        return self.write(capture)

    def test_a_gap_is_of_one_server(self):
        _, result = self.check(self.two_servers(OTHER))
        self.assertEqual(result["capture"]["health"], "incomplete")
        self.assertIn("lacks bytes", result["capture"]["faults"][0])
        numbers = next(f for f in result["findings"] if f["requirement"] == "RFC3261-REG-04")
        told = {one["scope"]["server"]: one["verdict"] for one in [numbers, *numbers.get("other_instances", [])]}
        self.assertEqual(told.get("primary"), "pass", told)

    def test_headers_only(self):
        capture = CaptureWriter()
        asks, answer = register()
        capture.udp(0, PHONE, SERVER, asks)
        capture.udp(0.02, SERVER, PHONE, answer)
        capture.frames = [(at, data[:60], length) for at, data, length in capture.frames]
        self.assert_told(self.write(capture), exit=3, says=["at most 60 bytes of a frame were captured"])

    def test_a_reset_of_a_sip_stream_still_counts(self):
        capture = CaptureWriter()
        capture.tcp(0, "192.0.2.50:50001", SERVER, SYN)
        capture.tcp(0.01, SERVER, "192.0.2.50:50001", 0x14)
        asks, answer = register()
        capture.udp(1, PHONE, SERVER, asks)
        capture.udp(1.02, SERVER, PHONE, answer)
        done, result = self.check(self.write(capture))
        self.assertEqual(result["capture"]["health"], "complete", done.stdout)


class Direction(Seen):
    def test_requests_alone(self):
        capture = CaptureWriter()
        for cseq in (1, 2, 3):
            capture.udp(cseq * 60, PHONE, SERVER, register(cseq=cseq)[0])
        capture.udp(240, PHONE, "192.0.2.60:4000", bytes(20))
        self.assert_told(self.write(capture), exit=3,
                         says=["3 requests, no response: one direction only?", "say --vantage device"])

    def test_answers_from_another_port_that_the_phone_does_not_take(self):
        capture = CaptureWriter()
        asks, answer = register()
        at = 0
        for wait in (0.5, 1, 2, *[4] * 7, 9):
            capture.udp(at, PHONE, SERVER, asks)
            capture.udp(at + 0.02, "192.0.2.10:5080", PHONE, answer)
            at += wait
        self.assert_told(self.write(capture), does_not_say=["FAIL"])

    def test_responses_alone(self):
        capture = CaptureWriter()
        for cseq in (1, 2, 3):
            capture.udp(cseq * 60, SERVER, PHONE, register(cseq=cseq)[1])
        self.assert_told(self.write(capture), exit=3, says=["3 responses and no request: one direction only?"])


class Keepalives(Seen):
    def keeps_alive(self, payload):
        capture = CaptureWriter()
        asks, answer = register()
        capture.udp(0, PHONE, SERVER, asks)
        capture.udp(0.02, SERVER, PHONE, answer)
        capture.udp(10, PHONE, SERVER, payload)
        return self.write(capture)

    def test_are_blank_or_short(self):
        for payload in (b"\0", bytes(4), b" ", b"\r\n" * 5, b"jaK", b"", b"hello"):
            with self.subTest(payload):
                self.assert_told(self.keeps_alive(payload), findings={"DUT-PARSE": "pass"}, says=["1 keep-alive"])

    def test_text_that_is_no_sip_still_fails(self):
        for payload in (b"this is no message of SIP", b"REGISTER sip:x\r\nVia: x\r\n\r\n"):
            with self.subTest(payload):
                self.assert_told(self.keeps_alive(payload), exit=1, fails=["DUT-PARSE"])
