"""Calls that take a turn: forks, early dialogs, races, targets that move, and servers that err. A healthy phone breaks
no row on tags, targets and responses."""
from capture_writer import request, response
from field_test import FieldTest
from healthy import PHONE, PRIMARY, SECONDARY, Phone, host

ROWS = {"RFC3261-DLG-04", "RFC3261-DLG-06", "RFC3261-GEN-07", "RFC3261-GEN-12", "RFC3261-GEN-14", "RFC3261-GEN-15",
        "RFC3261-GEN-16", "RFC3261-GEN-17", "RFC3261-ROUTE-01", "RFC3261-ROUTE-02", "RFC3261-ROUTE-04"}
FAR = "192.0.2.71:5060"
ANYWHERE = ((), ("--vantage", "device", "--primary", PRIMARY, "--secondary", SECONDARY), ("--vantage", "server"))


class Call:
    """A call of the phone over the primary, message by message."""

    def __init__(self, phone, at, name="turn"):
        self.phone, self.call, self.number = phone, f"{name}@phone", 1
        self.sender = f"<sip:1001@192.0.2.10>;tag=own{name}{int(at)}"
        self.via = phone.via(PRIMARY)
        self.to = "<sip:2001@192.0.2.10>"
        self.at = at
        phone.sends(at, PRIMARY, self.text("INVITE", "sip:2001@192.0.2.10", self.via, 1))

    def text(self, method, uri, via, number, tag="", *more):
        contact = (self.phone.contact(PRIMARY),) if method in ("INVITE", "UPDATE") else ()
        return request(method, uri, via, self.sender, self.party(tag), self.call, number, *contact, *more)

    def party(self, tag):
        return self.to + (f";tag={tag}" if tag else "")

    def hears(self, after, status, tag="", contact=None, *more):
        contact = (f"Contact: <{contact}>",) if contact else ()
        self.phone.gets(self.at + after, PRIMARY, response(
            status, "Told", self.phone.heard(self.via, PRIMARY), self.sender, self.party(tag), self.call, 1, "INVITE",
            *contact, *more))

    def asks(self, after, method, uri, tag, number=None, *more, status=200, contact=None):
        """In the dialog with that tag; ACK gets no answer."""
        if number is None:
            self.number += 1
            number = self.number
        via = self.phone.via(PRIMARY)
        self.phone.sends(self.at + after, PRIMARY, self.text(method, uri, via, number, tag, *more))
        if method != "ACK":
            contact = (f"Contact: <{contact}>",) if contact else ()
            self.phone.gets(self.at + after + 0.02, PRIMARY, response(
                status, "Told", self.phone.heard(via, PRIMARY), self.sender, self.party(tag), self.call, number, method,
                *contact))

    def is_asked(self, after, method, tag, number, contact, status=200):
        via = f"SIP/2.0/UDP {PRIMARY};branch=z9hG4bKfar{self.at}{number}{method}"
        ids = (self.party(tag), self.sender, self.call)
        self.phone.gets(self.at + after, PRIMARY, request(method, f"sip:1001@{PHONE}", via, *ids, number,
                                                          f"Contact: <{contact}>"))
        if method == "ACK":
            return
        told = (self.phone.contact(PRIMARY),) if status < 300 else ()
        self.phone.sends(self.at + after + 0.02, PRIMARY, response(status, "Told", via, *ids, number, method, *told))
        if method == "INVITE" and status >= 300:
            self.phone.gets(self.at + after + 0.04, PRIMARY, request("ACK", f"sip:1001@{PHONE}", via, *ids, number))


