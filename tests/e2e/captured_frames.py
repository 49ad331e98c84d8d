"""Frames of a capture that a test changes: the world's own captures, Ethernet with IPv4 or IPv6."""
import dataclasses
import struct

from capture_writer import ETHERNET, LINUX_SLL, RAW_IP, ethernet, udp

NANOSECOND, MICROSECOND = 0xA1B23C4D, 0xA1B2C3D4


@dataclasses.dataclass(frozen=True)
class Frame:
    at: int  # nanoseconds
    data: bytes
    wire_length: int

    @property
    def ether_type(self):
        return struct.unpack(">H", self.data[12:14])[0]

    @property
    def packet(self):
        return self.data[14:]

    @property
    def protocol(self):
        return self.packet[6] if self.ether_type == 0x86DD else self.packet[9]

    def _transport_offset(self):
        return 40 if self.ether_type == 0x86DD else (self.packet[0] & 15) * 4

    @property
    def addresses(self):
        """Source and destination as packed bytes."""
        if self.ether_type == 0x86DD:
            return self.packet[8:24], self.packet[24:40]
        return self.packet[12:16], self.packet[16:20]

    @property
    def ports(self):
        return struct.unpack(">HH", self.packet[self._transport_offset():][:4])

    @property
    def endpoints(self):
        """((source address, port), (destination address, port))."""
        return tuple(zip(self.addresses, self.ports))

    @property
    def ident(self):
        """What tells one IPv4 packet from its copies."""
        return struct.unpack(">H", self.packet[4:6])[0]

    @property
    def payload(self):
        """Of a UDP datagram."""
        return self.packet[self._transport_offset() + 8:]

    def is_udp(self):
        return self.ether_type in (0x0800, 0x86DD) and self.protocol == 17

    def is_tcp(self):
        return self.ether_type in (0x0800, 0x86DD) and self.protocol == 6


def read(path):
    data = path.read_bytes()
    magic = struct.unpack("<I", data[:4])[0]
    assert magic in (NANOSECOND, MICROSECOND), f"{path}: not a capture as the harness writes it"
    unit = 1 if magic == NANOSECOND else 1000
    assert struct.unpack("<I", data[20:24])[0] == ETHERNET, path
    frames, at = [], 24
    while at < len(data):
        seconds, fraction, captured, wire = struct.unpack("<IIII", data[at:at + 16])
        frames.append(Frame(seconds * 10**9 + fraction * unit, data[at + 16:at + 16 + captured], wire))
        at += 16 + captured
    return frames


def write(path, frames, link=ETHERNET, snap_length=262144):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", NANOSECOND, 2, 4, 0, 0, snap_length, link))
        for frame in frames:
            data, wire = frame.data, frame.wire_length
            if link == RAW_IP:
                data, wire = frame.packet, wire - 14
            elif link == LINUX_SLL:
                data = struct.pack(">HHH8sH", 0, 1, 6, b"\2\0\0\0\0\1", frame.ether_type) + frame.packet
                wire += 2
            data = data[:snap_length]
            file.write(struct.pack("<IIII", frame.at // 10**9, frame.at % 10**9, len(data), wire) + data)
    return path


def datagram(at, source, destination, payload, **ip_fields):
    """A frame of its own, at nanoseconds."""
    data = ethernet(udp(source, destination, payload, **ip_fields))
    return Frame(at, data, len(data))
