"""Who is the device, who the primary, who none of both: what a capture without journal shows of it."""
import json

from capture_writer import ACK, PUSH, CaptureWriter, request, response
from field_test import DATA, FieldTest

PHONE, OTHER, FIRST, SECOND, THIRD = ("192.0.2.50:5060", "192.0.2.51:5060", "192.0.2.10:5060", "192.0.2.20:5060",
                                      "192.0.2.11:5060")
PROFILE = ("--profile", DATA / "phone.profile.json")


class Phone:
    """Registers and calls, in a capture of its own or with others."""

    def __init__(self, capture, address=PHONE, user="1001", agent="Grandstream GRP2614 1.0.5.33", transport="UDP"):
        self.capture, self.address, self.user, self.transport = capture, address, user, transport
        self.agent = [f"User-Agent: {agent}"] if agent else []
        self.count = 0

    def via(self):
        self.count += 1
        return f"SIP/2.0/{self.transport} {self.address};branch=z9hG4bK{self.user}x{self.address[-6:-5]}{self.count};rport"

    def register(self, at, server, status=200, call=None, cseq=1, expires=120):
        host = server.rsplit(":", 1)[0]
        via = self.via()
        aor = f"<sip:{self.user}@{host}>"
        one = (f"{aor};tag=9f3c2a7b{self.address[-6:-5]}", aor, call or f"{self.user}-{host}-{self.address}", cseq)
        contact = f"Contact: <sip:{self.user}@{self.address}>"
        self.send(at, server, request("REGISTER", f"sip:{host}", via, *one, contact, f"Expires: {expires}", *self.agent))
        if not status:
            return
        told = (one[0], one[1] + ";tag=s", *one[2:])
        self.receive(at + 0.02, server, response(status, "OK" if status == 200 else "No", via, *told, "REGISTER",
                                                 f"{contact};expires={expires}"))

    def call(self, at, server, number="2001", copies=(), answer=486, call=None):
        """An INVITE that is refused, or copied and not answered."""
        host = server.rsplit(":", 1)[0]
        via = self.via()
        one = (f"<sip:{self.user}@{host}>;tag=5b7e10c{at}", f"<sip:{number}@{host}>", call or f"call-{self.user}-{at}", 1)
        invite = request("INVITE", f"sip:{number}@{host}", via, *one, f"Contact: <sip:{self.user}@{self.address}>",
                         *self.agent)
        for late in (0, *copies):
            self.send(at + late, server, invite)
        if not answer:
            return
        told = (one[0], one[1] + ";tag=s", *one[2:])
        self.receive(at + 0.01, server, response(100, "Trying", via, *one, "INVITE"))
        self.receive(at + 1, server, response(answer, "Busy Here", via, *told, "INVITE"))
        self.send(at + 1.01, server, request("ACK", f"sip:{number}@{host}", via, *told))

    def send(self, at, server, payload):
        self.capture.udp(at, self.address, server, payload)

    def receive(self, at, server, payload):
        self.capture.udp(at, server, self.address, payload)


class BothSides(CaptureWriter):
    """What goes between a phone and a server, before and behind a NAT that writes its address into it."""

    def __init__(self, public, rewrites, late):
        super().__init__()
        self.public, self.rewrites, self.late = public, rewrites, late

    def udp(self, at, source, destination, payload):
        super().udp(at, source, destination, payload)
        for before in self.rewrites:
            payload = payload.replace(before + PHONE, before + self.public)
        is_sent = source == PHONE
        super().udp(at + (self.late if is_sent else -min(self.late, 0.01)), self.public if is_sent else source,
                    destination if is_sent else self.public, payload)


