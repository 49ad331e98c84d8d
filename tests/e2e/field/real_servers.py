"""What real phones and a real registrar and proxy exchange that the harness's own servers do not."""
import json

from capture_writer import ACK, PUSH, RESET, SYN, CaptureWriter, request, response
from field_test import FieldTest
from healthy import PHONE, PRIMARY, SECONDARY, Phone, host
from support import sipharness

NEXT = "192.0.2.60:5060"
DIGEST = 'realm="lab", nonce="{}", algorithm=MD5'
INSTANCES = ("<urn:uuid:eaed1cc8-57ef-4a09-b7e1-0d2f4a7c5e11>", "<urn:uuid:0c6b3f7e-2f0c-4d7e-9a55-6a1e0b8d2c77>")


def ids(server, user="1001", serial=""):
    """From, To and Call-ID of a registration."""
    aor = f"<sip:{user}@{host(server)}>"
    return f"{aor};tag=r{user}q{server[8]}{serial}x", aor, f"{user}{server[8]}{serial}@phone"


class Registrations(CaptureWriter):
    """REGISTERs over UDP by whoever sends them."""

    def register(self, at, server, cseq, device=PHONE, user="1001", serial="", status=200, more=(), instance="",
                 nonce=None):
        via = f"SIP/2.0/UDP {device};branch=z9hG4bKr{user}{server[8]}{serial}{cseq}{device[9:11]};rport"
        one = (*ids(server, user, serial), cseq)
        contact = f"Contact: <sip:{user}@{device}>" + (f';+sip.instance="{instance}"' if instance else "")
        challenge = f"WWW-Authenticate: Digest {DIGEST.format(nonce or cseq)}"
        answer = contact + ";expires=60" if status == 200 else challenge
        self.udp(at, device, server, request("REGISTER", f"sip:{host(server)}", via, *one, contact, "Expires: 60",
                                             *more))
        self.udp(at + 0.01, server, device, response(status, "Told", via, one[0], one[1] + ";tag=s", *one[2:],
                                                     "REGISTER", answer))

    def register_challenged(self, at, server, cseq=20, user="1001", serial=""):
        self.register(at, server, cseq, user=user, serial=serial, status=401)
        credentials = (f'Authorization: Digest username="{user}", {DIGEST.format(cseq)}, uri="sip:{host(server)}", '
                       'response="0123456789abcdef0123456789abcdef"')
        self.register(at + 0.02, server, cseq + 1, user=user, serial=serial, more=(credentials,))


