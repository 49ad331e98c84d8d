"""Whether an INVITE to the same number is the user's next call, or the device that goes on elsewhere."""
from capture_writer import request, response
from field_test import FieldTest
from registration import V4, V6, Story

TIMER_A = (0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5)


class Calls(Story):
    """Registered at both servers, and dials 2001; each INVITE has a Call-ID and a From tag of its own."""

    def __init__(self, hosts=V4):
        super().__init__(hosts)
        for server in ("primary", "secondary"):
            self.keep(server, [at + (server == "secondary") / 10 for at in range(0, 700, 100)])
        self.dialled = 0

    def invite(self, at, server, status=None, sends=TIMER_A, cancelled=None):
        """Sent so often; answered after a second if there is a status, cancelled after so long of ringing."""
        self.dialled += 1
        there = self.servers[server]
        host = there.rsplit(":", 1)[0]
        uri = f"sip:2001@{host}"
        via = f"SIP/2.0/UDP {self.phone};branch=z9hG4bKi{self.dialled};rport"
        one = (f"<sip:1001@{host}>;tag=8c1f0{self.dialled}d", f"<{uri}>", f"dial{self.dialled}@phone", 1)
        text = request("INVITE", uri, via, *one, f"Contact: <sip:1001@{self.phone}>")
        answered = [(one[0], one[1] + ";tag=s", *one[2:])] * 2
        if not status and not cancelled:
            for wait in sends:
                self.capture.udp(at + wait, self.phone, there, text)
            return
        self.capture.udp(at, self.phone, there, text)
        self.capture.udp(at + 0.1, there, self.phone, response(180, "Ringing", via, *answered[0], "INVITE"))
        end = at + (cancelled or 1)
        if cancelled:
            self.capture.udp(end, self.phone, there, request("CANCEL", uri, via, *one))
            self.capture.udp(end + 0.02, there, self.phone, response(200, "OK", via, *answered[0], "CANCEL"))
        self.capture.udp(end + 0.04, there, self.phone,
                         response(487 if cancelled else status, "Over", via, *answered[0], "INVITE"))
        self.capture.udp(end + 0.05, self.phone, there, request("ACK", uri, via, *answered[0]))


class Redials(FieldTest):
    def told(self, story, **expected):
        story.capture.frames.sort(key=lambda frame: frame[0])
        self.assert_told(story.capture.write(self.scratch / "redials.pcap"),
                         ["--profile", "phone.profile.json", "--vantage", "device", *story.named()],
                         **{"exit": None, **expected})

    def test_three_that_stay_at_a_silent_primary_are_a_habit(self):
        for hosts in (V4, V6):
            story = Calls(hosts)
            for at in (110, 150, 190):
                story.invite(at, "primary")
            with self.subTest(hosts[0]):
                self.told(story, exit=1, fails=["GRP-CALL-03", "FO-DET-INV"], warns=["RFC3263-01"])

    def test_one_that_goes_on_at_the_secondary_is_no_redial(self):
        story = Calls()
        story.invite(110, "primary")
        story.invite(142.02, "secondary", 486)
        self.told(story, does_not_say=["FAIL"], findings={"GRP-CALL-03": "pass"})

    def test_a_redial_after_a_call_that_went_on(self):
        story = Calls()
        story.invite(110, "primary")
        story.invite(142.02, "secondary", 486)
        story.invite(150, "primary")
        story.invite(182.02, "secondary", 486)
        self.told(story, does_not_say=["FAIL"], findings={"GRP-CALL-03": "pass"}, says=["(and 1 more)"])

    def test_a_redial_after_a_hang_up_is_no_failover(self):
        for ended in ({"cancelled": 5}, {"status": 486}):
            story = Calls()
            for at in (110, 120, 130):
                story.invite(at, "primary", **ended)
            with self.subTest(ended):
                self.told(story, does_not_say=["FAIL"])
