"""Captures of every kind, made of the frames of one: formats, link layers, fragments, TCP segments."""
import ctypes
import dataclasses
import gzip
import lzma
import struct

from captured_frames import Frame
from capture_writer import checksum

SECOND = 10**9


def padded(data):
    return data + b"\0" * (-len(data) % 4)


# --- Formats -------------------------------------------------------------------------------------


def pcap(frames, order="<", magic=0xA1B2C3D4, link=1):
    unit = 1 if magic == 0xA1B23C4D else 1000
    extra = bytes(8) if magic == 0xA1B2CD34 else b""
    out = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link)
    for frame in frames:
        out += struct.pack(order + "IIII", frame.at // SECOND, frame.at % SECOND // unit, len(frame.data),
                           frame.wire_length) + extra + frame.data
    return out


class Pcapng:
    """Blocks of one section after the other."""

    def __init__(self, order="<"):
        self.order, self.out, self.interfaces = order, b"", []
        self.block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))

    def block(self, kind, body):
        size = struct.pack(self.order + "I", len(body) + 12)
        self.out += struct.pack(self.order + "I", kind) + size + body + size

    def option(self, code, value):
        return struct.pack(self.order + "HH", code, len(value)) + padded(value)

    def interface(self, link=1, resolution=6, offset=0, snap_length=262144):
        """Resolution as if_tsresol has it: a power of 10, or of 2 with the highest bit set."""
        options = self.option(9, bytes([resolution])) + self.option(14, struct.pack(self.order + "q", offset))
        self.block(1, struct.pack(self.order + "HHI", link, 0, snap_length) + options + self.option(0, b""))
        self.interfaces.append((resolution, offset))

    def packet(self, frame, interface=0, data=None):
        resolution, offset = self.interfaces[interface]
        data = frame.data if data is None else data
        since = frame.at - offset * SECOND
        stamp = (since << (resolution & 0x7F)) // SECOND if resolution & 0x80 else since * 10**resolution // SECOND
        self.block(6, struct.pack(self.order + "IIIII", interface, stamp >> 32, stamp & 0xFFFFFFFF, len(data),
                                  len(data)) + padded(data) + self.option(2, bytes(4)) + self.option(0, b""))


def pcapng(frames, order="<"):
    file = Pcapng(order)
    file.interface()
    for frame in frames:
        file.packet(frame)
    return file.out


def unlike_interfaces(frames):
    """Each frame as another interface has it: links, clocks, offsets and snapshot lengths differ."""
    file = Pcapng()
    ways = ((1, 6, 0, lambda f: f.data), (101, 9, 1000, lambda f: f.packet), (113, 0x94, 0, linux_cooked),
            (276, 3, -50, linux_cooked_2), (0, 0xA0, 0, null))
    for number, (link, resolution, offset, _) in enumerate(ways):
        file.interface(link, resolution, offset, 262144 - number)
    for number, frame in enumerate(frames):
        way = number % len(ways)
        file.packet(frame, way, ways[way][3](frame))
    return file.out


def several_sections(frames):
    """Sections of both byte orders, with blocks between the packets that are none."""
    out = b""
    for number in range(0, len(frames), 5):
        file = Pcapng("<" if number % 2 else ">")
        file.interface(resolution=9)
        for frame in frames[number:number + 5]:
            file.block(0x0BAD, struct.pack(file.order + "I", 32473) + b"custom..")
            file.packet(frame)
            file.block(0x00000777, b"unheard of..")
        file.block(4, struct.pack(file.order + "HH", 1, 8) + b"\x0a\0\0\1abc\0" + bytes(4))
        out += file.out
    return out