class Dialogs(FieldTest):
    def assert_calm(self, phone):
        made = phone.written(self.scratch / "made.pcap")
        for arguments in ANYWHERE:
            with self.subTest(arguments=arguments):
                done, result = self.check(made, *arguments)
                broken = {f["requirement"] for f in result["findings"]
                          if f["verdict"] in ("fail", "warn", "inconclusive")}
                self.assertFalse(broken & ROWS, done.stdout)

    def registered(self):
        phone = Phone()
        for server in (PRIMARY, SECONDARY):
            phone.registers(server)
        return phone

    def test_a_forked_call_with_two_answers(self):
        phone = self.registered()
        call, first, second = Call(phone, 10), "sip:2001@192.0.2.71:5060", "sip:2001@192.0.2.72:5062"
        call.hears(0.4, 180, "a", first)
        call.hears(0.5, 180, "b", second)
        call.hears(2, 200, "b", second)
        call.asks(2.02, "ACK", second, "b", 1)
        call.hears(2.1, 200, "a", first)
        call.asks(2.12, "ACK", first, "a", 1)
        call.asks(2.15, "BYE", first, "a", 2)
        call.asks(9, "BYE", second, "b", 2)
        self.assert_calm(phone)

    def test_an_early_dialog(self):
        phone = self.registered()
        call, target = Call(phone, 10), "sip:2001@192.0.2.71:5060"
        call.hears(0.4, 183, "e", target, "Require: 100rel", "RSeq: 7")
        call.asks(0.45, "PRACK", target, "e", None, "RAck: 7 1 INVITE")
        call.asks(0.6, "UPDATE", target, "e", contact=target)
        call.hears(2, 200, "e", target)
        call.asks(2.02, "ACK", target, "e", 1)
        call.asks(5, "INFO", target, "e")
        call.asks(9, "BYE", target, "e")
        self.assert_calm(phone)

    def test_an_early_dialog_is_ended_with_bye(self):
        phone = self.registered()
        call, target = Call(phone, 10), "sip:2001@192.0.2.71:5060"
        call.hears(0.4, 180, "e", target)
        call.asks(3, "BYE", target, "e")
        call.hears(3.05, 487, "e")
        phone.sends(13.1, PRIMARY, call.text("ACK", "sip:2001@192.0.2.10", call.via, 1, "e"))
        self.assert_calm(phone)

    def test_a_cancel_crosses_the_answer(self):
        phone = self.registered()
        call, target = Call(phone, 10), "sip:2001@192.0.2.71:5060"
        call.hears(0.4, 180, "e", target)
        phone.sends(12, PRIMARY, call.text("CANCEL", "sip:2001@192.0.2.10", call.via, 1))
        call.hears(2.01, 200, "e", target)
        phone.gets(12.02, PRIMARY, response(200, "OK", phone.heard(call.via, PRIMARY), call.sender, call.party("e"),
                                            call.call, 1, "CANCEL"))
        call.asks(2.03, "ACK", target, "e", 1)
        call.asks(2.05, "BYE", target, "e")
        self.assert_calm(phone)

    def test_the_target_moves(self):
        for method in ("INVITE", "UPDATE"):
            phone = self.registered()
            call, target, moved = Call(phone, 10), "sip:2001@192.0.2.71:5060", "sip:2001@192.0.2.99:5070"
            call.hears(2, 200, "e", target)
            call.asks(2.02, "ACK", target, "e", 1)
            call.is_asked(5, method, "e", 1, moved)
            if method == "INVITE":
                call.is_asked(5.05, "ACK", "e", 1, moved)
            call.asks(6, "INFO", moved, "e")
            call.asks(7, "INVITE", moved, "e", contact=target)
            call.asks(7.05, "ACK", target, "e", call.number)
            call.asks(9, "BYE", target, "e")
            self.assert_calm(phone)

    def test_glare_and_a_refused_change(self):
        phone = self.registered()
        call, target, moved = Call(phone, 10), "sip:2001@192.0.2.71:5060", "sip:2001@192.0.2.99:5070"
        call.hears(2, 200, "e", target)
        call.asks(2.02, "ACK", target, "e", 1)
        call.asks(5, "INVITE", target, "e", status=491)
        phone.sends(15.03, PRIMARY, call.text(
            "ACK", target, phone.queue[-2][3].split("Via: ")[1].split("\r")[0], call.number, "e"))
        call.is_asked(5.01, "INVITE", "e", 1, moved, status=491)
        call.asks(8, "INVITE", target, "e", contact=target)
        call.asks(8.05, "ACK", target, "e", call.number)
        call.is_asked(12, "INVITE", "e", 2, moved, status=488)
        call.asks(14, "BYE", target, "e")
        self.assert_calm(phone)

    def test_a_2xx_whose_ack_was_lost(self):
        phone = self.registered()
        ids = phone.is_called(10, PRIMARY)
        answer = next(text for _, mine, _, text in phone.queue if mine and text.startswith("SIP/2.0 200 OK"))
        acks = [one for one in phone.queue if one[3].startswith("ACK")]
        phone.queue.remove(acks[0])
        for late in (0.5, 1.5):
            phone.sends(12 + late, PRIMARY, answer)
        phone.gets(13.55, PRIMARY, acks[0][3])
        phone.within(20, PRIMARY, "BYE", ids, 1)
        self.assert_calm(phone)

    def test_one_call_by_both_servers(self):
        phone = self.registered()
        phone.is_called(10, PRIMARY)
        sender, to = "<sip:2001@192.0.2.10>;tag=ft10c", "<sip:1001@192.0.2.10>"
        via = f"SIP/2.0/UDP {SECONDARY};branch=z9hG4bKcopy"
        phone.gets(10.01, SECONDARY, request("INVITE", f"sip:1001@{PHONE}", via, sender, to, "in10@far", 1,
                                             f"Contact: <sip:2001@{PRIMARY}>"))
        phone.sends(10.02, SECONDARY, response(482, "Loop", via, sender, to + ";tag=l00p", "in10@far", 1, "INVITE"))
        phone.gets(10.04, SECONDARY, request("ACK", f"sip:1001@{PHONE}", via, sender, to + ";tag=l00p", "in10@far", 1))
        self.assert_calm(phone)

    def test_through_proxies(self):
        """Several Vias and Record-Routes to it, and its requests by the route set."""
        phone = self.registered()
        vias = [f"SIP/2.0/UDP {PRIMARY};branch=z9hG4bKp1;rport", "SIP/2.0/TCP core.example.com;branch=z9hG4bKp2",
                "SIP/2.0/UDP 192.0.2.77:5062;branch=z9hG4bKp3;received=203.0.113.9;rport=1024"]
        back = [vias[0].replace("rport", f"rport=5060;received={host(PRIMARY)}"), ", ".join(vias[1:])]
        routes = [f"Record-Route: <sip:{PRIMARY};lr>", "Record-Route: <sip:core.example.com;lr>"]
        ids = ("<sip:2001@example.com>;tag=far", "<sip:1001@example.com>", "routed@far")
        own = (ids[0], ids[1] + ";tag=0wn7a6", ids[2])
        target = "sip:2001@192.0.2.77:5062"
        phone.gets(10, PRIMARY, request("INVITE", f"sip:1001@{PHONE}", vias, *ids, 1, f"Contact: <{target}>", *routes))
        for after, status in ((0.03, 180), (2, 200)):
            phone.sends(10 + after, PRIMARY, response(status, "OK", back, *own, 1, "INVITE", phone.contact(PRIMARY),
                                                      *routes))
        phone.gets(12.03, PRIMARY, request("ACK", f"sip:1001@{PHONE}", vias[0].replace("p1", "p9"), *own, 1))
        via = phone.via(PRIMARY)
        mine = (own[1], own[0], own[2])
        phone.sends(20, PRIMARY, request("BYE", target, via, *mine, 1, f"Route: <sip:{PRIMARY};lr>",
                                         "Route: <sip:core.example.com;lr>"))
        phone.gets(20.02, PRIMARY, response(200, "OK", phone.heard(via, PRIMARY), *mine, 1, "BYE"))
        self.assert_calm(phone)

    def test_servers_that_err(self):
        """A BYE and an INFO of no dialog, an answer with other tags, one with another number."""
        phone = self.registered()
        ids = phone.calls(10, PRIMARY)
        phone.within(12.03, PRIMARY, "ACK", ids, 1)
        for at, method in ((15, "INFO"), (16, "BYE")):
            via = f"SIP/2.0/UDP {PRIMARY};branch=z9hG4bKstray{at}"
            stray = (ids[1] + "x", ids[0] + "x", ids[2])
            phone.gets(at, PRIMARY, request(method, f"sip:1001@{PHONE}", via, *stray, at))
            phone.sends(at + 0.02, PRIMARY, response(481, "Gone", via, *stray, at, method))
        for at, old, new in ((20, ";tag=t77", ";tag=nobody"), (22, "CSeq: 3", "CSeq: 9")):
            phone.within(at, PRIMARY, "INFO", ids, 2 if at == 20 else 3)
            told = phone.queue.pop()
            phone.queue.append((*told[:3], told[3].replace(old, new)))
        phone.within(30, PRIMARY, "BYE", ids, 4)
        self.assert_calm(phone)

    def test_joined_late(self):
        """The capture begins within a call, and within another just after its INVITE."""
        phone = self.registered()
        ids = phone.calls(10, PRIMARY)
        phone.within(12.03, PRIMARY, "ACK", ids, 1)
        phone.within(30, PRIMARY, "BYE", ids, 2)
        called = phone.is_called(9, SECONDARY)
        phone.within(33, SECONDARY, "BYE", called, 1)
        everything = phone.queue
        for begin in (9.02, 10.01, 11, 12.01, 20):
            phone.queue = [one for one in everything if one[0] > begin]
            self.assert_calm(phone)

    def test_a_frame_is_missing(self):
        """Of a call with two early dialogs, one frame each time."""
        phone = self.registered()
        call, first, second = Call(phone, 10), "sip:2001@192.0.2.71:5060", "sip:2001@192.0.2.72:5062"
        call.hears(0.4, 180, "a", first)
        call.hears(2, 200, "b", second)
        call.asks(2.02, "ACK", second, "b", 1)
        call.asks(9, "BYE", second, "b", 2)
        everything = phone.queue
        for missing in everything[-6:]:
            phone.queue = [one for one in everything if one is not missing]
            made = phone.written(self.scratch / "made.pcap")
            for arguments in ANYWHERE:
                with self.subTest(missing[3][:30], arguments=arguments):
                    done, result = self.check(made, *arguments)
                    broken = {f["requirement"] for f in result["findings"] if f["verdict"] in ("fail", "warn")}
                    self.assertFalse(broken & ROWS, done.stdout)


