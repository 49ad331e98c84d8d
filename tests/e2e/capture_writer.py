"""Captures that a test makes up: SIP over UDP or TCP, IPv4 or IPv6, in any frame, at any time."""
import ipaddress
import struct

ETHERNET, RAW_IP, LINUX_SLL = 1, 101, 113
SYN, SYN_ACK, ACK, PUSH, FIN, RESET = 0x02, 0x12, 0x10, 0x18, 0x11, 0x04


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def octets(payload):
    return payload.encode() if isinstance(payload, str) else payload


def endpoint(text):
    """192.0.2.1:5060 or [2001:db8::1]:5060."""
    host, port = text.rsplit(":", 1)
    return ipaddress.ip_address(host.strip("[]")), int(port)


def ip(source, destination, protocol, payload, ttl=64, ident=0):
    if source.version == 6:
        return struct.pack(">IHBB", 6 << 28, len(payload), protocol, ttl) + source.packed + destination.packed + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident, 0x4000, ttl, protocol, 0)
    head += source.packed + destination.packed
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def with_checksum(source, destination, protocol, segment, offset):
    """The segment of a UDP or TCP header with the checksum over its pseudo header."""
    pseudo = source.packed + destination.packed + struct.pack(">II", len(segment), protocol)
    value = checksum(pseudo + segment) or 0xFFFF
    return segment[:offset] + struct.pack(">H", value) + segment[offset + 2:]


def udp(source, destination, payload, **ip_fields):
    (a, a_port), (b, b_port) = endpoint(source), endpoint(destination)
    payload = octets(payload)
    datagram = struct.pack(">HHHH", a_port, b_port, 8 + len(payload), 0) + payload
    return ip(a, b, 17, with_checksum(a, b, 17, datagram, 6), **ip_fields)


def ethernet(packet, ether_type=None, source=1, destination=2):
    if ether_type is None:
        ether_type = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    return bytes([2, 0, 0, 0, 0, destination, 2, 0, 0, 0, 0, source]) + struct.pack(">H", ether_type) + packet


class CaptureWriter:
    """Frames at seconds after the start."""

    def __init__(self, link=ETHERNET):
        self.link = link
        self.frames = []
        self.ident = 0
        self.next_byte = {}

    def frame(self, at, data, wire_length=None):
        self.frames.append((at, data, wire_length or len(data)))

    def packet(self, at, packet):
        self.frame(at, ethernet(packet) if self.link == ETHERNET else packet)

    def udp(self, at, source, destination, payload, **ip_fields):
        self.ident += 1
        self.packet(at, udp(source, destination, payload, **{"ident": self.ident, **ip_fields}))

    def tcp(self, at, source, destination, flags, payload=b""):
        """One segment; numbers run on by themselves for each direction."""
        (a, a_port), (b, b_port) = endpoint(source), endpoint(destination)
        payload = octets(payload)
        sequence = self.next_byte.setdefault((source, destination), 1000)
        acknowledged = self.next_byte.get((destination, source), 0) if flags & 0x10 else 0
        segment = struct.pack(">HHIIBBHHH", a_port, b_port, sequence, acknowledged, 0x50, flags, 64000, 0, 0) + payload
        self.next_byte[source, destination] = sequence + len(payload) + (1 if flags & 0x03 else 0)
        self.ident += 1
        self.packet(at, ip(a, b, 6, with_checksum(a, b, 6, segment, 16), ident=self.ident))

    def connect(self, at, client, server):
        self.tcp(at, client, server, SYN)
        self.tcp(at + 0.001, server, client, SYN_ACK)
        self.tcp(at + 0.002, client, server, ACK)

    def write(self, path, start=1_700_000_000, in_order=True):
        """By time, or as they were added."""
        if in_order:
            self.frames.sort(key=lambda frame: frame[0])
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, self.link))
            for at, data, wire_length in self.frames:
                microseconds = round(at * 1e6)
                file.write(struct.pack("<IIII", start + microseconds // 1_000_000, microseconds % 1_000_000,
                                       len(data), wire_length) + data)
        return path


def message(first, headers, body=""):
    return "\r\n".join([first, *headers, f"Content-Length: {len(body)}", "", body])


def request(method, uri, via, sender, to, call, cseq, *more, body=""):
    """`via` is one value or a list of them, topmost first."""
    vias = [via] if isinstance(via, str) else via
    return message(f"{method} {uri} SIP/2.0",
                   [*(f"Via: {v}" for v in vias), "Max-Forwards: 70", f"From: {sender}", f"To: {to}",
                    f"Call-ID: {call}", f"CSeq: {cseq} {method}", *more], body)


def response(status, reason, via, sender, to, call, cseq, method, *more, body=""):
    vias = [via] if isinstance(via, str) else via
    return message(f"SIP/2.0 {status} {reason}",
                   [*(f"Via: {v}" for v in vias), f"From: {sender}", f"To: {to}", f"Call-ID: {call}",
                    f"CSeq: {cseq} {method}", *more], body)
