#!/usr/bin/env python3
"""Writes a capture of many phones that register, refresh and call, for `sipharness check`.

    make_capture.py FILE MESSAGES [PHONES]

Every phone registers at one server every 100 s and is answered; every third time it also makes a
call of ten seconds. The capture ends where it ends, amid all that.
"""
import heapq
import struct
import sys

EPOCH = 1_704_067_200
SERVER = (10, 255, 0, 1)
HEADERS = ("Max-Forwards: 70\r\nUser-Agent: Grandstream GRP2614 1.0.9.23\r\nSupported: path\r\n"
           "Allow: INVITE, ACK, OPTIONS, CANCEL, BYE, SUBSCRIBE, NOTIFY, INFO, REFER, UPDATE\r\n")


def dotted(address):
    return ".".join(map(str, address))


def frame(source, destination, payload):
    """Ethernet, IPv4 and UDP around a payload; the UDP checksum is left out, as UDP permits."""
    udp = struct.pack(">HHHH", 5060, 5060, 8 + len(payload), 0) + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0x4000, 64, 17, 0) + bytes(source) + bytes(destination)
    total = sum(struct.unpack(">10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    checksum = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\x00" + head[:10] + struct.pack(">H", checksum) + head[12:] + udp


class Phone:
    def __init__(self, number):
        self.user = str(100000 + number)
        self.address = (10, number >> 16 & 255, number >> 8 & 255, number & 255)
        self.turns = 0
        self.branches = 0

    def message(self, from_phone, start, fields, body=""):
        """(source, destination, bytes) of one message."""
        length = f"Content-Length: {len(body)}\r\n\r\n"
        ends = (self.address, SERVER) if from_phone else (SERVER, self.address)
        return (*ends, (start + "\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields) + length + body).encode())

    def request(self, method, uri, call, to_tag=""):
        """A request and what a response to it copies."""
        self.branches += 1
        call_id, cseq, to_user = call
        copied = [("Via", f"SIP/2.0/UDP {dotted(self.address)}:5060;branch=z9hG4bK{self.user}{self.branches:010x};rport"),
                  ("From", f"<sip:{self.user}@{dotted(SERVER)}>;tag=f{call_id}"),
                  ("To", f"<sip:{to_user}@{dotted(SERVER)}>{to_tag}"),
                  ("Call-ID", f"{call_id}@{dotted(self.address)}"), ("CSeq", f"{cseq} {method}")]
        own = [("Contact", f"<sip:{self.user}@{dotted(self.address)}:5060>")]
        if method == "REGISTER":
            own.append(("Expires", "120"))
        own += [tuple(line.split(": ", 1)) for line in HEADERS.split("\r\n") if line]
        return self.message(True, f"{method} {uri} SIP/2.0", copied + own), copied

    def response(self, status, copied, own=(), body=""):
        fields = [(k, v + (";tag=s1" if k == "To" and ";tag=" not in v else "")) for k, v in copied]
        return self.message(False, f"SIP/2.0 {status}", fields + list(own), body)

    def turn(self):
        """(seconds after the turn began, message) of one refresh and perhaps one call."""
        self.turns += 1
        server = f"sip:{dotted(SERVER)}"
        request, copied = self.request("REGISTER", server, (f"r{self.user}", self.turns, self.user))
        yield 0, request
        contact = ("Contact", f"<sip:{self.user}@{dotted(self.address)}:5060>;expires=120")
        yield 0.001, self.response("200 OK", copied, [contact])
        if self.turns % 3 == 0:
            yield from self.call(f"c{self.user}x{self.turns}")

    def call(self, call_id):
        peer = f"sip:2001@{dotted(SERVER)}"
        target = f"sip:2001@{dotted(SERVER)}:5060"
        contact = ("Contact", f"<{target}>")
        request, copied = self.request("INVITE", peer, (call_id, 1, "2001"))
        yield 20, request
        yield 20.001, self.response("180 Ringing", copied, [contact])
        yield 22, self.response("200 OK", copied, [contact])
        yield 22.002, self.request("ACK", target, (call_id, 1, "2001"), ";tag=s1")[0]
        request, copied = self.request("BYE", target, (call_id, 2, "2001"), ";tag=s1")
        yield 32, request
        yield 32.001, self.response("200 OK", copied)


def write(path, messages, phones):
    turns = [(100 * number / phones, number, Phone(number)) for number in range(phones)]
    pending, written = [], 0
    with open(path, "wb", buffering=1 << 20) as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1))
        while written < messages:
            if not pending or turns[0][0] <= pending[0][0]:
                at, number, phone = heapq.heappop(turns)
                heapq.heappush(turns, (at + 100, number, phone))
                for order, (after, message) in enumerate(phone.turn()):
                    heapq.heappush(pending, (at + after, number, order, message))
                continue
            at, _, _, message = heapq.heappop(pending)
            data = frame(*message)
            file.write(struct.pack("<IIII", EPOCH + int(at), int(at % 1 * 1e9), len(data), len(data)) + data)
            written += 1


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 2000)
