"""What a capture lost of a healthy phone is not the phone's fault, also where nothing shows it at first sight; what a
phone did not send still is."""
from dialogs import Call
from field_test import FieldTest
from healthy import PRIMARY, SECONDARY, Phone

TARGET = f"sip:2001@{PRIMARY}"
DEVICE = ("--vantage", "device", "--primary", PRIMARY, "--secondary", SECONDARY)


class Lost(FieldTest):
    def registered(self):
        phone = Phone()
        for server in (PRIMARY, SECONDARY):
            phone.registers(server)
        return phone

    def lose(self, phone, *beginnings):
        """The first message that begins so, and is not of a REGISTER, for each."""
        for begin, cseq in beginnings:
            phone.queue.remove(next(one for one in phone.queue if one[3].startswith(begin) and f"CSeq: {cseq}" in one[3]))

    def told(self, phone, **expected):
        made = phone.written(self.scratch / "lost.pcap")
        for arguments in ((), DEVICE):
            with self.subTest(arguments=arguments):
                self.assert_told(made, arguments, **expected)

    def test_the_answer_of_a_phone_that_rang(self):
        for ends in ("ACK", "BYE"):
            with self.subTest(ends):
                phone = self.registered()
                ids = phone.is_called(10, PRIMARY)
                phone.within(180, PRIMARY, "BYE", ids, 1)
                self.lose(phone, ("SIP/2.0 200", "1 INVITE"))
                if ends == "BYE":
                    self.lose(phone, ("ACK", "1 ACK"))
                    self.told(phone, exit=3, findings={"RFC3261-UAS-1XX": "inconclusive"},
                              says=["the final response to frame"])
                else:
                    self.told(phone, exit=None, findings={"RFC3261-UAS-1XX": "absent"})

    def rings_reliably(self, repeats=()):
        """The far end hangs up, so that no later number of the phone shows the PRACK."""
        phone = self.registered()
        call = Call(phone, 10)
        phone.queue[-1] = (*phone.queue[-1][:3], phone.queue[-1][3].replace("Contact", "Supported: 100rel\r\nContact"))
        for late in (0, *repeats):
            call.hears(0.4 + late, 183, "e", TARGET, "Require: 100rel", "RSeq: 7")
        call.asks(0.45, "PRACK", TARGET, "e", None, "RAck: 7 1 INVITE")
        call.hears(6, 200, "e", TARGET)
        call.asks(6.02, "ACK", TARGET, "e", 1)
        call.is_asked(20, "BYE", "e", 1, TARGET)
        return phone

    def test_a_prack_and_its_answer(self):
        phone = self.rings_reliably()
        self.told(phone, exit=0, findings={"RFC3262-01": "pass"})
        self.lose(phone, ("PRACK", "2 PRACK"), ("SIP/2.0 200", "2 PRACK"))
        self.told(phone, exit=3, findings={"RFC3262-01": "inconclusive"})
        self.assert_told(self.scratch / "lost.pcap", DEVICE, exit=3, says=["the PRACK to frame"])

    def test_a_prack_that_was_asked_for_again(self):
        phone = self.rings_reliably((0.5, 1.5, 3.5))
        self.lose(phone, ("PRACK", "2 PRACK"), ("SIP/2.0 200", "2 PRACK"))
        made = phone.written(self.scratch / "lost.pcap")
        self.assert_told(made, DEVICE, exit=1, fails=["RFC3262-01"])

    def test_the_answers_of_two_servers_at_once(self):
        for lost in (0, 100):
            phone = self.registered()
            phone.queue = [one for one in phone.queue if one[1] or int(one[0]) != lost]
            self.told(phone, exit=3, findings={"RFC3261-TIMER-E": "inconclusive"})

    def test_answers_of_a_server_that_goes_on_speaking(self):
        phone = self.rings_reliably()
        ids = phone.calls(50, PRIMARY)
        phone.within(52.03, PRIMARY, "ACK", ids, 1)
        phone.within(60, PRIMARY, "BYE", ids, 2)
        phone.within(60.5, PRIMARY, "OPTIONS", (ids[0], ids[1], "other@phone"), 1)
        self.lose(phone, ("SIP/2.0 200", "2 PRACK"), ("SIP/2.0 200", "2 BYE"))
        self.told(phone, exit=3, findings={"RFC3261-TIMER-E": "inconclusive"})

    def test_a_phone_that_sends_once_into_silence(self):
        """Twice, at servers that say nothing meanwhile: that is no loss."""
        phone = self.registered()
        phone.queue = [one for one in phone.queue if one[1] or one[0] < 90]
        phone.sends(260, PRIMARY, "\r\n\r\n")
        self.assert_told(phone.written(self.scratch / "lost.pcap"), DEVICE, exit=1, fails=["RFC3261-TIMER-E"])
