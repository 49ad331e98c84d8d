"""The capture's clock set forward or back, or its machine at a stand: what spans that is not judged."""
import struct

from capture_writer import ACK, PUSH, CaptureWriter, request, response
from field_test import FieldTest

V4 = ("192.0.2.50:5060", "192.0.2.10:5060")
V6 = ("[2001:db8::50]:5060", "[2001:db8::10]:5060")
OTHER = "192.0.2.51:5060"
HOUR = 3600


class Lab:
    """Phones that register at one server, over one transport."""

    def __init__(self, transport="UDP"):
        self.transport = transport
        self.capture = CaptureWriter()
        self.connected = set()
        self.number = {}

    def send(self, at, source, destination, text):
        if self.transport == "UDP":
            return self.capture.udp(at, source, destination, text)
        ends = frozenset((source, destination))
        if ends not in self.connected:
            self.capture.connect(at - 0.01, source, destination)
            self.connected.add(ends)
        return self.capture.tcp(at, source, destination, ACK | PUSH, text)

    def ask(self, at, phone, server, method, *headers, status=200, answer=(), after=0.02):
        """A request to the server and its response, if there is a status."""
        call = f"{method.lower()}@{phone}"
        cseq = self.number[call] = self.number.get(call, 0) + 1
        host = server.rsplit(":", 1)[0]
        user = "1002" if phone == OTHER else "1001"
        via = f"SIP/2.0/{self.transport} {phone};branch=z9hG4bK{call}{cseq};rport"
        one = (f"<sip:{user}@{host}>;tag=8c1f03b7", f"<sip:{user}@{host}>", call, cseq)
        contact = f"Contact: <sip:{user}@{phone}>"
        text = request(method, f"sip:{host}", via, *one, contact, *headers)
        self.send(at, phone, server, text)
        if status:
            told = (one[0], one[1] + ";tag=5e77e4aa", *one[2:], method)
            granted = [f"{contact};expires=120"] if method == "REGISTER" else []
            self.send(at + after, server, phone, response(status, "OK", via, *told, *granted, *answer))
        return text

    def keep(self, phone, server, times):
        for at in times:
            self.ask(at, phone, server, "REGISTER", "Expires: 120")

    def jump(self, when, by):
        self.capture.frames = [(at + by if at >= when else at, *rest) for at, *rest in self.capture.frames]
        return self


class ClockTest(FieldTest):
    def told(self, lab, *arguments, server=V4[1], in_order=True, **expected):
        expected.setdefault("exit", None)
        self.assert_told(lab.capture.write(self.scratch / "clock.pcap", in_order=in_order),
                         ["--primary", server, *arguments], **expected)


