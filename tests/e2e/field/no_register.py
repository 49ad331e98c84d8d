"""Captures without any REGISTER: which end is the phone, whichever of both speaks first."""
from capture_writer import ACK, PUSH, CaptureWriter, request, response
from field_test import DATA, FieldTest

PHONE, SERVER, OTHER = "192.0.2.50:5060", "192.0.2.10:5060", "192.0.2.51:5060"
PROFILE = ("--profile", DATA / "phone.profile.json")
SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 10000 RTP/AVP 0\r\n"


def host(endpoint):
    return endpoint.rsplit(":", 1)[0]


class Talk:
    """Calls between two ends; each end adds its own headers to all that it sends."""

    def __init__(self, ends, headers=None, transport="UDP", domains=None):
        self.capture, self.ends, self.transport = CaptureWriter(), ends, transport
        self.headers = headers or {}
        self.domains = domains or {end: host(end) for end in (PHONE, SERVER, OTHER, *ends)}
        self.count = 0
        self.hops = {}
        if transport == "TCP":
            self.capture.connect(0, *ends)

    def send(self, at, source, destination, payload):
        payload = payload.replace("Max-Forwards: 70", f"Max-Forwards: {self.hops.get(source, 70)}")
        if self.transport == "TCP":
            self.capture.tcp(at, source, destination, PUSH | ACK, payload)
        else:
            self.capture.udp(at, source, destination, payload)

    def both(self, source, destination):
        return list(self.headers.get(source, ())), list(self.headers.get(destination, ()))

    def request(self, at, source, destination, method="OPTIONS", users=("2001", "1001"), status=200, *more):
        self.count += 1
        via = f"SIP/2.0/{self.transport} {source};branch=z9hG4bKa7{self.count}x{int(at)};rport"
        uri = f"sip:{users[1]}@{destination}"
        one = (f"<sip:{users[0]}@{self.domains[source]}>;tag=c0ffee{self.count}", f"<sip:{users[1]}@{self.domains[destination]}>",
               f"one{self.count}@{host(source)}", 1)
        asked, told = self.both(source, destination)
        self.send(at, source, destination,
                  request(method, uri, via, *one, f"Contact: <sip:{users[0]}@{source}>", *asked, *more))
        names = (one[0], one[1] + ";tag=5ca1ab1e", *one[2:], method)
        self.send(at + 0.02, destination, source,
                  response(status, "Told", via.replace(";rport", f";rport={source.rsplit(':', 1)[1]}"), *names, *told))

    def call(self, at, source, destination, users=("2001", "1001"), to_host=None, ack=True):
        self.count += 1
        via = f"SIP/2.0/{self.transport} {source};branch=z9hG4bKb7{self.count}x{int(at)};rport"
        back = via.replace(";rport", f";rport={source.rsplit(':', 1)[1]}")
        uri = f"sip:{users[1]}@{destination}"
        to = f"<sip:{users[1]}@{to_host or self.domains[destination]}>"
        one = (f"<sip:{users[0]}@{self.domains[source]}>;tag=decade{self.count}", to, f"call{self.count}@{host(source)}", 1)
        told = (one[0], one[1] + ";tag=facade", *one[2:])
        asked, answered = self.both(source, destination)
        contacts = [f"Contact: <sip:{user}@{end}>" for user, end in zip(users, (source, destination))]
        sdp = "Content-Type: application/sdp"
        self.send(at, source, destination, request("INVITE", uri, via, *one, contacts[0], sdp, *asked, body=SDP))
        self.send(at + 0.05, destination, source,
                  response(180, "Ringing", back, *told, "INVITE", contacts[1], *answered))
        self.send(at + 3, destination, source,
                  response(200, "OK", back, *told, "INVITE", contacts[1], sdp, *answered, body=SDP))
        if not ack:
            for late in (3.5, 4.5, 6.5, 10.5, 14.5, 18.5, 22.5, 26.5, 30.5, 34.5):
                self.send(at + late, destination, source,
                          response(200, "OK", back, *told, "INVITE", contacts[1], sdp, *answered, body=SDP))
            return
        in_call = via.replace("z9hG4bKb7", "z9hG4bKc7")
        self.send(at + 3.05, source, destination, request("ACK", uri, in_call, *told, *asked))
        in_call = via.replace("z9hG4bKb7", "z9hG4bKd7")
        self.send(at + 9, source, destination, request("BYE", uri, in_call, *told[:3], 2, *asked))
        self.send(at + 9.02, destination, source,
                  response(200, "OK", in_call.replace(";rport", f";rport={source.rsplit(':', 1)[1]}"), *told[:3], 2, "BYE", *answered))