class RealServers(FieldTest):
    def told(self, capture, *arguments):
        return self.check(capture.write(self.scratch / "made.pcap"), *arguments)[1]

    def verdicts_of(self, result, requirement):
        return {found["verdict"] for found in result["findings"] if found["requirement"] == requirement}

    def redirected(self, contact, called, tag="7d1f03b5c2"):
        """A 302, and an INVITE with a Call-ID of its own to `called`, as RFC 3261 §8.1.3.4 allows."""
        phone = Phone()
        for server in (PRIMARY, SECONDARY):
            phone.registers(server)
        sender = f"<sip:1001@192.0.2.10>;tag={tag}"
        moved = (f"Contact: {contact}",)
        for at, uri, status, answer in ((10, "sip:1003@192.0.2.10", 302, moved), (10.2, called, 486, ())):
            via, one = phone.via(PRIMARY), (sender, f"<{uri}>", f"c{at}@phone", 20)
            phone.sends(at, PRIMARY, request("INVITE", uri, via, *one, phone.contact(PRIMARY)))
            told = (sender, f"<{uri}>;tag=t{status}a", *one[2:])
            phone.gets(at + 0.02, PRIMARY, response(status, "Told", via, *told, "INVITE", *answer))
            phone.sends(at + 0.03, PRIMARY, request("ACK", uri, via, *told))
        _, result = self.check(phone.written(self.scratch / "made.pcap"))
        return self.verdicts_of(result, "RFC3261-GEN-06")

    def test_a_redirected_call_may_keep_its_tag_under_another_call_id(self):
        self.assertEqual({"pass"}, self.redirected(f"<sip:1002@{NEXT}>", f"sip:1002@{NEXT}"))
        several = f'"Away" <sip:1002@{NEXT}>;q=0.7, <sip:1004@{NEXT}>;q=0.5'
        self.assertEqual({"pass"}, self.redirected(several, f"sip:1004@{NEXT}"))
        self.assertEqual({"fail"}, self.redirected(f"<sip:1002@{NEXT}>", "sip:1005@192.0.2.10"))

    def sharing(self, instances):
        """Two phones of one make that refresh one account in turn."""
        capture = Registrations()
        for cseq in (1, 2, 3):
            for number, device in enumerate((PHONE, NEXT)):
                for server in (PRIMARY, SECONDARY):
                    capture.register(cseq * 50 + number * 7, server, cseq, device, serial=str(number),
                                     instance=instances[number])
        return self.told(capture)

    def test_two_phones_of_one_account_are_told_apart_by_their_instances(self):
        result = self.sharing(INSTANCES)
        self.assertEqual("pass", result["verdict"])
        self.assertEqual([[PHONE], [NEXT]], [device["addresses"] for device in result["devices"]])
        for instances in (("", ""), (INSTANCES[0], ""), (INSTANCES[0], INSTANCES[0])):
            self.assertEqual("inconclusive", self.sharing(instances)["verdict"], instances)

    def registered_at_the_secondary_from(self, source, server=SECONDARY):
        """One account at two servers, at the primary from the phone's address, refreshed in turn."""
        capture = Registrations()
        for cseq in range(1, 5):
            capture.register(cseq * 50, PRIMARY, cseq)
            capture.register(cseq * 50 + 0.005, server, cseq, source)
        return self.told(capture, "--primary", PRIMARY, "--secondary", server)

    def test_who_passes_a_registration_on_from_another_address_is_not_the_phone(self):
        self.assertEqual("pass", self.registered_at_the_secondary_from(PHONE)["verdict"])
        self.assertEqual("pass", self.registered_at_the_secondary_from("192.0.2.50:5062")["verdict"])
        of_both_families = self.registered_at_the_secondary_from("[2001:db8::50]:5060", "[2001:db8::20]:5060")
        self.assertEqual("pass", of_both_families["verdict"])
        self.assertNotIn("in turn", self.registered_with_one_call_id_over_both_families())
        result = self.registered_at_the_secondary_from(NEXT)
        self.assertEqual("inconclusive", result["verdict"])
        reasons = {found["reason"] for found in result["findings"] if found["verdict"] == "inconclusive"}
        self.assertIn("registers from 192.0.2.50 and 192.0.2.60 in turn", "".join(reasons))

    def registered_with_one_call_id_over_both_families(self):
        """What is told of a phone that reaches the primary by two addresses, and the secondary from another port."""
        capture, v6 = Registrations(), ("[2001:db1::10]:5060", "[2001:db1::50]:5060")
        self.assertEqual(ids(PRIMARY)[2], ids(v6[0])[2])
        for cseq in range(2, 9, 2):
            capture.register(cseq * 25, PRIMARY, cseq)
            capture.register(cseq * 25 + 0.1, v6[0], cseq + 1, v6[1])
            capture.register(cseq * 25 + 0.2, SECONDARY, cseq, "192.0.2.50:5062")
        result = self.told(capture, "--primary", f"{PRIMARY},{v6[0]}", "--secondary", SECONDARY)
        self.assertEqual(1, len(result["devices"]))
        return json.dumps(result)

    def over_tcp(self, refused, next_number, v6=False):
        """The primary refuses `refused` connections between two registrations there."""
        def place(end):
            address, port = end.rsplit(":", 1)
            return f"[{address.replace('192.0.2.', '2001:db8::')}]:{port}" if v6 else end

        capture = CaptureWriter()
        server, one = place(PRIMARY), ids(PRIMARY)
        for at, port, cseq in ((0, 40001, 1), (130, 40100, next_number), (180, 40100, next_number + 1)):
            local = place(f"192.0.2.50:{port}")
            if at != 180:
                capture.connect(at - 0.01, local, server)
            via = f"SIP/2.0/TCP {place(PHONE)};branch=z9hG4bKt{cseq};rport"
            contact = f"Contact: <sip:1001@{place(PHONE)};transport=tcp>"
            capture.tcp(at, local, server, PUSH, request("REGISTER", "sip:192.0.2.10", via, *one, cseq, contact,
                                                         "Expires: 60"))
            told = (one[0], one[1] + ";tag=s", one[2], cseq, "REGISTER", contact + ";expires=60")
            capture.tcp(at + 0.01, server, local, PUSH, response(200, "OK", via, *told))
        capture.tcp(20, server, place("192.0.2.50:40001"), RESET | ACK)
        for number in range(refused):
            local = place(f"192.0.2.50:{40010 + number}")
            capture.tcp(50 + 30 * number, local, server, SYN)
            capture.tcp(50.001 + 30 * number, server, local, RESET | ACK)
        return self.verdicts_of(self.told(capture, "--primary", server), "RFC3261-REG-04")

    def test_numbers_of_requests_that_found_no_connection_are_not_missing(self):
        for v6 in (False, True):
            self.assertEqual({"pass"}, self.over_tcp(2, 4, v6))
        self.assertEqual({"pass"}, self.over_tcp(2, 2))
        for refused, number in ((0, 4), (2, 5)):
            self.assertEqual({"inconclusive"}, self.over_tcp(refused, number))

    def challenged_over_tcp(self, refused, next_number):
        """The primary challenges, resets the connection and refuses so many before it takes the credentials."""
        capture, server, one = CaptureWriter(), PRIMARY, ids(PRIMARY)
        credentials = (f'Authorization: Digest username="1001", {DIGEST.format(1)}, uri="sip:192.0.2.10", '
                       'response="0123456789abcdef0123456789abcdef"')
        for at, port, cseq, status, more in ((0, 40001, 1, 401, ()), (0.5, 40100, next_number, 200, (credentials,))):
            local = f"192.0.2.50:{port}"
            capture.connect(at - 0.01, local, server)
            via = f"SIP/2.0/TCP {PHONE};branch=z9hG4bKt{cseq};rport"
            contact = f"Contact: <sip:1001@{PHONE};transport=tcp>"
            capture.tcp(at, local, server, PUSH, request("REGISTER", "sip:192.0.2.10", via, *one, cseq, contact,
                                                         "Expires: 60", *more))
            answer = contact + ";expires=60" if status == 200 else f"WWW-Authenticate: Digest {DIGEST.format(1)}"
            capture.tcp(at + 0.01, server, local, PUSH, response(status, "Told", via, one[0], one[1] + ";tag=s", one[2],
                                                                 cseq, "REGISTER", answer))
            if status == 401:
                capture.tcp(0.02, server, local, RESET | ACK)
                for number in range(refused):
                    tried = f"192.0.2.50:{40010 + number}"
                    capture.tcp(0.1 + number / 10, tried, server, SYN)
                    capture.tcp(0.101 + number / 10, server, tried, RESET | ACK)
        return self.verdicts_of(self.told(capture, "--primary", server, "--vantage", "device"), "AUTH-01")

    def test_credentials_that_found_no_connection_took_a_number(self):
        self.assertEqual({"pass"}, self.challenged_over_tcp(0, 2))
        self.assertEqual({"pass"}, self.challenged_over_tcp(2, 4))
        self.assertNotEqual({"pass"}, self.challenged_over_tcp(2, 5))

    def test_an_account_at_one_server_is_held_up_by_no_challenge(self):
        capture = Registrations()
        for number in range(4):
            for server in (PRIMARY, SECONDARY):
                capture.register_challenged(number * 50, server, 20 + number * 2)
            capture.register_challenged(number * 50 + 1, PRIMARY, 20 + number * 2, user="1005")
        result = self.told(capture)
        self.assertEqual("pass", result["verdict"])
        self.assertLessEqual(self.verdicts_of(result, "AUTH-10"), {"pass", "not_applicable"})

    def test_a_softphone_that_is_started_again_at_once_has_a_new_call_id(self):
        for servers, verdicts in (((PRIMARY, SECONDARY), set()), ((PRIMARY,), {"warn"})):
            capture = Registrations()
            for server in (PRIMARY, SECONDARY):
                capture.register(0, server, 20, serial="a")
                for number, at in enumerate((4, 54, 104)):
                    is_new = server in servers
                    capture.register(at, server, (20 if is_new else 21) + number, serial="b" if is_new else "a")
            self.assertEqual(verdicts, self.verdicts_of(self.told(capture), "RFC3261-REG-03") - {"not_applicable"})

    def test_what_the_guide_leaves_open_of_another_make_is_information(self):
        phone = Phone()
        for server in (PRIMARY, SECONDARY):
            phone.registers(server, times=(0, 100))
        via, one = phone.via(PRIMARY), ("<sip:1001@192.0.2.10>;tag=s1a2b3c", "<sip:1002@192.0.2.10>", "sub@phone", 1)
        phone.sends(5, PRIMARY, request("SUBSCRIBE", "sip:1002@192.0.2.10", via, *one, "Event: presence",
                                        "Expires: 600", phone.contact(PRIMARY)))
        phone.gets(5.01, PRIMARY, response(489, "Bad Event", via, one[0], one[1] + ";tag=x", *one[2:], "SUBSCRIBE"))
        made = phone.written(self.scratch / "made.pcap")
        self.assert_told(made, findings={"GRP-SUB-01": "info"})
        self.assert_told(made, ("--profile", "phone.profile.json"), exit=3, findings={"GRP-SUB-01": "inconclusive"})

    def test_a_response_to_an_ack(self):
        phone = Phone()
        for server in (PRIMARY, SECONDARY):
            phone.registers(server)
        via = f"SIP/2.0/UDP {PRIMARY};branch=z9hG4bKin"
        one = ("<sip:2001@192.0.2.10>;tag=f1", "<sip:1001@192.0.2.10>", "in@far")
        own = f"{one[1]};tag=p9c4e2"
        phone.gets(10, PRIMARY, request("INVITE", f"sip:1001@{PHONE}", via, *one, 7, f"Contact: <sip:2001@{PRIMARY}>"))
        phone.sends(10.02, PRIMARY, response(481, "No Call", via, one[0], own, one[2], 7, "INVITE"))
        phone.gets(10.03, PRIMARY, request("ACK", f"sip:1001@{PHONE}", via, one[0], own, one[2], 7))
        phone.sends(10.05, PRIMARY, response(405, "No", via, one[0], own, one[2], 7, "ACK"))
        self.assert_told(phone.written(self.scratch / "made.pcap"), exit=1, fails=["RFC3261-GEN-15"],
                         says=["405 answers an ACK, which has no response"])

    def called_over_tcp(self, back_on_its_own):
        """A phone that connects from one address and listens at another, where the server calls it and gives up."""
        own, listens, there, server = "198.51.100.7:40001", PHONE, "192.0.2.10:42457", PRIMARY
        capture = CaptureWriter()
        contact = f"Contact: <sip:1001@{listens};transport=tcp>"

        def register(at, cseq):
            via, one = f"SIP/2.0/TCP {listens};branch=z9hG4bKw{cseq};rport", (*ids(server), cseq)
            capture.tcp(at, own, server, PUSH, request("REGISTER", "sip:192.0.2.10", via, *one, contact, "Expires: 60"))
            capture.tcp(at + 0.01, server, own, PUSH, response(200, "OK", via, one[0], one[1] + ";tag=s", *one[2:],
                                                               "REGISTER", contact + ";expires=60"))

        capture.connect(0, own, server)
        register(1, 1)
        capture.connect(9, there, listens)
        back = (own, server) if back_on_its_own else (listens, there)
        uri, via = f"sip:1001@{listens};transport=tcp", f"SIP/2.0/TCP {server};branch=z9hG4bKin1"
        one = ("<sip:2001@192.0.2.10>;tag=f1", "<sip:1001@192.0.2.10>", "in@far")
        said = (one[0], one[1] + ";tag=p9c4e2", one[2])
        capture.tcp(10, there, listens, PUSH, request("INVITE", uri, via, *one, 7,
                                                      f"Contact: <sip:2001@{server};transport=tcp>"))
        capture.tcp(10.02, *back, PUSH, response(180, "Ringing", via, *said, 7, "INVITE", contact))
        capture.tcp(12, there, listens, PUSH, request("CANCEL", uri, via, *one, 7))
        capture.tcp(12.02, *back, PUSH, response(200, "OK", via, *said, 7, "CANCEL"))
        capture.tcp(12.03, *back, PUSH, response(487, "Terminated", via, *said, 7, "INVITE"))
        capture.tcp(12.04, there, listens, PUSH, request("ACK", uri, via, *said, 7))
        register(51, 2)
        register(101, 3)
        return capture

    def test_over_tcp_a_phone_is_called_at_another_address_than_it_calls_from(self):
        """It is one device, and has answered on whichever connection it does."""
        for back_on_its_own in (False, True):
            result = self.told(self.called_over_tcp(back_on_its_own), "--vantage", "device")
            wrong = {found["requirement"] for found in result["findings"] if found["verdict"] in ("fail", "warn")}
            self.assertEqual({"RFC3261-GEN-16"} if back_on_its_own else set(), wrong)
            self.assertEqual(1, len(result["devices"]))

    def test_credentials_tried_again_after_long_are_another_attempt(self):
        """A server may offer the nonce again under which it has just rejected them."""
        capture = Registrations()
        server, nonce = PRIMARY, 7
        rejected = (f'Authorization: Digest username="1001", {DIGEST.format(nonce)}, uri="sip:192.0.2.10", '
                    'response="0123456789abcdef0123456789abcdef"')
        for at, cseq, more in ((0, 20, ()), (0.02, 21, (rejected,)), (102, 22, (rejected,))):
            capture.register(at, server, cseq, status=401, more=more, nonce=nonce)
        made = capture.write(self.scratch / "made.pcap")
        story = self.scratch / "story.json"
        sipharness("inspect", made, "--json", story)
        attempts = json.loads(story.read_text())["phones"][0]["registrations"][0]["attempts"]
        self.assertEqual(2, len(attempts))

    def acknowledged_over(self, ack_at):
        """A phone called over TCP, whose 200 is repeated; the ACK to it goes to its port over UDP or TCP."""
        local, server = "192.0.2.50:40001", PRIMARY
        capture = CaptureWriter()
        capture.connect(0, local, server)
        contact = f"Contact: <sip:1001@{PHONE};transport=tcp>"
        via, one = f"SIP/2.0/TCP {PHONE};branch=z9hG4bKu1;rport", (*ids(server), 1)
        capture.tcp(1, local, server, PUSH, request("REGISTER", "sip:192.0.2.10", via, *one, contact, "Expires: 600"))
        capture.tcp(1.01, server, local, PUSH, response(200, "OK", via, one[0], one[1] + ";tag=s", *one[2:], "REGISTER",
                                                        contact + ";expires=600"))
        via, one = f"SIP/2.0/TCP {server};branch=z9hG4bKin1", ("<sip:2001@192.0.2.10>;tag=f1", "<sip:1001@192.0.2.10>",
                                                              "in@far")
        said = (one[0], one[1] + ";tag=p9c4e2", one[2])
        uri = f"sip:1001@{local}"
        capture.tcp(10, server, local, PUSH, request("INVITE", uri, via, *one, 7, f"Contact: <sip:2001@{server}>"))
        capture.tcp(10.02, local, server, PUSH, response(180, "Ringing", via, *said, 7, "INVITE", contact))
        ack = request("ACK", uri, via.replace("in1", "ack"), *said, 7)
        for at in (12, 12.5, 13.5, 15.5):
            capture.tcp(at, local, server, PUSH, response(200, "OK", via, *said, 7, "INVITE", contact))
            ack_at(capture, at + 0.05, server, local, ack)
        bye = (f"SIP/2.0/TCP {PHONE};branch=z9hG4bKbye", said[1], said[0], said[2], 1)
        capture.tcp(19, local, server, PUSH, request("BYE", f"sip:2001@{server}", *bye))
        capture.tcp(19.02, server, local, PUSH, response(200, "OK", *bye, "BYE"))
        return self.verdicts_of(self.told(capture, "--vantage", "device"), "RFC3261-UAS-2XX")

    def test_an_ack_over_another_transport_may_have_come_to_nobody(self):
        self.assertEqual({"inconclusive"}, self.acknowledged_over(CaptureWriter.udp))
        self.assertEqual({"fail"}, self.acknowledged_over(
            lambda capture, at, server, local, ack: capture.tcp(at, server, local, PUSH, ack)))
