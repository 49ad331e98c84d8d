"""A phone with twelve faults, its healthy twin, and a phone for each fault alone: captures without journal and
without profile, of registrations at two servers, calls in both directions, one that is cancelled, and one that
the silent primary leaves to the secondary.
"""
from capture_writer import CaptureWriter, request, response
from field_test import FieldTest

PHONE, FIRST, SECOND = "192.0.2.50:5060", "192.0.2.10:5060", "192.0.2.20:5060"
AGENT = "User-Agent: Grandstream GRP2614 1.0.5.33"
SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.50\r\ns=-\r\nc=IN IP4 192.0.2.50\r\nt=0 0\r\nm=audio 10000 RTP/AVP 0\r\n"
SDP_TYPE = "Content-Type: application/sdp"

# Each with the rows that it breaks; those that only follow from the first stand behind it.
FAULTS = {
    "omits_max_forwards": {"RFC3261-GEN-01", "RFC3261-GEN-02"},
    "omits_the_cookie_of_branches": {"RFC3261-GEN-03"},
    "reuses_its_tag": {"RFC3261-GEN-06"},
    "omits_the_contact_of_an_invite": {"RFC3261-GEN-07"},
    "claims_tcp_in_via": {"RFC3261-GEN-05"},
    "acknowledges_on_the_invites_branch": {"RFC3261-ACK-2XX"},
    "hangs_up_at_the_other_server": {"GRP-CALL-05", "RFC3261-ROUTE-03"},
    "cancels_another_branch": {"RFC3261-CANCEL-03"},
    "acknowledges_an_error_without_its_tag": {"RFC3261-ACK-NON2XX"},
    "rings_late": {"RFC3261-UAS-100"},
    "keeps_its_cseq": {"RFC3261-REG-04"},
    "lets_a_binding_lapse": {"RFC3261-REG-09", "GRP-REG-03", "GRP-REG-04"},
}


def host(endpoint):
    return endpoint.rsplit(":", 1)[0]


