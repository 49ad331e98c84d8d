"""Calls in captures without a journal: which requests belong to one call, and where they go."""
import struct

from capture_writer import CaptureWriter, request, response
from field_test import FieldTest

PHONE, PRIMARY, SECONDARY = "192.0.2.50:5060", "192.0.2.10:5060", "192.0.2.20:5060"
NAMED = ("--primary", PRIMARY, "--secondary", SECONDARY)
PROFILE = ("--profile", "phone.profile.json")
NAME_SERVER = "192.0.2.53:53"


class Call:
    """A phone registered at both servers from 0 s on, for 2 min, and what it exchanges with them."""

    def __init__(self, v6=False):
        self.capture = CaptureWriter()
        self.v6 = v6
        self.serial = 0
        for server in (PRIMARY, SECONDARY):
            for at in (0, 100, 200):
                self.register(at, server)

    def place(self, text):
        return text.replace("192.0.2.", "[2001:db8::").replace(":5060", "]:5060") if self.v6 else text

    def host(self, text):
        return self.place(text).rsplit(":", 1)[0]

    def via(self):
        self.serial += 1
        return f"SIP/2.0/UDP {self.place(PHONE)};branch=z9hG4bKc{self.serial};rport"

    def send(self, at, source, destination, text):
        self.capture.udp(at, self.place(source), self.place(destination), text)

    def register(self, at, server):
        via, host = self.via(), self.host(server)
        one = (f"<sip:1001@{host}>;tag=8c1f03b{server[8]}", f"<sip:1001@{host}>", f"r{server}@phone", 1 + at // 100)
        contact = f"Contact: <sip:1001@{self.place(PHONE)}>"
        self.send(at, PHONE, server, request("REGISTER", f"sip:{host}", via, *one, contact, "Expires: 120"))
        self.send(at + 0.01, server, PHONE,
                  response(200, "OK", via, *one, "REGISTER", contact + ";expires=120"))

    def invite(self, at, server, cseq=1, call="call1@phone", tag="5d1f03b7", number="2001", via=None, more=()):
        """Its Via, sender and addressee."""
        via, host = via or self.via(), self.host(server)
        sender, to = f"<sip:1001@{host}>;tag={tag}", f"<sip:{number}@{host}>"
        self.send(at, PHONE, server, request("INVITE", f"sip:{number}@{self.place(server)}", via, sender, to, call, cseq,
                                             f"Contact: <sip:1001@{self.place(PHONE)}>", *more))
        return via, sender, to

    def answer(self, at, server, invite, status=200, cseq=1, call="call1@phone", to_tag="f1", contact=None, more=()):
        via, sender, to = invite
        contact = contact or f"sip:2001@{self.place(server)}"
        self.send(at, server, PHONE, response(status, "Told", via, sender, f"{to};tag={to_tag}", call, cseq, "INVITE",
                                              f"Contact: <{contact}>", *more))

    def within(self, at, server, method, invite, cseq, call="call1@phone", to_tag="f1", uri=None, status=200, more=()):
        """A request of the phone in the dialog, and its answer unless it is an ACK."""
        _, sender, to = invite
        via, both = self.via(), (sender, f"{to};tag={to_tag}", call, cseq)
        uri = uri or f"sip:2001@{self.place(PRIMARY)}"
        self.send(at, PHONE, server, request(method, uri, via, *both, f"Contact: <sip:1001@{self.place(PHONE)}>", *more))
        if method != "ACK" and status:
            self.send(at + 0.01, server, PHONE, response(status, "Told", via, *both, method))
        if method == "INVITE":
            self.send(at + 0.02, PHONE, server, request("ACK", uri, via, *both))

    def answered(self, contact=None, more=(), ack_at=PRIMARY, routed=()):
        invite = self.invite(10, PRIMARY)
        self.answer(12, PRIMARY, invite, contact=contact, more=more)
        self.within(12.01, ack_at, "ACK", invite, 1, uri=contact, more=routed)
        return invite

    def is_called(self, at, server, status, tag, user="1001"):
        """The same INVITE whichever server brings it; what the phone answers, and the ACK to that."""
        via = f"SIP/2.0/UDP {server};branch=z9hG4bKs{server[8]};rport"
        sender, to, uri = "<sip:2001@far.test>;tag=ab12", f"<sip:{user}@far.test>", f"sip:{user}@{PHONE}"
        one = (via, sender, to, "in1@far", 1)
        self.send(at, server, PHONE, request("INVITE", uri, *one, f"Contact: <sip:2001@{server}>"))
        answer = (via, sender, f"{to};tag={tag}", "in1@far", 1)
        told = via.replace(";rport", f";rport={server[-4:]};received={server[:-5]}")
        self.send(at + 0.05, PHONE, server, response(status, "Told", told, *answer[1:], "INVITE", f"Contact: <{uri}>"))
        if status >= 200:
            ack_via = via if status >= 300 else via.replace("z9hG4bKs", "z9hG4bKa")
            self.send(at + 0.06, server, PHONE, request("ACK", uri, ack_via, *answer[1:]))

    def lookup(self, at, name, address):
        labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
        question = labels + struct.pack(">HH", 1, 1)
        octets = bytes(int(part) for part in address.split("."))
        self.capture.udp(at, PHONE.replace(":5060", ":40000"), NAME_SERVER,
                         struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + question)
        self.capture.udp(at + 0.001, NAME_SERVER, PHONE.replace(":5060", ":40000"),
                         struct.pack(">HHHHHH", 7, 0x8180, 1, 1, 0, 0) + question +
                         b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + octets)

    def write(self, path):
        self.capture.frames.sort(key=lambda frame: frame[0])
        return self.capture.write(path)


class Calls(FieldTest):
    def assert_call(self, call, arguments=("--vantage", "device"), **told):
        self.assert_told(call.write(self.scratch / "call.pcap"), (*PROFILE, *NAMED, *arguments), **told)

    def test_each_request_of_a_call_at_the_other_server_fails(self):
        for method in ("BYE", "INFO", "INVITE", "UPDATE", "REFER", "NOTIFY", "MESSAGE"):
            with self.subTest(method):
                call = Call()
                invite = call.answered()
                call.within(20, SECONDARY, method, invite, 2, status=481)
                done, result = self.check(call.write(self.scratch / "call.pcap"), *PROFILE, *NAMED)
                told = {f["requirement"]: f["verdict"] for f in result["findings"]}
                self.assertEqual(told["RFC3261-ROUTE-03"], "fail", done.stdout)
                self.assertIn(f"{method} of a call over the primary went to the secondary", done.stdout)

    def test_ack_to_the_other_server_fails(self):
        call = Call()
        invite = call.answered(ack_at=SECONDARY)
        call.within(20, PRIMARY, "BYE", invite, 2)
        self.assert_call(call, exit=1, fails={"RFC3261-ROUTE-03", "RFC3261-ACK-2XX"},
                         says=["ACK of a call over the primary went to the secondary"])

    def test_record_route_or_contact_may_lead_to_the_other_server(self):
        route = f"<sip:{SECONDARY};lr>"
        for contact, more, routed in ((f"sip:2001@{SECONDARY}", (), ()),
                                      (None, (f"Record-Route: {route}",), (f"Route: {route}",))):
            call = Call()
            invite = call.answered(contact, more, SECONDARY, routed)
            call.within(20, SECONDARY, "BYE", invite, 2, uri=contact, more=routed)
            self.assert_call(call, findings={"RFC3261-ROUTE-03": "pass", "RFC3261-ACK-2XX": "pass"})

    def test_a_name_leads_where_its_lookup_says(self):
        target = "sip:2001@far.test"
        for address, verdict, code in ((None, "inconclusive", 3), ("192.0.2.20", "pass", 0), ("192.0.2.10", "fail", 1)):
            with self.subTest(address):
                call = Call()
                if address:
                    call.lookup(11, "far.test", address)
                invite = call.answered(target)
                call.within(20, SECONDARY, "BYE", invite, 2, uri=target)
                fails = {"RFC3261-ROUTE-03"} if verdict == "fail" else ()
                if address == "192.0.2.20":
                    fails = {"RFC3261-ACK-2XX"}  # it went to the primary
                    code = 1
                self.assert_call(call, exit=code, fails=fails, findings={"RFC3261-ROUTE-03": verdict})

    def test_ipv6(self):
        call = Call(v6=True)
        invite = call.answered()
        call.within(20, SECONDARY, "BYE", invite, 2, status=481)
        named = ("--primary", call.place(PRIMARY), "--secondary", call.place(SECONDARY))
        self.assert_told(call.write(self.scratch / "call.pcap"), (*PROFILE, *named), exit=1,
                         fails={"RFC3261-ROUTE-03"})

    def test_a_redirected_call_is_one_call(self):
        for status in (301, 302, 305, 420):
            with self.subTest(status):
                call = Call()
                first = call.invite(10, PRIMARY)
                call.answer(10.1, PRIMARY, first, status)
                via, sender, to = first
                call.send(10.11, PHONE, PRIMARY, request("ACK", f"sip:2001@{PRIMARY}", via, sender, f"{to};tag=f1",
                                                         "call1@phone", 1))
                second = call.invite(10.2, PRIMARY, cseq=2, number="2009")
                call.answer(12, PRIMARY, second, cseq=2, to_tag="f2")
                call.within(12.01, PRIMARY, "ACK", second, 2, to_tag="f2")
                call.within(20, PRIMARY, "BYE", second, 3, to_tag="f2")
                self.assert_call(call, findings={"RFC3261-GEN-06": "pass"})

    def test_every_fork_that_answers_is_a_dialog_of_its_own(self):
        call = Call()
        invite = call.invite(10, PRIMARY)
        for at, tag in ((12, "f1"), (12.1, "f2")):
            call.answer(at, PRIMARY, invite, to_tag=tag)
            call.within(at + 0.01, PRIMARY, "ACK", invite, 1, to_tag=tag)
        call.within(12.2, PRIMARY, "BYE", invite, 2, to_tag="f2")
        call.within(30, PRIMARY, "BYE", invite, 2, to_tag="f1")
        self.assert_call(call, findings={"FO-NODUP": "pass", "RFC3261-ACK-2XX": "pass"})

    def test_copies_on_new_branches(self):
        call = Call()
        for offset in (0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5):
            call.invite(10 + offset, PRIMARY)
        invite = call.invite(42, SECONDARY)
        call.answer(43, SECONDARY, invite)
        call.within(43.01, SECONDARY, "ACK", invite, 1, uri=f"sip:2001@{SECONDARY}")
        call.within(60, SECONDARY, "BYE", invite, 2, uri=f"sip:2001@{SECONDARY}")
        self.assert_call(call, exit=1, fails={"RFC3261-TX-BYTEID"}, findings={"FO-DET-EARLY": "pass"},
                         says=["7 INVITEs with the same CSeq, each with a branch of its own"])

    def test_a_call_by_both_servers_is_answered_once(self):
        for status, fails, warns in ((482, (), ()), (200, {"FO-NODUP"}, {"RFC3261-UAS-MERGE"})):
            with self.subTest(status):
                call = Call()
                call.is_called(10, PRIMARY, 200, "d1a9b8c7")
                call.is_called(10.03, SECONDARY, status, "d2a9b8c7")
                self.assert_call(call, exit=1 if fails else 0, fails=fails, warns=warns)

    def test_the_route_of_one_server_is_none_of_the_other(self):
        for server, route, verdict in ((PRIMARY, PRIMARY, "pass"), (SECONDARY, PRIMARY, "fail"),
                                       (SECONDARY, "192.0.2.99:5060", "not_applicable"),
                                       (SECONDARY, "edge.test", "not_applicable")):
            with self.subTest(server=server, route=route):
                call = Call()
                invite = call.invite(10, server, more=(f"Route: <sip:{route};lr>",))
                call.answer(10.1, server, invite, 404)
                _, result = self.check(call.write(self.scratch / "call.pcap"), *PROFILE, *NAMED)
                told = {f["requirement"]: f["verdict"] for f in result["findings"]}
                self.assertEqual(told["RFC3608-01"], verdict)