class WhoIsWho(FieldTest):
    def written(self, capture):
        return capture.write(self.scratch / "made.pcap")

    def roles(self, capture, *arguments):
        _, result = self.check(self.written(capture), *arguments)
        return {(role["role"], role["endpoint"]) for role in result["roles"]}, result

    def test_calls_tell_the_primary_whichever_registers_first(self):
        for first, second in ((FIRST, SECOND), (SECOND, FIRST)):
            with self.subTest(first):
                capture = CaptureWriter()
                phone = Phone(capture)
                phone.register(0, first)
                phone.register(0.005, second)
                phone.call(10, FIRST)
                roles, result = self.roles(capture)
                self.assertLessEqual({("primary", FIRST), ("secondary", SECOND)}, roles)
                verdicts = {f["requirement"]: f for f in result["findings"]}
                if first == FIRST:
                    self.assertEqual("pass", verdicts["GRP-CALL-01"]["verdict"])
                else:
                    self.assertEqual("inconclusive", verdicts["GRP-CALL-01"]["verdict"])
                    self.assertEqual("user", verdicts["GRP-CALL-01"]["blame"])
                    self.assertIn("--primary", verdicts["GRP-CALL-01"]["reason"])

    def test_one_malformed_via_makes_no_proxy(self):
        for behind in (",", ";;,;,,", "\r\nVia:", "\r\nVia: SIP/2.0", ", SIP/2.0/UDP"):
            with self.subTest(behind):
                capture = CaptureWriter()
                phone = Phone(capture)
                phone.register(0, FIRST)
                phone.call(10, FIRST)
                one = (f"<sip:1001@192.0.2.10>;tag=70a1b2c3", "<sip:192.0.2.10>", "o1@phone", 1)
                phone.send(20, FIRST, request("OPTIONS", "sip:192.0.2.10", phone.via() + behind, *one))
                self.assert_told(self.written(capture), exit=1, fails=["DUT-PARSE"], roles={FIRST: "primary"},
                                 findings={"RFC3261-ACK-NON2XX": "pass"}, does_not_say=["proxy"])

    def test_a_nat_that_rewrites_addresses_makes_no_second_phone(self):
        """Captured on both sides of it, at the device's first."""
        public = "203.0.113.9:31000"
        for late in (0.0004, 0.02):
            for rewrites in (("Via: SIP/2.0/UDP ",), ("Contact: <sip:1001@",), ("Via: SIP/2.0/UDP ", "Contact: <sip:1001@")):
                with self.subTest(rewrites, late=late):
                    capture = BothSides(public, rewrites, late)
                    phone = Phone(capture)
                    for number in range(3):
                        phone.register(100 * number, FIRST, call="r1@phone", cseq=1 + number)
                    phone.call(250, FIRST)
                    self.assert_told(self.written(capture), ["--vantage", "device"], roles={FIRST: "primary"},
                                     findings={"RFC3261-REG-04": "pass", "RFC3261-ACK-NON2XX": "pass"})

    def test_a_phone_that_is_only_called_behind_such_a_nat_is_one(self):
        for rewrites in (("sip:1001@",), ("Via: SIP/2.0/UDP ", "sip:1001@")):
            for late in (0.0004, 0.01):
                with self.subTest(rewrites, late=late):
                    capture = BothSides("203.0.113.9:31000", rewrites, late)
                    for at in (10, 60):
                        self.is_called(capture, at, f"z9hG4bKcall{at}")
                    _, told = self.roles(capture, "--vantage", "device")
                    self.assertEqual(1, len(told["devices"]), told["devices"])
                    self.assertFalse([f for f in told["findings"] if f["verdict"] in ("fail", "warn")])

    def test_a_forked_call_rings_two_phones(self):
        """With a branch for each, though all else is the same."""
        capture = CaptureWriter()
        for phone, branch in ((PHONE, "z9hG4bKone"), (OTHER, "z9hG4bKtwo")):
            self.is_called(capture, 10, branch, phone)
        _, told = self.roles(capture)
        self.assertEqual([[PHONE], [OTHER]], [device["addresses"] for device in told["devices"]])

    def is_called(self, capture, at, branch, phone=PHONE):
        via = f"SIP/2.0/UDP {FIRST};branch={branch}"
        ids = ("<sip:2001@192.0.2.10>;tag=7fa1b2c3", "<sip:1001@192.0.2.10>", f"in{at}@far")
        own = (ids[0], ids[1] + f";tag=0c{branch[-3:]}9a8b", ids[2])
        contact = f"Contact: <sip:1001@{phone}>"
        capture.udp(at, FIRST, phone, request("INVITE", f"sip:1001@{phone}", via, *ids, 1, f"Contact: <sip:2001@{FIRST}>"))
        for after, status in ((0.05, 180), (2, 200)):
            capture.udp(at + after, phone, FIRST, response(status, "OK", via, *own, 1, "INVITE", contact))
        capture.udp(at + 2.05, FIRST, phone, request("ACK", f"sip:1001@{phone}", via + "a", *own, 1))
        capture.udp(at + 9, FIRST, phone, request("BYE", f"sip:1001@{phone}", via + "b", *own, 2))
        capture.udp(at + 9.03, phone, FIRST, response(200, "OK", via + "b", *own, 2, "BYE"))

    def test_the_same_request_from_another_address_later_is_another_phone_s(self):
        capture = BothSides("203.0.113.9:31000", ("Via: SIP/2.0/UDP ", "Contact: <sip:1001@"), 0.4)
        Phone(capture).register(0, FIRST, call="r1@phone")
        self.assert_told(self.written(capture), exit=None, does_not_say=["left out"], fails=["RFC3261-REG-04"])

    def test_a_server_without_a_role_is_called_another(self):
        capture = CaptureWriter()
        phone = Phone(capture)
        for server in (FIRST, SECOND):
            phone.register(0, server)
        phone.call(10, THIRD)
        self.assert_told(self.written(capture), (*PROFILE, "--vantage", "device", "--primary", FIRST, "--secondary", SECOND),
                         exit=1, fails=["GRP-CALL-01"], says=["starts at another server"], does_not_say=["at the \n"])

    def test_named_roles_are_no_guess(self):
        capture = CaptureWriter()
        phone = Phone(capture)
        phone.register(0, SECOND)
        phone.register(0.005, FIRST)
        phone.call(10, FIRST)
        named = ("--primary", FIRST, "--secondary", SECOND)
        self.assert_told(self.written(capture), named, findings={"GRP-CALL-01": "pass"})
        named = ("--primary", SECOND, "--secondary", FIRST)
        self.assert_told(self.written(capture), named, exit=1, fails=["GRP-CALL-01"])

    def test_ipv6(self):
        first, second = "[2001:db8::10]:5060", "[2001:db8::20]:5060"
        capture = CaptureWriter()
        phone = Phone(capture, "[2001:db8::50]:5060")
        phone.register(0, first)
        phone.register(0.005, second)
        phone.call(10, first)
        roles, _ = self.roles(capture)
        self.assertEqual({("primary", first), ("secondary", second), ("device", "[2001:db8::50]:5060")}, roles)

    def test_strangers_of_all_kinds_are_not_judged(self):
        for kind in ("OPTIONS", "INVITE", "REGISTER"):
            with self.subTest(kind):
                capture = CaptureWriter()
                Phone(capture).register(0, FIRST)
                for number in range(3):
                    via = f"SIP/2.0/UDP 203.0.113.9:5071;branch={number}"
                    one = (f"<sip:{100 + number}@x>;tag=a", f"<sip:{100 + number}@x>", f"scan{number}", 1)
                    capture.udp(5 + number, "203.0.113.9:5071", FIRST, request(kind, "sip:x", via, *one))
                    capture.udp(5.1 + number, FIRST, "203.0.113.9:5071",
                                response(403, "Forbidden", via, one[0], one[1] + ";tag=s", *one[2:], kind))
                roles, result = self.roles(capture)
                self.assertEqual(["phone"], [device["name"] for device in result["devices"]])
                self.assertIn(("stranger", "203.0.113.9:5071"), roles)

    def test_who_is_refused_alone_is_the_device(self):
        capture = CaptureWriter()
        Phone(capture).register(0, FIRST, status=403)
        roles, _ = self.roles(capture)
        self.assertIn(("device", PHONE), roles)

    def test_a_scanner_of_phones_makes_no_server_of_them(self):
        capture = CaptureWriter()
        scanner = Phone(capture, "203.0.113.9:5071", "500", agent="")
        scanner.register(0, PHONE, status=405)
        scanner.register(1, "192.0.2.77:5060", status=None)
        Phone(capture).register(2, FIRST)
        roles, _ = self.roles(capture)
        self.assertLessEqual({("primary", FIRST), ("device", PHONE)}, roles)
        self.assertFalse([role for role in roles if role[0] == "secondary"])

    def test_two_phones_of_one_make_take_turns(self):
        capture = CaptureWriter()
        for at in (0, 100, 200):
            Phone(capture).register(at, FIRST, cseq=at + 1)
            Phone(capture, OTHER).register(at + 7, FIRST, cseq=at + 1)
        _, result = self.roles(capture)
        self.assertEqual("inconclusive", result["verdict"])
        self.assertEqual(2, len(result["devices"]))

    def test_a_phone_that_moved_is_one(self):
        capture = CaptureWriter()
        Phone(capture).register(0, FIRST)
        Phone(capture, OTHER).register(100, FIRST)
        Phone(capture, OTHER).register(200, FIRST, cseq=2)
        _, result = self.roles(capture)
        self.assertEqual([[PHONE, OTHER]], [device["addresses"] for device in result["devices"]])

    def test_a_third_address_is_settled_by_its_name(self):
        capture = CaptureWriter()
        phone = Phone(capture)
        for number, server in enumerate((FIRST, SECOND)):
            phone.register(number / 100, server)
        phone.call(10, FIRST, copies=(0.5, 1.5, 3.5, 7.5, 15.5, 31.5), answer=None, call="one")
        phone.call(42.1, THIRD, call="one")
        roles, result = self.roles(capture, *PROFILE)
        self.assertIn(("unknown server", THIRD), roles)
        self.assertFalse([f for f in result["findings"] if f["verdict"] == "fail"])
        roles, _ = self.roles(capture, "--primary", f"{FIRST},{THIRD}", "--secondary", SECOND)
        self.assertLessEqual({("primary", FIRST), ("primary", THIRD), ("secondary", SECOND)}, roles)

    def test_one_server_is_not_accused_of_another(self):
        capture = CaptureWriter()
        phone = Phone(capture)
        phone.register(0, FIRST)
        phone.call(10, FIRST, copies=(0.5, 1.5, 3.5, 7.5, 15.5, 31.5), answer=None)
        phone.register(100, FIRST, cseq=2)
        _, result = self.roles(capture)
        two = [f for f in result["findings"] if f["requirement"].startswith(("GRP-CALL", "FO-DET", "GRP-REG-03"))]
        self.assertEqual({"not_applicable"}, {f["verdict"] for f in two})

    def test_the_account_of_the_profile_alone_is_under_test(self):
        capture = CaptureWriter()
        for address, user in ((PHONE, "1001"), (OTHER, "1002")):
            for number, server in enumerate((FIRST, SECOND)):
                Phone(capture, address, user).register(number / 100, server)
        _, result = self.roles(capture, *PROFILE)
        self.assertEqual(["1001"], [device["account"] for device in result["devices"]])

    def test_an_account_that_is_not_there_is_not_judged_by_others(self):
        capture = CaptureWriter()
        Phone(capture, user="1002").register(0, FIRST, expires=60)
        _, result = self.roles(capture, *PROFILE)
        self.assertIn("account 1001 was never seen", result["notes"])
        self.assertFalse([f for f in result["findings"] if f["verdict"] in ("fail", "warn")])

    def test_behind_and_before_a_nat_is_one_phone(self):
        inside, outside = "10.0.0.5:5060", "198.51.100.1:40001"
        both = CaptureWriter()
        for number, (source, destination) in enumerate(((inside, FIRST), (outside, FIRST))):
            via = f"SIP/2.0/UDP {inside};branch=z9hG4bKn;rport"
            one = ("<sip:1001@x>;tag=a", "<sip:1001@x>", "nat", 1)
            both.udp(0.0004 * number, source, destination,
                     request("REGISTER", "sip:x", via, *one, f"Contact: <sip:1001@{inside}>"))
            both.udp(0.02 - 0.0004 * number, destination, source,
                     response(200, "OK", f"{via}=40001;received=198.51.100.1", one[0], one[1] + ";tag=s", *one[2:],
                              "REGISTER", f"Contact: <sip:1001@{inside}>;expires=3600"))
        roles, _ = self.roles(both)
        self.assertEqual({("primary", FIRST), ("device", inside)}, roles)

    def test_a_connection_of_the_server_is_the_servers(self):
        capture = CaptureWriter()
        for at, client, server, user in ((0, "192.0.2.50:40000", FIRST, "1001"),
                                         (10, "192.0.2.10:16933", PHONE, "2001")):
            via = f"SIP/2.0/TCP {client};branch=z9hG4bK{at}"
            one = (f"<sip:{user}@x>;tag=a{at}", "<sip:9@x>", f"tcp{at}", 1)
            capture.connect(at, client, server)
            capture.tcp(at + 0.1, client, server, PUSH | ACK, request("INVITE", "sip:9@x", via, *one,
                                                                      f"Contact: <sip:{user}@{client};transport=tcp>"))
            told = (one[0], one[1] + ";tag=s", *one[2:])
            capture.tcp(at + 0.2, server, client, PUSH | ACK, response(486, "Busy Here", via, *told, "INVITE"))
            capture.tcp(at + 0.3, client, server, PUSH | ACK, request("ACK", "sip:9@x", via, *told))
        roles, result = self.roles(capture)
        self.assertEqual({("primary", FIRST), ("device", "192.0.2.50:40000")}, roles)
        self.assertTrue([f for f in result["findings"] if f["verdict"] == "pass"])

    def test_json_says_how_all_is_known(self):
        capture = CaptureWriter()
        Phone(capture).register(0, FIRST)
        _, result = self.roles(capture)
        self.assertEqual({"inferred"}, {role["known_from"] for role in result["roles"]}, json.dumps(result["roles"]))
        self.assertEqual([PHONE], result["devices"][0]["addresses"])
        self.assertEqual("1001", result["devices"][0]["account"])