class SetForward(ClockTest):
    def test_a_lone_phone_is_a_guess(self):
        for phone, server in (V4, V6):
            for transport in ("UDP", "TCP"):
                for by in (180, HOUR, 24 * HOUR):
                    lab = Lab(transport)
                    lab.keep(phone, server, range(0, 900, 100))
                    with self.subTest(phone, transport=transport, by=by):
                        self.told(lab.jump(450, by), server=server,
                                  findings={"RFC3261-REG-09": "inconclusive", "RFC3261-GEN-01": "pass"},
                                  says=["the capture's clock may have been set forward", "blame: user"])

    def test_several_phones_late_at_once(self):
        lab = Lab()
        lab.keep(V4[0], V4[1], range(0, 900, 100))
        lab.keep(OTHER, V4[1], range(30, 900, 90))
        self.told(lab.jump(450, HOUR), findings={"RFC3261-REG-09": "inconclusive"},
                  says=["the capture's clock was set forward", "2 devices had to register in it", "blame: host"])

    def test_a_series_under_way(self):
        lab = Lab()
        lab.keep(*V4, (0,))
        text = lab.ask(10, *V4, "REGISTER", "Expires: 120", status=None)
        for at in (10.5, 11.5, 13.5, 17.5, 21.5):
            lab.send(at, *V4, text)
        lab.keep(*V4, (60,))
        self.told(lab.jump(13, HOUR), does_not_say=["FAIL"], says=["was sent again only in frame"])

    def test_an_answer_an_hour_later(self):
        for transport, said in (("UDP", ["came only 3600.020 s after frame"]), ("TCP", [])):
            lab = Lab(transport)
            lab.keep(*V4, (0, 100, 200, 300))
            with self.subTest(transport):
                self.told(lab.jump(100.01, HOUR), does_not_say=["FAIL"], says=said)

    def test_media_goes_on(self):
        lab = Lab()
        lab.keep(*V4, (0,))
        for n in range(500):
            for a, b in (("192.0.2.50:4000", "192.0.2.60:4000"), ("192.0.2.60:4000", "192.0.2.50:4000")):
                lab.capture.udp(5 + n * 0.02, a, b, struct.pack(">BBHII", 128, 0, n, n * 160, 7) + bytes(20))
        lab.keep(*V4, (100,))
        lab.capture.frames.sort()
        self.told(lab.jump(10, 600), does_not_say=["FAIL"], says=["as if no time had passed", "blame: host"])


class SetBack(ClockTest):
    def test_what_is_over_before_and_what_a_message_holds_stay(self):
        lab = Lab()
        lab.keep(*V4, (0, 100, 200, 300, 400))
        text = lab.ask(110, *V4, "OPTIONS", status=None)
        lab.capture.frames.pop()
        lab.send(110, *V4, text.replace("Max-Forwards: 70\r\n", ""))
        lab.capture.frames.sort()
        self.told(lab.jump(250, -HOUR), in_order=False, exit=1, fails=["RFC3261-GEN-01", "RFC3261-GEN-02"],
                  findings={"RFC3261-REG-09": "inconclusive"}, says=["the clock went back by 3500.0"])


class HonestSilence(ClockTest):
    """The clock was right: a device that is silent beside others, or again and again, is judged."""

    def test_beside_another_phone(self):
        lab = Lab()
        lab.keep(V4[0], V4[1], (0, 100, 200))
        lab.keep(OTHER, V4[1], range(30, 4000, 90))
        lab.keep(V4[0], V4[1], (3900,))
        lab.capture.frames.sort()
        self.told(lab, fails=["RFC3261-REG-09"])

    def test_beside_keep_alives(self):
        for interval in (30, 60, 90):
            lab = Lab()
            lab.keep(*V4, (0, 100))
            for number, at in enumerate(range(130, 1300, interval)):
                via = f"SIP/2.0/UDP {V4[1]};branch=z9hG4bKo{number}"
                one = ("<sip:192.0.2.10>;tag=o", f"<sip:1001@{V4[0]}>", f"o{number}@server", 1)
                lab.send(at, V4[1], V4[0], request("OPTIONS", f"sip:1001@{V4[0]}", via, *one))
                lab.send(at + 0.01, V4[0], V4[1], response(200, "OK", via, one[0], one[1] + ";tag=p", *one[2:],
                                                           "OPTIONS"))
            with self.subTest(interval=interval):
                self.told(lab, exit=1, fails=["RFC3261-REG-09"], does_not_say=["set forward"])

    def test_again_and_again(self):
        lab = Lab()
        lab.keep(*V4, (0, 100, 400, 500, 800, 900, 1200, 1300))
        self.told(lab, exit=1, does_not_say=["set forward"], fails=["RFC3261-REG-09"])

    def test_an_answer_late_again_and_again(self):
        """Nobody sends what is not answered once more: no clock is set so often."""
        lab = Lab()
        for at in range(0, 900, 100):
            lab.ask(at, *V4, "OPTIONS", after=45)
        self.told(lab, fails=["RFC3261-TIMER-E"], does_not_say=["set forward"])
