"""Registrations that fail, are given up, taken back or repeated without end."""
from capture_writer import CaptureWriter, request, response
from field_test import FieldTest

V4 = ("192.0.2.50:5060", {"primary": "192.0.2.10:5060", "secondary": "192.0.2.20:5060"})
V6 = ("[2001:db8::50]:5060", {"primary": "[2001:db8::10]:5060", "secondary": "[2001:db8::20]:5060"})


class Story:
    """A phone, its two servers, and what they say to each other."""

    def __init__(self, hosts=V4):
        self.phone, self.servers = hosts
        self.capture = CaptureWriter()
        self.number = {}
        self.serial = 0

    def named(self):
        return [word for role in self.servers for word in (f"--{role}", self.servers[role])]

    def ask(self, at, server, method, *headers, status=None, answer=(), call=None):
        """A request and, 20 ms later, its response; none without a status."""
        host = self.servers[server].rsplit(":", 1)[0]
        call = call or f"{method.lower()}-{server}"
        self.serial += 1
        self.number[call] = self.number.get(call, 0) + 1
        via = f"SIP/2.0/UDP {self.phone};branch=z9hG4bK{self.serial};rport"
        account = f"<sip:1001@{host}>"
        one = (f"{account};tag=8c1f03b7", account, call, self.number[call])
        contact = f"Contact: <sip:1001@{self.phone}>"
        self.capture.udp(at, self.phone, self.servers[server],
                         request(method, f"sip:{host}", via, *one, contact, *headers))
        if status:
            self.capture.udp(at + 0.02, self.servers[server], self.phone,
                             response(status, "Reason", via, f"{account};tag=8c1f03b7", f"{account};tag=s", call,
                                      self.number[call], method, *answer))

    def register(self, at, server, status=200, expires=120, answer=None, call=None):
        granted = [f"Contact: <sip:1001@{self.phone}>;expires={expires}"] if status == 200 and expires else []
        self.ask(at, server, "REGISTER", f"Expires: {expires}", status=status,
                 answer=granted if answer is None else answer, call=call)

    def keep(self, server, times):
        for at in times:
            self.register(at, server)


class Registration(FieldTest):
    def told(self, story, **expected):
        arguments = ["--profile", "phone.profile.json", *story.named()]
        self.assert_told(story.capture.write(self.scratch / "story.pcap"), arguments, **expected)

    def given_up(self, hosts, lost, status, answer=()):
        story = Story(hosts)
        kept = "secondary" if lost == "primary" else "primary"
        story.register(0, "primary")
        story.register(0.1, "secondary")
        story.register(100, lost, status, answer=answer)
        story.keep(kept, [at + 0.2 for at in (100, 200, 300, 400, 500)])
        return story

    def test_a_server_is_given_up_after_one_refusal(self):
        for hosts in (V4, V6):
            for lost in ("primary", "secondary"):
                for status in (408, 480, 500, 503):
                    with self.subTest(hosts=hosts, lost=lost, status=status):
                        self.told(self.given_up(hosts, lost, status), exit=1, fails=["GRP-REG-08"],
                                  says=[f"gave the {lost} up"])

    def test_retry_after_and_the_wait_after_403_are_respected(self):
        for status, answer in ((503, ["Retry-After: 400"]), (403, ()), (404, ())):
            with self.subTest(status=status):
                self.told(self.given_up(V4, "primary", status, answer), findings={"GRP-REG-08": "not_applicable"})

    def test_a_phone_that_is_gone_gives_nobody_up(self):
        story = Story()
        story.register(0, "primary")
        story.register(0.1, "secondary")
        story.register(100, "primary", 480)
        story.register(100.1, "secondary")
        story.capture.udp(600, story.servers["primary"], story.phone, "\r\n\r\n")
        done, result = self.check(story.capture.write(self.scratch / "gone.pcap"), "--profile", "phone.profile.json",
                                  *story.named())
        self.assertEqual({"not_applicable"}, {one["verdict"] for one in result["findings"]
                                              if one["requirement"] == "GRP-REG-08"}, done.stdout)

    def test_waits_that_grow_give_nobody_up(self):
        story = Story()
        story.keep("secondary", [at + 0.2 for at in range(0, 1000, 100)])
        story.register(0, "primary")
        for at in (100, 130, 190, 310, 550, 900):
            story.register(at, "primary", 480)
        self.told(story, findings={"GRP-REG-08": "pass"})

    def test_one_binding_taken_back_is_no_shutdown(self):
        story = Story()
        story.register(0, "primary")
        story.register(0.1, "secondary")
        story.register(10, "secondary", expires=0)
        story.keep("primary", (100, 200, 300))
        self.told(story, exit=1, fails=["GRP-REG-02"], says=["at the secondary was taken back"])

    def test_both_bindings_taken_back_are_a_shutdown(self):
        story = Story()
        for call, start in (("a", 0), ("b", 300)):
            for server in story.servers:
                story.register(start, server, call=f"{call}-{server}")
                story.register(start + 60, server, expires=0, call=f"{call}-{server}")
        self.told(story, exit=0, findings={"RFC3261-REG-17": "pass"})

    def test_a_phone_that_spins_is_told(self):
        for method, status, headers in (("SUBSCRIBE", 404, ["Event: message-summary"]), ("PUBLISH", 403, ["Event: presence"]),
                                        ("OPTIONS", 404, []), ("REGISTER", 407, ["Expires: 120"])):
            for hosts in (V4, V6):
                with self.subTest(method=method, hosts=hosts):
                    story = Story(hosts)
                    story.register(0, "primary")
                    story.register(0.1, "secondary")
                    for count in range(40):
                        story.ask(1 + count * 0.1, "primary", method, *headers, status=status, call=f"{method}{count}")
                    done, result = self.check(story.capture.write(self.scratch / "spins.pcap"), *story.named())
                    found = {one["requirement"]: one["verdict"] for one in result["findings"]}
                    self.assertEqual("warn", found["FO-HERD-03"], done.stdout)

    def test_keep_alives_that_are_refused_do_not_spin(self):
        story = Story()
        for server in story.servers:
            story.register(0, server)
            for count in range(40):
                story.ask(1 + count * 2, server, "OPTIONS", status=404, call=f"options-{server}-{count}")
        self.told(story, findings={"FO-HERD-03": "pass"})
