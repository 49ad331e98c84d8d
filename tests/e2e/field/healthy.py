"""What phones of today do and are right to do: nothing of it fails, warns or is left open."""
from capture_writer import ACK, PUSH, CaptureWriter, request, response
from field_test import FieldTest

PHONE, PRIMARY, SECONDARY = "192.0.2.50:5060", "192.0.2.10:5060", "192.0.2.20:5060"
CONNECTION = "192.0.2.50:40123"


def host(end):
    return end.rsplit(":", 1)[0]


class Phone:
    """What it exchanges with two servers, some of them over TCP, written in the order of time."""

    def __init__(self, streams=()):
        self.streams = streams
        self.queue = []
        self.serial = 0

    def written(self, path):
        capture, open_streams = CaptureWriter(), set()
        for at, phone_sends, server, text in sorted(self.queue, key=lambda one: one[0]):
            ends = (self.source(server), server)
            if server not in self.streams:
                capture.udp(at, *(ends if phone_sends else reversed(ends)), text)
                continue
            if server not in open_streams:
                capture.connect(at - 0.01, *ends)
                open_streams.add(server)
            capture.tcp(at, *(ends if phone_sends else reversed(ends)), PUSH, text)
            capture.tcp(at + 0.0005, *(reversed(ends) if phone_sends else ends), ACK)
        return capture.write(path)

    def source(self, server):
        return CONNECTION if server in self.streams else PHONE

    def via(self, server):
        self.serial += 1
        token = "TCP" if server in self.streams else "UDP"
        return f"SIP/2.0/{token} {self.source(server)};branch=z9hG4bKh{self.serial}q;rport"

    def contact(self, server, parameters=""):
        transport = ";transport=tcp" if server in self.streams else ""
        return f"Contact: <sip:1001@{self.source(server)}{transport}>{parameters}"

    def sends(self, at, server, text):
        self.queue.append((at, True, server, text))

    def gets(self, at, server, text):
        self.queue.append((at, False, server, text))

    def heard(self, via, server):
        address, port = self.source(server).rsplit(":", 1)
        return via.replace(";rport", f";rport={port};received={address}")

    def registers(self, server, *more, domain=None, parameters="", answer=(), times=(0, 100, 200), first=200):
        domain = domain or host(server)
        for number, at in enumerate(times):
            status = 200 if number else first
            via, number = self.via(server), number + 1
            ids = (f"<sip:1001@{domain}>;tag=a41f9c{server[8:10]}", f"<sip:1001@{domain}>", f"r{server[8:10]}@phone")
            contact = self.contact(server, parameters)
            self.sends(at, server, request("REGISTER", f"sip:{domain}", via, *ids, number, contact, "Expires: 120",
                                           *more))
            granted = (contact + ";expires=120",) if status == 200 else ()
            self.gets(at + 0.02, server, response(status, "Told", self.heard(via, server), ids[0], ids[1] + ";tag=s",
                                                  ids[2], number, "REGISTER", *granted, *answer))

    def calls(self, at, server, *more, answer_more=(), domain=None):
        """Answered after 2 s; its two parties and Call-ID."""
        via, domain = self.via(server), domain or host(server)
        uri = f"sip:2001@{domain}"
        ids = (f"<sip:1001@{domain}>;tag=f8a1b2c{at}", f"<{uri}>", f"c{at}@phone")
        self.sends(at, server, request("INVITE", uri, via, *ids, 1, self.contact(server), *more))
        for after, status, tag in ((0.02, 100, ""), (0.4, 180, ";tag=t77"), (2, 200, ";tag=t77")):
            contact = (f"Contact: <sip:2001@{server}>", *answer_more) if tag else ()
            self.gets(at + after, server, response(status, "Told", self.heard(via, server), ids[0], ids[1] + tag,
                                                   ids[2], 1, "INVITE", *contact))
        return ids[0], ids[1] + ";tag=t77", ids[2]

    def within(self, at, server, method, ids, cseq, *more, status=200, answer=()):
        """A request of the phone in a dialog, and its answer."""
        via = self.via(server)
        contact = (self.contact(server),) if method in ("INVITE", "UPDATE") else ()
        self.sends(at, server, request(method, f"sip:2001@{server}", via, *ids, cseq, *contact, *more))
        if method != "ACK":
            self.gets(at + 0.02, server, response(status, "Told", self.heard(via, server), *ids, cseq, method,
                                                  f"Contact: <sip:2001@{server}>", *answer))

    def is_asked(self, at, server, method, ids, cseq, *more, body=""):
        """A request of the far end in a dialog, and the phone's answer."""
        self.serial += 1
        via = f"SIP/2.0/UDP {server};branch=z9hG4bKx{self.serial}q"
        ids = (ids[1], ids[0], ids[2])
        self.gets(at, server, request(method, f"sip:1001@{PHONE}", via, *ids, cseq, f"Contact: <sip:2001@{server}>",
                                      *more, body=body))
        if method != "ACK":
            self.sends(at + 0.03, server, response(200, "OK", via, *ids, cseq, method, self.contact(server)))

    def is_called(self, at, server):
        self.serial += 1
        via, call = f"SIP/2.0/UDP {server};branch=z9hG4bKi{self.serial}q", f"in{at}@far"
        sender, to = f"<sip:2001@{host(server)}>;tag=ft{at}c", f"<sip:1001@{host(server)}>"
        own = f"{to};tag=p{at}9a8b7c"
        self.gets(at, server, request("INVITE", f"sip:1001@{PHONE}", via, sender, to, call, 1,
                                      f"Contact: <sip:2001@{server}>"))
        for after, status, party in ((0.03, 100, to), (0.06, 180, own), (2, 200, own)):
            contact = (self.contact(server),) if status > 100 else ()
            self.sends(at + after, server, response(status, "OK", via, sender, party, call, 1, "INVITE", *contact))
        self.gets(at + 2.03, server, request("ACK", f"sip:1001@{PHONE}", via.replace("bKi", "bKj"), sender, own, call,
                                             1))
        return own, sender, call