class Phone:
    def __init__(self, *faults):
        self.capture, self.faults, self.count = CaptureWriter(), set(faults), 0

    def has(self, fault):
        return fault in self.faults

    def via(self, cookie="z9hG4bK", transport="UDP"):
        self.count += 1
        return f"SIP/2.0/{transport} {PHONE};branch={cookie}776asdhds{self.count};rport"

    def send(self, at, server, method, uri, via, names, *headers, body=""):
        self.capture.udp(at, PHONE, server, request(method, uri, via, *names, *headers, AGENT, body=body))

    def drop_max_forwards(self):
        """Of the last frame: written anew without the header."""
        at, data, _ = self.capture.frames.pop()
        payload = data[42:].replace(b"Max-Forwards: 70\r\n", b"")
        self.capture.udp(at, PHONE, FIRST, payload)

    def receive(self, at, server, status, via, names, method, *headers, body=""):
        told = via.replace(";rport", ";rport=5060;received=192.0.2.50")
        self.capture.udp(at, server, PHONE, response(status, "Told", told, *names, method, *headers, body=body))

    def register(self, at, server, cseq):
        aor = f"<sip:1001@{host(server)}>"
        via, contact = self.via(), f"Contact: <sip:1001@{PHONE}>"
        names = (f"{aor};tag=8a7f5c21{cseq}", aor, f"registration@{host(server)}", cseq)
        self.send(at, server, "REGISTER", f"sip:{host(server)}", via, names, contact, "Expires: 120")
        told = (names[0], aor + ";tag=51d0", *names[2:])
        self.receive(at + 0.02, server, 200, via, told, "REGISTER", contact + ";expires=120")

    def names(self, call, server, answered=True):
        tag = "" if self.has("reuses_its_tag") else call
        return (f"<sip:1001@{host(server)}>;tag=c7e21a09{tag}", f"<sip:2001@{host(server)}>" +
                (";tag=f00d4a11" if answered else ""), f"call-{call}@192.0.2.50", 1)

    def invite(self, at, server, call, via, copies=()):
        contact = [] if call == "one" and self.has("omits_the_contact_of_an_invite") else [f"Contact: <sip:1001@{PHONE}>"]
        for late in (0, *copies):
            self.send(at + late, server, "INVITE", f"sip:2001@{host(server)}", via, self.names(call, server, False),
                      *contact, SDP_TYPE, body=SDP)

    def rings_and_answers(self, at, server, call, via):
        contact = f"Contact: <sip:2001@{server}>"
        self.receive(at + 0.01, server, 100, via, self.names(call, server, False), "INVITE")
        self.receive(at + 0.2, server, 180, via, self.names(call, server), "INVITE", contact)
        self.receive(at + 3, server, 200, via, self.names(call, server), "INVITE", contact, SDP_TYPE, body=SDP)

    def acknowledge(self, at, server, call, via):
        self.send(at, server, "ACK", f"sip:2001@{server}", via, self.names(call, server))

    def hang_up(self, at, server, call, destination=None):
        names = (*self.names(call, server)[:3], 2)
        cookie = "" if call == "one" and self.has("omits_the_cookie_of_branches") else "z9hG4bK"
        via = self.via(cookie)
        self.send(at, destination or server, "BYE", f"sip:2001@{server}", via, names)
        if call == "one" and self.has("omits_max_forwards"):
            self.drop_max_forwards()
        self.receive(at + 0.02, destination or server, 200, via, names, "BYE")

    def call(self, at):
        via = self.via()
        self.invite(at, FIRST, "one", via)
        self.rings_and_answers(at, FIRST, "one", via)
        keeps = self.has("acknowledges_on_the_invites_branch")
        self.acknowledge(at + 3.02, FIRST, "one", via if keeps else self.via())
        self.hang_up(at + 10, FIRST, "one")

    def is_called(self, at):
        via = f"SIP/2.0/UDP {FIRST};branch=z9hG4bKserver1;rport"
        told = via.replace(";rport", ";rport=5060;received=192.0.2.10")
        asked = ("<sip:3001@192.0.2.10>;tag=5e7f", f"<sip:1001@{PHONE}>", "incoming@192.0.2.10", 1)
        names = (asked[0], asked[1] + ";tag=0b5e55ed", *asked[2:])
        contact, own = f"Contact: <sip:3001@{FIRST}>", f"Contact: <sip:1001@{PHONE}>"
        late = self.has("rings_late")
        for copy in (0, 0.5) if late else (0,):
            self.capture.udp(at + copy, FIRST, PHONE,
                             request("INVITE", f"sip:1001@{PHONE}", via, *asked, contact, SDP_TYPE, body=SDP))
        self.capture.udp(at + (0.7 if late else 0.03), PHONE, FIRST,
                         response(180, "Ringing", told, *names, "INVITE", own, AGENT))
        self.capture.udp(at + 4, PHONE, FIRST,
                         response(200, "OK", told, *names, "INVITE", own, SDP_TYPE, AGENT, body=SDP))
        self.capture.udp(at + 4.02, FIRST, PHONE,
                         request("ACK", f"sip:1001@{PHONE}", via.replace("server1", "server2"), *names))
        self.capture.udp(at + 9, FIRST, PHONE,
                         request("BYE", f"sip:1001@{PHONE}", via.replace("server1", "server3"), *names[:3], 2))
        self.capture.udp(at + 9.01, PHONE, FIRST,
                         response(200, "OK", told.replace("server1", "server3"), *names[:3], 2, "BYE", AGENT))

    def call_that_is_cancelled(self, at):
        via = self.via(transport="TCP" if self.has("claims_tcp_in_via") else "UDP")
        contact = f"Contact: <sip:2001@{FIRST}>"
        self.invite(at, FIRST, "two", via)
        self.receive(at + 0.01, FIRST, 100, via, self.names("two", FIRST, False), "INVITE")
        self.receive(at + 0.2, FIRST, 180, via, self.names("two", FIRST), "INVITE", contact)
        cancel = via.replace("776asdhds", "776other") if self.has("cancels_another_branch") else via
        self.send(at + 5, FIRST, "CANCEL", "sip:2001@192.0.2.10", cancel, self.names("two", FIRST, False))
        self.receive(at + 5.02, FIRST, 200, cancel, self.names("two", FIRST), "CANCEL")
        self.receive(at + 5.03, FIRST, 487, via, self.names("two", FIRST), "INVITE")
        tagged = not self.has("acknowledges_an_error_without_its_tag")
        self.send(at + 5.05, FIRST, "ACK", "sip:2001@192.0.2.10", via, self.names("two", FIRST, tagged))

    def call_that_the_primary_ignores(self, at):
        self.invite(at, FIRST, "three", self.via(), copies=(0.5, 1.5, 3.5, 7.5, 15.5, 31.5))
        via = self.via()
        self.invite(at + 32, SECOND, "three", via)
        self.rings_and_answers(at + 32, SECOND, "three", via)
        self.acknowledge(at + 35.02, SECOND, "three", self.via())
        self.hang_up(at + 42, SECOND, "three", FIRST if self.has("hangs_up_at_the_other_server") else None)

    def live(self):
        for number, at in enumerate((0, 100, 200, 300)):
            late = 30 if number == 2 and self.has("lets_a_binding_lapse") else 0
            kept = 1 if number > 0 and self.has("keeps_its_cseq") else 0
            self.register(at, FIRST, number + 1 - kept)
            self.register(at + 0.1 + late, SECOND, number + 1)
        self.call(10)
        self.is_called(30)
        self.call_that_is_cancelled(50)
        self.call_that_the_primary_ignores(120)
        return self.capture


class TwelveFaults(FieldTest):
    def broken(self, *faults):
        path = Phone(*faults).live().write(self.scratch / "made.pcap")
        done, result = self.check(path, "--vantage", "device")
        return {f["requirement"]: f for f in result["findings"] if f["verdict"] in ("fail", "warn")}, done

    def test_the_healthy_twin_is_told_so(self):
        broken, done = self.broken()
        self.assertFalse(broken, done.stdout)
        self.assert_exit(done, 0)

    def test_each_fault_alone_is_told_and_nothing_else(self):
        for fault, rows in FAULTS.items():
            with self.subTest(fault):
                broken, done = self.broken(fault)
                self.assertEqual(rows, set(broken), done.stdout)

    def test_all_twelve_are_told_at_once(self):
        self.assertEqual(12, len(FAULTS))
        broken, done = self.broken(*FAULTS)
        self.assertEqual(set().union(*FAULTS.values()), set(broken), done.stdout)
        self.assert_exit(done, 1)