class OutboundProxy(FieldTest):
    """A far end names a Contact of its own and no proxy stays in the way: where the phone's requests go then."""

    def told(self, goes_to, **expected):
        phone = Phone()
        for server in (PRIMARY, SECONDARY):
            phone.registers(server)
        call, target = Call(phone, 10), f"sip:2001@{FAR}"
        call.hears(2, 200, "e", target)
        call.asks(2.02, "ACK", target, "e", 1)
        call.asks(9, "BYE", target, "e")
        called = phone.is_called(60, SECONDARY)
        phone.within(80, SECONDARY, "BYE", called, 1)
        ends = iter(goes_to)
        phone.queue = [(at, mine, next(ends) if mine and call.call in text and text[:3] in ("ACK", "BYE") else server, text)
                       for at, mine, server, text in phone.queue]
        made = phone.written(self.scratch / "outbound.pcap")
        for arguments in ANYWHERE[:2]:
            with self.subTest(goes_to, arguments=arguments):
                self.assert_told(made, arguments, **expected)

    def test_all_goes_to_the_server(self):
        """As an outbound proxy makes it, which nobody tells (§8.1.2)."""
        self.told((PRIMARY, PRIMARY), exit=3, findings={"RFC3261-ACK-2XX": "inconclusive"},
                  says=["if that is the device's outbound proxy it is right"])

    def test_another_request_goes_to_the_target(self):
        self.told((PRIMARY, FAR), exit=None, fails=["RFC3261-ACK-2XX"])
