"""What a phone registers beside one Contact of one address of record: the same user at two domains, several Contacts,
somebody else."""
from capture_writer import CaptureWriter, request, response
from field_test import FieldTest
from registration import V4, V6

ROWS = ("RFC3261-REG-02", "RFC3261-REG-05", "RFC3261-REG-09")


class Accounts(FieldTest):
    def setUp(self):
        super().setUp()
        self.capture = CaptureWriter()
        self.hosts = V4

    def register(self, at, aor, cseq, contacts=("1001",), sender=None, role="primary", call=None, taken_back=(),
                 **granted):
        """`granted` is for how long each Contact is, 120 s by itself."""
        phone, server = self.hosts[0], self.hosts[1][role]
        via = f"SIP/2.0/UDP {phone};branch=z9hG4bK{aor}{role}{at};rport"
        sender, aor = f"<sip:{sender or aor}>;tag=8c1f03b7", f"<sip:{aor}>"
        call = call or f"{aor}{role}"
        asked = [f"Contact: <sip:{user}@{phone}>" + (";expires=0" if user in taken_back else "") for user in contacts]
        kept = [f"Contact: <sip:{user}@{phone}>;expires={granted.get('for_' + user, 120)}" for user in contacts
                if user not in taken_back]
        self.capture.udp(at, phone, server, request("REGISTER", "sip:example.com", via, sender, aor, call, cseq, *asked,
                                                    "Expires: 120"))
        self.capture.udp(at + 0.02, server, phone, response(200, "OK", via, sender, aor + ";tag=s", call, cseq,
                                                            "REGISTER", *kept))

    def told(self, *arguments, **expected):
        made = self.capture.write(self.scratch / "accounts.pcap")
        self.assert_told(made, ["--primary", self.hosts[1]["primary"], "--vantage", "device", *arguments], **expected)

    def test_the_same_user_at_two_domains(self):
        for hosts in (V4, V6):
            for times, verdict in (((0, 100, 200, 300), "pass"), ((0,), "inconclusive"), ((0, 250), "fail")):
                with self.subTest(hosts=hosts, times=times):
                    self.hosts, self.capture = hosts, CaptureWriter()
                    for number, at in enumerate(times, 1):
                        self.register(at, "1001@a.example", number)
                    for number, at in enumerate((1, 101, 201, 301), 1):
                        self.register(at, "1001@b.example", number)
                    fails = ["RFC3261-REG-09"] if verdict == "fail" else []
                    self.told(exit=None, fails=fails, findings={"RFC3261-REG-09": verdict})

    def test_two_contacts_in_one_request(self):
        for late, granted, verdict in ((100, 120, "pass"), (100, 60, "fail")):
            with self.subTest(granted=granted):
                self.capture = CaptureWriter()
                for number, at in enumerate(range(0, 4 * late, late), 1):
                    self.register(at, "1001@a.example", number, ("1001", "desk"), for_desk=granted)
                self.told(exit=None, fails=["RFC3261-REG-09"] if verdict == "fail" else [],
                          findings={"RFC3261-REG-09": verdict})

    def test_a_second_contact_that_is_left_alone_or_taken_back(self):
        for taken_back, verdict in (((), "inconclusive"), (("desk",), "pass")):
            with self.subTest(taken_back=taken_back):
                self.capture = CaptureWriter()
                self.register(0, "1001@a.example", 1, ("1001", "desk"))
                self.register(100, "1001@a.example", 2, ("1001", *taken_back), taken_back=taken_back)
                for number, at in enumerate((200, 300), 3):
                    self.register(at, "1001@a.example", number)
                self.told(exit=None, findings={"RFC3261-REG-09": verdict})

    def test_two_contacts_in_turn(self):
        for number, at in enumerate((0, 100, 200, 300)):
            self.register(at, "1001@a.example", 2 * number + 1)
            self.register(at + 5, "1001@a.example", 2 * number + 2, ("desk",))
        self.told(exit=0, findings=dict.fromkeys(ROWS, "pass"))

    def test_a_contact_that_is_left_behind(self):
        self.register(0, "1001@a.example", 1)
        for number, at in enumerate((5, 100, 200, 300), 2):
            self.register(at, "1001@a.example", number, ("desk",))
        self.told(exit=1, fails=["RFC3261-REG-05"])

    def test_two_accounts_that_share_a_call_id_share_its_numbers(self):
        """§10.2: each REGISTER of one Call-ID, whatever it registers. One that is left out is missed still."""
        for step, verdict in ((1, "pass"), (2, "fail")):
            with self.subTest(step=step):
                self.capture, number = CaptureWriter(), 0
                for at in (0, 100, 200, 300):
                    for later, aor in enumerate(("1001@a.example", "1002@a.example")):
                        number += step
                        self.register(at + later, aor, number, call="both@phone")
                self.told(exit=None, fails=["RFC3261-REG-04"] if verdict == "fail" else [],
                          findings={"RFC3261-REG-04": verdict})

    def test_for_somebody_else(self):
        """A From of another user may say so; of another domain it is the phone's mistake."""
        for number, at in enumerate((0, 100, 200), 1):
            self.register(at, "1001@a.example", number, sender="boss@a.example")
        self.told(exit=3, findings={"RFC3261-REG-02": "inconclusive"}, says=["--profile with its account would tell"])
        self.told("--profile", "phone.profile.json", exit=1, fails=["RFC3261-REG-02"])

    def test_a_from_of_another_domain(self):
        for number, at in enumerate((0, 100, 200), 1):
            self.register(at, "1001@a.example", number, sender="1001@192.0.2.10")
        self.told(exit=1, fails=["RFC3261-REG-02"])
