"""What no capture tells without a journal is told as a guess: a plug that was pulled, a user who hung up, what a
server left unsaid."""
from capture_writer import request
from field_test import FieldTest
from healthy import PRIMARY, SECONDARY, Phone
from registration import V4, V6, Story

TIMER_A = (0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5)


class Unseen(FieldTest):
    def told(self, story, **expected):
        arguments = ["--profile", "phone.profile.json", "--vantage", "device", *story.named()]
        self.assert_told(story.capture.write(self.scratch / "unseen.pcap"), arguments, **expected)

    def ping(self, story, server, at):
        """The server asks whether the phone is there, which it no longer is."""
        phone, host = story.phone, story.servers[server].rsplit(":", 1)[0]
        via = f"SIP/2.0/UDP {story.servers[server]};branch=z9hG4bKp{at}"
        story.capture.udp(at, story.servers[server], phone,
                          request("OPTIONS", f"sip:1001@{phone}", via, f"<sip:pbx@{host}>;tag=as{at}7f3",
                                  f"<sip:1001@{phone}>", f"p{at}@pbx", 1))

    def ring(self, story, server, at):
        """A call for the phone, which it no longer takes."""
        phone, host = story.phone, story.servers[server].rsplit(":", 1)[0]
        via = f"SIP/2.0/UDP {story.servers[server]};branch=z9hG4bKr{at}"
        for later in TIMER_A:
            story.capture.udp(at + later, story.servers[server], phone,
                              request("INVITE", f"sip:1001@{phone}", via, f"<sip:2001@{host}>;tag=fa7{at}",
                                      f"<sip:1001@{host}>", f"r{at}@pbx", 1, f"Contact: <sip:2001@{host}>"))

    def silent_call(self, story, at, number):
        via = f"SIP/2.0/UDP {story.phone};branch=z9hG4bKi{at};rport"
        host = story.servers["primary"].rsplit(":", 1)[0]
        for later in TIMER_A:
            story.capture.udp(at + later, story.phone, story.servers["primary"],
                              request("INVITE", f"sip:{number}@{host}", via, f"<sip:1001@{host}>;tag=c0ffee{at}",
                                      f"<sip:{number}@{host}>", f"call{at}@phone", 1,
                                      f"Contact: <sip:1001@{story.phone}>"))

    def test_a_phone_that_is_gone_for_good(self):
        for hosts in (V4, V6):
            with self.subTest(hosts=hosts):
                story = Story(hosts)
                for server in story.servers:
                    story.keep(server, (0, 100))
                for at in range(130, 600, 30):
                    self.ping(story, "primary", at)
                self.ring(story, "secondary", 150)
                self.told(story, exit=3, warns=["DUT-ALIVE"], says=["was it switched off?"],
                          findings={"RFC3261-REG-09": "inconclusive", "GRP-REG-02": "inconclusive",
                                    "RFC3261-UAS-100": "inconclusive"})

    def test_calls_into_silence(self):
        """Of one nobody knows whether its user waited; three that each end there are the phone's doing."""
        for hosts in (V4, V6):
            for times, expected in (((120,), {"exit": 3, "findings": {"GRP-CALL-03": "inconclusive",
                                                                      "RFC3263-01": "inconclusive"}}),
                                    ((120, 180, 240), {"exit": 1, "fails": ["GRP-CALL-03", "FO-DET-INV"],
                                                       "warns": ["RFC3263-01"]})):
                with self.subTest(hosts=hosts, times=times):
                    story = Story(hosts)
                    for at in (0, 100, 200, 300):
                        story.register(at, "primary")
                        story.register(at + 0.1, "secondary")
                    for number, at in enumerate(times, 2001):
                        self.silent_call(story, at, number)
                    self.told(story, **expected)

    def test_a_change_that_met_another_and_was_not_tried_again(self):
        """Whether its user still wanted it, nobody tells; one that is tried again comes in time."""
        for again, told in ((None, {"exit": 3, "findings": {"RFC3261-DLG-03": "inconclusive"},
                                    "says": ["whether the change was still wanted"]}),
                            (3, {"exit": 0, "findings": {"RFC3261-DLG-03": "pass"}}),
                            (1, {"exit": 0, "warns": ["RFC3261-DLG-03"]})):
            with self.subTest(again=again):
                phone = Phone()
                for server in (PRIMARY, SECONDARY):
                    phone.registers(server)
                ids = phone.calls(10, PRIMARY)
                phone.within(12.03, PRIMARY, "ACK", ids, 1)
                phone.within(20, PRIMARY, "INVITE", ids, 2, status=491)
                via = phone.queue[-2][3].split("Via: ")[1].split("\r")[0]
                phone.sends(20.03, PRIMARY, request("ACK", f"sip:2001@{PRIMARY}", via, *ids, 2))
                if again:
                    phone.within(20.02 + again, PRIMARY, "INVITE", ids, 3)
                    phone.within(20.05 + again, PRIMARY, "ACK", ids, 3)
                phone.within(60, PRIMARY, "BYE", ids, 4 if again else 3)
                self.assert_told(phone.written(self.scratch / "glare.pcap"), ["--vantage", "device"], **told)

    def test_a_registrar_that_does_not_list_the_contact(self):
        for said in ((), ("Expires: 120",), ("Contact: <sip:1001@198.51.100.9:5060>;expires=60", "Expires: 120")):
            with self.subTest(said=said):
                story = Story()
                for at in (0, 50, 170, 290):
                    story.register(at, "primary", answer=list(said))
                story.keep("secondary", (0.1, 100, 200, 300))
                self.told(story, exit=3, findings={"GRP-REG-05": "inconclusive", "RFC3261-REG-09": "inconclusive"})