SIGNS = {
    "User-Agent of both": {SERVER: ["Server: Asterisk PBX 18.9"], PHONE: ["User-Agent: Grandstream GRP2614 1.0.5.33"]},
    "User-Agent of the server": {SERVER: ["User-Agent: FreeSWITCH-mod_sofia/1.10"]},
    "User-Agent of the phone": {PHONE: ["User-Agent: Yealink SIP-T46S 66.85"]},
    "an identity of its own": {PHONE: ["Contact: <sip:1001@192.0.2.50;ob>;+sip.instance=\"<urn:uuid:1>\""]},
    "Record-Route": {SERVER: ["Record-Route: <sip:192.0.2.10;lr>"]},
}


class NoRegister(FieldTest):
    def told(self, talk, *arguments):
        done, result = self.check(talk.capture.write(self.scratch / "made.pcap"), *arguments)
        return {role["endpoint"]: role["role"] for role in result["roles"]}, result, done.stdout

    def assert_roles(self, talk, *arguments, phone=PHONE, server=SERVER):
        roles, result, text = self.told(talk, *arguments)
        self.assertEqual({server: "primary", phone: "device"}, roles, text)
        self.assertNotIn("guess", text)
        return result

    def test_signs_tell_whoever_calls(self):
        for sign, headers in SIGNS.items():
            for caller, callee in ((SERVER, PHONE), (PHONE, SERVER)):
                if sign == "Record-Route" and caller == PHONE:
                    continue  # of a request alone it says who wrote it
                with self.subTest(sign, caller=caller):
                    talk = Talk((caller, callee), headers)
                    talk.call(1, caller, callee)
                    self.assert_roles(talk)

    def test_what_was_counted_down_came_through_a_server(self):
        talk = Talk((SERVER, PHONE))
        talk.hops[SERVER] = 69
        talk.call(1, SERVER, PHONE)
        self.assert_roles(talk)

    def test_the_account_of_the_profile_is_the_phone(self):
        for caller, callee, users in ((SERVER, PHONE, ("2001", "1001")), (PHONE, SERVER, ("1001", "2001"))):
            with self.subTest(caller):
                talk = Talk((caller, callee))
                talk.call(1, caller, callee, users)
                self.assert_roles(talk, *PROFILE)

    def test_both_legs_of_a_server_make_no_phone_of_it(self):
        talk = Talk((OTHER, SERVER), {SERVER: ["Server: Kamailio"]})
        talk.call(1, OTHER, SERVER)
        talk.call(1.01, SERVER, PHONE)
        roles, _, text = self.told(talk, *PROFILE)
        self.assertEqual("primary", roles[SERVER], text)
        self.assertEqual("device", roles[PHONE], text)

    def test_a_notify_comes_first(self):
        for event in ("message-summary", "check-sync"):
            with self.subTest(event):
                talk = Talk((SERVER, PHONE))
                talk.request(0, SERVER, PHONE, "NOTIFY", ("1001", "1001"), 200, f"Event: {event}")
                talk.call(10, SERVER, PHONE)
                self.assert_roles(talk)

    def test_keepalives_of_the_server_come_first(self):
        talk = Talk((SERVER, PHONE), {SERVER: ["User-Agent: Asterisk PBX 18.9"]})
        for at in (0, 30, 60):
            talk.request(at, SERVER, PHONE)
        talk.call(70, SERVER, PHONE)
        self.assert_roles(talk)

    def test_keepalives_alone_are_nothing_to_judge(self):
        talk = Talk((SERVER, PHONE), {SERVER: ["User-Agent: Asterisk PBX 18.9"]})
        for at in (0, 30, 60):
            talk.request(at, SERVER, PHONE)
        _, result, _ = self.told(talk)
        self.assertEqual("inconclusive", result["verdict"])

    def test_over_tcp(self):
        caller = "192.0.2.10:43120"
        for headers in ({caller: ["User-Agent: Asterisk PBX 18.9"]}, {PHONE: ["User-Agent: snomD785/10.1"]}):
            talk = Talk((caller, PHONE), headers, "TCP")
            talk.call(1, caller, PHONE)
            self.assert_roles(talk, server=caller)

    def test_over_ipv6(self):
        phone, server = "[2001:db8::50]:5060", "[2001:db8::10]:5060"
        talk = Talk((server, phone), {server: ["Server: OpenSIPS (3.2.2)"]})
        talk.call(1, server, phone)
        self.assert_roles(talk, phone=phone, server=server)

    def test_a_private_phone_at_another_port(self):
        phone, server = "192.168.1.7:33211", "198.51.100.4:5060"
        talk = Talk((server, phone))
        talk.call(1, server, phone)
        self.assert_roles(talk, phone=phone, server=server)

    def test_a_domain_is_at_its_server(self):
        for caller, callee in ((SERVER, PHONE), (PHONE, SERVER)):
            with self.subTest(caller):
                talk = Talk((caller, callee), domains={PHONE: host(SERVER), SERVER: host(SERVER)})
                talk.call(1, caller, callee)
                self.assert_roles(talk)

    def test_a_contact_that_was_looked_up(self):
        talk = Talk((SERVER, PHONE))
        talk.call(1, SERVER, PHONE, to_host="example.com")
        self.assert_roles(talk)

    def test_a_fault_of_the_server_is_not_the_phones(self):
        """A server that never acknowledges is no phone that does not."""
        talk = Talk((SERVER, PHONE), {SERVER: ["Server: Asterisk PBX 18.9"]})
        talk.call(1, SERVER, PHONE, ack=False)
        _, result, text = self.told(talk)
        self.assertFalse([f for f in result["findings"] if f["verdict"] == "fail" and "ACK" in f["requirement"]], text)

    def test_without_a_sign_no_verdict_stands(self):
        for caller, callee in ((SERVER, PHONE), (PHONE, SERVER)):
            talk = Talk((caller, callee))
            talk.call(1, caller, callee, ack=False)
            roles, result, text = self.told(talk)
            self.assertEqual({caller: "device", callee: "primary"}, roles, text)
            self.assertFalse([f for f in result["findings"] if f["verdict"] in ("fail", "warn")], text)
            self.assertEqual("inconclusive", result["verdict"])
            self.assertTrue([f for f in result["findings"] if "--primary names the server" in (f["reason"] or "")
                             and f["blame"] == "user"], text)
            self.assertIn("guess", text)

    def test_named_it_is_no_guess(self):
        talk = Talk((SERVER, PHONE))
        talk.call(1, SERVER, PHONE)
        self.assert_roles(talk, "--primary", SERVER)

    def test_a_fault_of_the_phone_is_its_own(self):
        talk = Talk((PHONE, SERVER), {SERVER: ["Server: Asterisk PBX 18.9"]})
        talk.call(1, PHONE, SERVER, ack=False)
        self.assert_told(talk.capture.write(self.scratch / "made.pcap"), ("--vantage", "device"), exit=1,
                         fails=["RFC3261-ACK-2XX", "RFC3261-ACK-2XX-REP"])

    def test_two_phones_call_each_other_without_a_server(self):
        talk = Talk((PHONE, OTHER), {PHONE: ["User-Agent: baresip v3.1.0"], OTHER: ["User-Agent: Linphone/5.0"]})
        talk.call(1, PHONE, OTHER)
        roles, result, text = self.told(talk)
        self.assertEqual("device", roles[PHONE], text)
        self.assertIn("a phone that is called without a server between", text)
        self.assertFalse([f for f in result["findings"] if f["verdict"] == "fail"], text)