class Healthy(FieldTest):
    def assert_healthy(self, phone, **told):
        made = phone.written(self.scratch / "made.pcap")
        for arguments in ((), ("--vantage", "device", "--primary", PRIMARY, "--secondary", SECONDARY)):
            with self.subTest(arguments=arguments):
                self.assert_told(made, arguments, **told)

    def registered(self, streams=()):
        phone = Phone(streams)
        for server in (PRIMARY, SECONDARY):
            phone.registers(server)
        return phone

    def test_calls_over_udp_at_the_primary_and_over_tcp_at_the_secondary(self):
        for streams in ((), (SECONDARY,), (PRIMARY, SECONDARY)):
            phone = self.registered(streams)
            for at, server in ((10, PRIMARY), (60, SECONDARY)):
                ids = phone.calls(at, server)
                phone.within(at + 2.03, server, "ACK", ids, 1)
                phone.within(at + 10, server, "BYE", ids, 2)
            self.assert_healthy(phone)

    def test_incoming_calls_by_either_server(self):
        phone = self.registered()
        ids = phone.is_called(10, PRIMARY)
        phone.is_asked(20, PRIMARY, "BYE", ids, 2)
        ids = phone.is_called(60, SECONDARY)
        phone.within(80, SECONDARY, "BYE", ids, 1)
        self.assert_healthy(phone)

    def test_the_far_end_changes_the_session_and_hangs_up(self):
        phone = self.registered()
        ids = phone.calls(10, PRIMARY)
        phone.within(12.03, PRIMARY, "ACK", ids, 1)
        phone.is_asked(20, PRIMARY, "INVITE", ids, 1)
        phone.is_asked(20.06, PRIMARY, "ACK", ids, 1)
        phone.is_asked(30, PRIMARY, "UPDATE", ids, 2)
        phone.is_asked(40, PRIMARY, "BYE", ids, 3)
        self.assert_healthy(phone)

    def test_a_call_is_held_and_transferred(self):
        phone = self.registered()
        ids = phone.calls(10, PRIMARY)
        phone.within(12.03, PRIMARY, "ACK", ids, 1)
        phone.within(15, PRIMARY, "INVITE", ids, 2)
        phone.within(15.05, PRIMARY, "ACK", ids, 2)
        phone.within(20, PRIMARY, "REFER", ids, 3, "Refer-To: <sip:2002@192.0.2.10>", status=202)
        for at, cseq, state in ((20.1, 1, "active;expires=60"), (22, 2, "terminated;reason=noresource")):
            phone.is_asked(at, PRIMARY, "NOTIFY", ids, cseq, "Event: refer", f"Subscription-State: {state}",
                           "Content-Type: message/sipfrag", body="SIP/2.0 200 OK")
        phone.within(23, PRIMARY, "BYE", ids, 4)
        self.assert_healthy(phone)

    def test_a_session_is_refreshed(self):
        session = "Session-Expires: 180;refresher=uac"
        phone = self.registered()
        ids = phone.calls(10, PRIMARY, "Supported: timer", session, answer_more=("Require: timer", session))
        phone.within(12.03, PRIMARY, "ACK", ids, 1)
        phone.within(102, PRIMARY, "UPDATE", ids, 2, "Supported: timer", session, answer=("Require: timer", session))
        phone.within(150, PRIMARY, "BYE", ids, 3)
        self.assert_healthy(phone)

    def test_flows_to_two_servers(self):
        """As RFC 5626 has it: one instance, a reg-id for each, a domain for both."""
        instance = ';+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"'
        phone = Phone()
        for number, server in enumerate((PRIMARY, SECONDARY), 1):
            phone.registers(server, "Supported: path, outbound", f"Route: <sip:{server};lr>", domain="example.com",
                            parameters=f";reg-id={number}{instance}", answer=("Require: outbound",))
        self.assert_healthy(phone)

    def test_contacts_of_others_beside_its_own(self):
        others = [f"Contact: <sip:1001@198.51.100.{number}:5060>;expires={expires}"
                  for number, expires in ((8, 30), (9, 3000))]
        phone = Phone()
        for server in (PRIMARY, SECONDARY):
            phone.registers(server, answer=others)
        self.assert_healthy(phone)

    def test_a_server_asks_whether_it_is_there(self):
        phone = self.registered()
        for at in range(5, 200, 60):
            for server in (PRIMARY, SECONDARY):
                via = f"SIP/2.0/UDP {server};branch=z9hG4bKo{at}q;rport"
                ids = (f"<sip:pbx@{host(server)}>;tag=as{at}{server[8]}7", f"<sip:1001@{PHONE}>",
                       f"o{at}{server[8]}@pbx", 102)
                phone.gets(at, server, request("OPTIONS", f"sip:1001@{PHONE}", via, *ids,
                                               f"Contact: <sip:pbx@{server}>"))
                phone.sends(at + 0.02, server, response(
                    200, "OK", via.replace(";rport", f";rport=5060;received={host(server)}"), ids[0],
                    ids[1] + ";tag=po5c1d", *ids[2:], "OPTIONS"))
        self.assert_healthy(phone)

    def test_a_server_asks_for_patience(self):
        phone = Phone()
        phone.registers(PRIMARY, times=(0, 62, 162), first=503, answer=("Retry-After: 60",))
        phone.registers(SECONDARY)
        self.assert_healthy(phone)