def snoop(frames):
    out = b"snoop\0\0\0" + struct.pack(">II", 2, 4)
    for frame in frames:
        body = padded(frame.data)
        out += struct.pack(">IIIIII", frame.wire_length, len(frame.data), 24 + len(body), 0, frame.at // SECOND,
                           frame.at % SECOND // 1000) + body
    return out


def zstandard(data):
    library = ctypes.CDLL("libzstd.so.1")
    for name in ("ZSTD_compressBound", "ZSTD_compress"):
        getattr(library, name).restype = ctypes.c_size_t
    room = ctypes.create_string_buffer(library.ZSTD_compressBound(ctypes.c_size_t(len(data))))
    size = library.ZSTD_compress(room, ctypes.c_size_t(len(room)), data, ctypes.c_size_t(len(data)), 3)
    return room.raw[:size]


FORMATS = {
    "pcap_big": lambda frames: pcap(frames, ">"),
    "pcap_nanoseconds": lambda frames: pcap(frames, magic=0xA1B23C4D),
    "pcap_nanoseconds_big": lambda frames: pcap(frames, ">", 0xA1B23C4D),
    "pcap_modified": lambda frames: pcap(frames, magic=0xA1B2CD34),
    "pcapng": pcapng,
    "pcapng_big": lambda frames: pcapng(frames, ">"),
    "unlike_interfaces": unlike_interfaces,
    "several_sections": several_sections,
    "snoop": snoop,
    "gzip": lambda frames: gzip.compress(pcap(frames)),
    "gzip_pcapng": lambda frames: gzip.compress(pcapng(frames)),
    "zstandard": lambda frames: zstandard(pcap(frames)),
}

# What tshark does not read by itself.
FORMATS_TO_EXPAND = {"xz": lambda frames: lzma.compress(pcap(frames))}


# --- Link layers ---------------------------------------------------------------------------------


def linux_cooked(frame):
    return struct.pack(">HHH8sH", 0, 1, 6, b"\2\0\0\0\0\1", frame.ether_type) + frame.packet


def linux_cooked_2(frame):
    return struct.pack(">HHIHBB8s", frame.ether_type, 0, 1, 1, 0, 6, b"\2\0\0\0\0\1") + frame.packet


def null(frame):
    return struct.pack("<I", 30 if frame.ether_type == 0x86DD else 2) + frame.packet


def vlan(frame):
    return frame.data[:12] + struct.pack(">HHHH", 0x88A8, 5, 0x8100, 7) + frame.data[12:]


def wifi(frame, head=b"\x88\x02", tail=b"\0\0"):
    addresses = b"\2\0\0\0\0\1\2\0\0\0\0\2\2\0\0\0\0\3"
    return head + bytes(2) + addresses + bytes(2) + tail + b"\xaa\xaa\x03\0\0\0" + frame.data[12:]


def nflog(frame):
    family = 10 if frame.ether_type == 0x86DD else 2
    attributes = ((1, struct.pack(">HBB", frame.ether_type, 0, 0)), (10, b"log\0"), (9, frame.packet))
    return struct.pack(">BBH", family, 0, 0) + b"".join(
        struct.pack("<HH", 4 + len(value), kind) + padded(value) for kind, value in attributes)


def pktap(frame):
    head = struct.pack("<III24sIIIIIIi20s", 108, 1, 1, b"en0", 0, 2, 0, 14, 0, 1, 1, b"phone")
    return head.ljust(108, b"\0") + frame.data


def ppp(frame):
    return b"\xff\x03" + (b"\0\x57" if frame.ether_type == 0x86DD else b"\0\x21") + frame.packet


LINKS = {
    "vlan": (1, vlan),
    "raw": (101, lambda frame: frame.packet),
    "null": (0, null),
    "loop": (108, lambda frame: struct.pack(">I", 30 if frame.ether_type == 0x86DD else 2) + frame.packet),
    "linux_cooked": (113, linux_cooked),
    "linux_cooked_2": (276, linux_cooked_2),
    "ppp": (9, ppp),
    "cisco_hdlc": (104, lambda frame: b"\x0f\0" + frame.data[12:]),
    "wifi": (105, wifi),
    "wifi_plain_data": (105, lambda frame: wifi(frame, b"\x08\x01", b"")),
    "radiotap": (127, lambda frame: b"\0\0\x08\0\0\0\0\0" + wifi(frame)),
    "nflog": (239, nflog),
    "pktap": (258, pktap),
}


def relinked(frames, name):
    link, wrap = LINKS[name]
    changed = [dataclasses.replace(frame, data=wrap(frame)) for frame in frames]
    return pcap([dataclasses.replace(frame, wire_length=len(frame.data)) for frame in changed], link=link)


def exported(frames):
    """As Wireshark exports the messages of UDP datagrams."""
    def tag(number, value):
        return struct.pack(">HH", number, len(value)) + value

    out = []
    for frame in frames:
        first = 22 if frame.ether_type == 0x86DD else 20
        data = tag(12, b"sip\0") + b"".join(tag(first + n, address) for n, address in enumerate(frame.addresses))
        data += tag(24, struct.pack(">I", 3))
        data += b"".join(tag(25 + n, struct.pack(">I", port)) for n, port in enumerate(frame.ports))
        data += tag(0, b"") + frame.payload
        out.append(Frame(frame.at, data, len(data)))
    return pcap(out, link=252)


# --- IP fragments --------------------------------------------------------------------------------


def fragments_of(frame, number, size=168):
    """The fragments of a packet, in order."""
    packet = frame.packet
    if frame.ether_type == 0x86DD:
        head, payload = packet[:40], packet[40:]
    else:
        head, payload = packet[:20], packet[20:]
    pieces = []
    for offset in range(0, len(payload), size):
        piece = payload[offset:offset + size]
        more = offset + size < len(payload)
        if frame.ether_type == 0x86DD:
            fragment = struct.pack(">BBHI", head[6], 0, offset | more, number)
            ip = head[:4] + struct.pack(">H", 8 + len(piece)) + b"\x2c" + head[7:] + fragment + piece
        else:
            ip = head[:2] + struct.pack(">HHH", 20 + len(piece), number, more << 13 | offset // 8) + head[8:10]
            ip += bytes(2) + head[12:]
            ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:] + piece
        pieces.append(Frame(frame.at, frame.data[:14] + ip, 14 + len(ip)))
    return pieces


def in_order(pieces):
    return pieces


def backwards(pieces):
    return pieces[::-1]


def twice(pieces):
    """All but the last once more, before that comes."""
    return [*pieces[:-1], *pieces]


FRAGMENTS = {"in_order": in_order, "backwards": backwards, "twice": twice}


def fragmented(frames, name):
    out = []
    for number, frame in enumerate(frames, 1):
        out += FRAGMENTS[name](fragments_of(frame, number))
    return pcap(out, magic=0xA1B23C4D)


# --- TCP segments --------------------------------------------------------------------------------


def segment_parts(frame):
    ip, tcp = frame.packet[:20], frame.packet[20:]
    size = (tcp[12] >> 4) * 4
    return ip, tcp[:size], tcp[size:]


def with_segment(frame, head, payload, add=0):
    """The segment with another payload, its sequence number `add` farther."""
    ip = frame.packet[:2] + struct.pack(">H", 20 + len(head) + len(payload)) + frame.packet[4:10] + bytes(2)
    ip += frame.packet[12:20]
    ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
    sequence = (struct.unpack(">I", head[4:8])[0] + add) % 2**32
    tcp = head[:4] + struct.pack(">I", sequence) + head[8:16] + bytes(2) + head[18:] + payload
    pseudo = ip[12:20] + struct.pack(">HH", 6, len(tcp))
    tcp = tcp[:16] + struct.pack(">H", checksum(pseudo + tcp)) + tcp[18:]
    data = frame.data[:14] + ip + tcp
    return Frame(frame.at, data, len(data))


def cut_up(frame, size=100):
    _, head, payload = segment_parts(frame)
    return [with_segment(frame, head, payload[o:o + size], o)
            for o in range(0, max(len(payload), 1), size)]


def small_segments(frames):
    return [piece for frame in frames for piece in cut_up(frame)]


def swapped_segments(frames):
    """The second piece of each comes before the first."""
    out = []
    for frame in frames:
        pieces = cut_up(frame, 200)
        if len(pieces) > 2:
            pieces[:2] = pieces[1::-1]
        out += pieces
    return out


def overlapping_segments(frames):
    """Each piece begins with the end of the one before it."""
    out = []
    for frame in frames:
        _, head, payload = segment_parts(frame)
        for offset in range(0, max(len(payload), 1), 150):
            begin = max(0, offset - 60)
            out.append(with_segment(frame, head, payload[begin:offset + 150], begin))
    return out


def joined_late(frames):
    """Without what opened the connections."""
    return [frame for frame in frames if not segment_parts(frame)[1][13] & 2]


def wrapping_numbers(frames):
    """Each direction's numbers pass 2^32 within the first message."""
    first = {}
    out = []
    for frame in frames:
        _, head, payload = segment_parts(frame)
        sequence, acknowledged = struct.unpack(">II", head[4:12])
        here, there = frame.endpoints, frame.endpoints[::-1]
        first.setdefault(here, sequence)
        shift = {ends: 2**32 - 100 - number for ends, number in first.items()}
        head = head[:8] + struct.pack(">I", (acknowledged + shift.get(there, 0)) % 2**32) + head[12:]
        out.append(with_segment(frame, head, payload, shift[here]))
    return out


def kept_alive(frames):
    """Behind every segment a probe: the byte before the next, once more."""
    out = []
    for frame in frames:
        _, head, payload = segment_parts(frame)
        out.append(frame)
        if payload:
            out.append(with_segment(frame, head, b"", len(payload) - 1))
    return out


SEGMENTS = {
    "small": small_segments,
    "swapped": swapped_segments,
    "overlapping": overlapping_segments,
    "joined_late": joined_late,
    "wrapping_numbers": wrapping_numbers,
    "kept_alive": kept_alive,
}