class Voices(FieldTest):
    """A server answers from an address of its own where another one was asked, as a node of a cluster does."""

    def told(self, voice, phone=PHONE, server=FIRST, copies=(), **expected):
        class Heard(Phone):
            def receive(self, at, server, payload):
                self.capture.udp(at, voice, self.address, payload)

        capture = CaptureWriter()
        one = Heard(capture, phone, agent=None)
        for number, at in enumerate((0, 100, 200), 1):
            one.register(at, server, call="r1@phone", cseq=number)
            asked = capture.frames[-2][1]
            for late in copies:
                capture.frame(at + late, asked)
        one.call(50, server)
        made = capture.write(self.scratch / "voice.pcap")
        for arguments in ((), ("--vantage", "device"), ("--vantage", "device", "--primary", server)):
            with self.subTest(voice, arguments=arguments):
                self.assert_told(made, arguments, **expected)

    def test_its_answers_are_answers(self):
        for voice, phone, server in ((THIRD, PHONE, FIRST), ("198.51.100.7:5060", PHONE, FIRST),
                                     ("[2001:db8::11]:5060", "[2001:db8::50]:5060", "[2001:db8::10]:5060")):
            self.told(voice, phone, server, exit=0, roles={server: "primary", voice: "other address"},
                      findings={"RFC3261-REG-09": "pass", "RFC3261-REG-04": "pass", "RFC3261-TIMER-E": "absent",
                                "RFC3261-ACK-NON2XX": "pass"})

    def test_a_phone_that_takes_none_of_them(self):
        """It sends again, so what it does is judged as without an answer."""
        self.told(THIRD, copies=(0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5), exit=None,
                  findings={"RFC3261-TIMER-E": "pass", "RFC3261-REG-09": "absent"})


