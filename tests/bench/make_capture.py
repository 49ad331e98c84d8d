#!/usr/bin/env python3
"""Writes a capture of many phones that register, refresh and call, for `sipharness check`.

    make_capture.py FILE MESSAGES [PHONES]

Every phone registers at one server every 100 s and is answered; every third time it also makes a
call of ten seconds. The capture ends where it ends, amid all that. Its messages are those of a
GRP26xx and a common PBX, header by header: with its frame one takes 652 bytes on average.
"""
import heapq
import struct
import sys

EPOCH = 1_704_067_200
SERVER = (10, 255, 0, 1)
PHONE = [("Max-Forwards", "70"), ("User-Agent", "Grandstream GRP2614 1.0.9.23"),
         ("Supported", "replaces, path, timer, eventlist"),
         ("Allow", "INVITE, ACK, OPTIONS, CANCEL, BYE, SUBSCRIBE, NOTIFY, INFO, REFER, UPDATE, MESSAGE")]
INVITE = [("Privacy", "none"), ("X-Grandstream-PBX", "true"), ("Accept", "application/sdp, application/dtmf-relay")]
NETWORK = ("P-Access-Network-Info", "IEEE-EUI-48;eui-48-addr=C0-74-AD-00-11-22")
PBX = [("Server", "Asterisk PBX 18.10.0"),
       ("Allow", "INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, SUBSCRIBE, NOTIFY, INFO, PUBLISH, MESSAGE")]
SDP = [("Content-Type", "application/sdp")]


def sdp(user, address):
    """What is offered, and as an answer what is taken of it."""
    host = dotted(address)
    return (f"v=0\r\no={user} 8000 8000 IN IP4 {host}\r\ns=SIP Call\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
            "m=audio 5004 RTP/AVP 0 8 9 101\r\na=sendrecv\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n"
            "a=rtpmap:8 PCMA/8000\r\na=rtpmap:9 G722/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n")


def dotted(address):
    return ".".join(map(str, address))


def lettered(address):
    """As a GRP26xx writes its address in a Call-ID: A is 0, J is 9."""
    return dotted(address).translate(str.maketrans("0123456789", "ABCDEFGHIJ"))


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

    def contact(self, end=""):
        return "Contact", f"<sip:{self.user}@{dotted(self.address)}:5060>{end}"

    def registered_contact(self):
        return self.contact(f';reg-id=1;+sip.instance="<urn:uuid:00000000-0000-1000-8000-C074AD{int(self.user):06X}>"')

    def request(self, method, uri, dialog, cseq, more=(), to_tag="", body=""):
        """A request and what a response to it copies."""
        self.branches += 1
        number, to_user = dialog
        copied = [("Via", f"SIP/2.0/UDP {dotted(self.address)}:5060;branch=z9hG4bK{self.user}{self.branches:06d};rport"),
                  ("From", f'"Desk {self.user}" <sip:{self.user}@{dotted(SERVER)}>;tag={self.user}{number:04d}'),
                  ("To", f"<sip:{to_user}@{dotted(SERVER)}>{to_tag}"),
                  ("Call-ID", f"{self.user}{number:04d}-5060-{number}@{lettered(self.address)}"),
                  ("CSeq", f"{cseq} {method}")]
        return self.message(True, f"{method} {uri} SIP/2.0", copied + PHONE + list(more), body), copied

    def response(self, status, copied, tag, own=(), body=""):
        fields = [(k, v + (tag if k == "To" and ";tag=" not in v else "")) for k, v in copied]
        return self.message(False, f"SIP/2.0 {status}", fields + PBX + list(own), body)

    def turn(self):
        """(seconds after the turn began, message) of one refresh and perhaps one call."""
        self.turns += 1
        name, contact = self.registered_contact()
        expires = ("Expires", "120")
        request, copied = self.request("REGISTER", f"sip:{dotted(SERVER)}", (1, self.user), self.turns,
                                       [(name, contact), expires, NETWORK])
        yield 0, request
        yield 0.001, self.response("200 OK", copied, f";tag=as{self.user}r{self.turns:04d}",
                                   [(name, contact + ";expires=120"), expires])
        if self.turns % 3 == 0:
            yield from self.call(self.turns)

    def call(self, number):
        dialog = (number, "2001")
        target = f"sip:2001@{dotted(SERVER)}:5060"
        tag = f";tag=as{self.user}c{number:04d}"
        contact = ("Contact", f"<{target}>")
        identity = ("P-Preferred-Identity", f"<sip:{self.user}@{dotted(SERVER)}>")
        request, copied = self.request("INVITE", f"sip:2001@{dotted(SERVER)}", dialog, 10,
                                       [self.contact(), identity, *INVITE, NETWORK, *SDP],
                                       body=sdp(self.user, self.address))
        yield 20, request
        yield 20.001, self.response("180 Ringing", copied, tag, [contact])
        yield 22, self.response("200 OK", copied, tag, [contact, *SDP], sdp("2001", SERVER))
        yield 22.002, self.request("ACK", target, dialog, 10, [self.contact()], tag)[0]
        request, copied = self.request("BYE", target, dialog, 11, [self.contact()], tag)
        yield 32, request
        yield 32.001, self.response("200 OK", copied, tag)


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
