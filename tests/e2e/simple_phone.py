"""A phone and two servers that share no code with the harness: they write what the catalogue's time
tables say into a capture, packet by packet. Deliberately simple; every test may bend one thing."""
import socket
import struct

PHONE, PRIMARY, SECONDARY = ("127.0.0.1", 5062), ("127.0.0.11", 5070), ("127.0.0.12", 5080)
EPOCH = 1_700_000_000
TIMER_A = (0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5)
TIMER_E = (0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet_frame(source, destination, payload):
    udp_length = 8 + len(payload)
    addresses = socket.inet_aton(source[0]) + socket.inet_aton(destination[0])
    ports = struct.pack("!HHH", source[1], destination[1], udp_length)
    pseudo = addresses + struct.pack("!BBH", 0, 17, udp_length)
    udp = ports + struct.pack("!H", checksum(pseudo + ports + b"\0\0" + payload) or 0xFFFF) + payload
    head = struct.pack("!BBHHHBB", 0x45, 0, 20 + udp_length, 0, 0x4000, 64, 17)
    ip = head + struct.pack("!H", checksum(head + b"\0\0" + addresses)) + addresses
    return bytes(12) + b"\x08\x00" + ip + udp


class Message:
    """Start line and headers by name; order as written."""

    def __init__(self, start, headers, body=""):
        self.start, self.headers, self.body = start, dict(headers), body

    def text(self):
        lines = [self.start] + [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join(lines + [f"Content-Length: {len(self.body)}", "", self.body]).encode()


class SimplePhone:
    def __init__(self):
        self.packets, self.serial, self.cseq = [], 0, {}

    # --- The wire ---------------------------------------------------------------------------------
    def put(self, at, source, destination, message):
        self.packets.append((at, source, destination, message.text()))

    def send(self, at, server, message):
        self.put(at, PHONE, server, message)

    def receive(self, at, server, message):
        self.put(at, server, PHONE, message)

    def write(self, path):
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
            for at, source, destination, payload in sorted(self.packets, key=lambda p: p[0]):
                frame = ethernet_frame(source, destination, payload)
                ns = EPOCH * 10**9 + round(at * 1e9)
                file.write(struct.pack("<IIII", ns // 10**9, ns % 10**9, len(frame), len(frame)) + frame)

    # --- Messages ---------------------------------------------------------------------------------
    def new(self, word):
        self.serial += 1
        return f"{word}{self.serial:08x}f00d"

    def request(self, method, server, uri, call_id, **headers):
        self.cseq[call_id] = self.cseq.get(call_id, 0) + 1
        aor = f"<sip:1001@{server[0]}>"
        head = {"Via": f"SIP/2.0/UDP {PHONE[0]}:{PHONE[1]};branch={self.new('z9hG4bK')};rport",
                "Max-Forwards": "70", "From": f"{aor};tag={call_id[:8]}t", "To": aor, "Call-ID": call_id,
                "CSeq": f"{self.cseq[call_id]} {method}", "Contact": f"<sip:1001@{PHONE[0]}:{PHONE[1]}>"}
        head.update(headers)
        return Message(f"{method} {uri} SIP/2.0", head)

    @staticmethod
    def response(request, status, to_tag=None, **headers):
        head = {name: request.headers[name] for name in ("Via", "From", "To", "Call-ID", "CSeq")}
        head["Via"] = head["Via"].replace(";rport", f";rport={PHONE[1]};received={PHONE[0]}")
        if to_tag and "tag=" not in head["To"]:
            head["To"] += f";tag={to_tag}"
        head.update(headers)
        return Message(f"SIP/2.0 {status}", head)

    # --- Exchanges --------------------------------------------------------------------------------
    def register(self, at, server, answered=True, offsets=TIMER_E, expires=120):
        request = self.request("REGISTER", server, f"sip:{server[0]}:{server[1]}",
                               f"reg{server[1]}", Expires=str(expires))
        if not answered:
            for offset in offsets:
                self.send(at + offset, server, request)
            return
        self.send(at, server, request)
        ok = self.response(request, "200 OK", "r")
        ok.headers["Contact"] = request.headers["Contact"] + f";expires={expires}"
        self.receive(at + 0.01, server, ok)

    def invite(self, number, server, call_id):
        uri = f"sip:{number}@{server[0]}:{server[1]}"
        invite = self.request("INVITE", server, uri, call_id, To=f"<sip:{number}@{server[0]}>")
        self.cseq[call_id] = 1
        invite.headers["CSeq"] = "1 INVITE"
        return invite

    def in_dialog(self, method, ok, server, **headers):
        """A request in the dialog that `ok` made."""
        request = self.request(method, server, f"sip:far@{server[0]}:{server[1]}",
                               ok.headers["Call-ID"], **headers)
        request.headers["From"], request.headers["To"] = ok.headers["From"], ok.headers["To"]
        return request

    def silent_invite(self, at, server, invite, offsets=TIMER_A):
        for offset in offsets:
            self.send(at + offset, server, invite)

    def answered_call(self, at, server, invite, talk=40):
        """100 at once, 180 at +1 s, 200 at +3 s, BYE after `talk`."""
        self.send(at, server, invite)
        self.receive(at + 0.005, server, self.response(invite, "100 Trying"))
        self.receive(at + 1, server, self.response(invite, "180 Ringing", "far"))
        contact = {"Contact": f"<sip:far@{server[0]}:{server[1]}>"}
        ok = self.response(invite, "200 OK", "far", **contact)
        self.receive(at + 3, server, ok)
        ack = self.in_dialog("ACK", ok, server, CSeq=invite.headers["CSeq"].replace("INVITE", "ACK"))
        self.cseq[invite.headers["Call-ID"]] = 1
        self.send(at + 3.01, server, ack)
        bye = self.in_dialog("BYE", ok, server)
        self.send(at + 3 + talk, server, bye)
        self.receive(at + 3.01 + talk, server, self.response(bye, "200 OK"))

    def fallback(self, at, switch_after=32.0, offsets=TIMER_A, same_branch=False):
        """A call to a silent primary, then over the secondary."""
        call_id = self.new("call")
        first = self.invite("2001", PRIMARY, call_id)
        self.silent_invite(at, PRIMARY, first, offsets)
        second = self.invite("2001", SECONDARY, call_id)
        if same_branch:
            second.headers["Via"] = first.headers["Via"]
        self.answered_call(at + switch_after, SECONDARY, second)