class Upstream(FieldTest):
    """An SBC that registers upstream what a phone registers at it, from a machine of its own."""

    def test_the_reason_names_what_settles_it(self):
        capture = CaptureWriter()
        sbc, registrar = "198.51.100.10:5060", "198.51.100.20:5060"
        phone, upstream = Phone(capture, agent=None), Phone(capture, sbc, agent=None)
        upstream.count = 100
        for number, at in enumerate((0, 100, 200), 1):
            phone.register(at, FIRST, call="a@phone", cseq=number)
            upstream.register(at + 0.005, registrar, call="b@sbc", cseq=number)
        made = capture.write(self.scratch / "sbc.pcap")
        self.assert_told(made, exit=3, says=["an SBC that registers it upstream, or two devices? name the server"])
        self.assert_told(made, ["--primary", FIRST], exit=0, roles={PHONE: "device", sbc: None},
                         findings={"RFC3261-REG-09": "pass"})

    def test_two_phones_at_one_server_are_no_sbc(self):
        capture = CaptureWriter()
        phone, other = Phone(capture, agent=None), Phone(capture, OTHER, agent=None)
        for number, at in enumerate((0, 100, 200), 1):
            phone.register(at, FIRST, call="a@phone", cseq=number)
            other.register(at + 30, FIRST, call="b@phone", cseq=number)
        self.assert_told(capture.write(self.scratch / "two.pcap"), exit=3, says=["two devices? switch one off"],
                         does_not_say=["SBC"])
