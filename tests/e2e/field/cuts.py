"""A packet that is cut takes nothing from another phone, and not what is wrong in a message that is whole."""
from capture_writer import CaptureWriter, ethernet, request, response, udp
from field_test import FieldTest

SERVERS = "192.0.2.10:5060", "[2001:db8::10]:5060"
PHONES = (("192.0.2.50:5060", "192.0.2.51:5060"), ("[2001:db8::50]:5060", "[2001:db8::51]:5060"))


class Cuts(FieldTest):
    def keep(self, phone, user, times, sender=None):
        for number, at in enumerate(times, 1):
            via = f"SIP/2.0/UDP {phone};branch=z9hG4bK{user}{number};rport"
            ids = (f"<sip:{sender or user}@example.com>;tag=8c1f03b7", f"<sip:{user}@example.com>", f"r{user}@phone", number)
            contact = f"Contact: <sip:{user}@{phone}>"
            self.capture.udp(at, phone, self.server,
                             request("REGISTER", "sip:example.com", via, *ids, contact, "Expires: 120"))
            self.capture.udp(at + 0.02, self.server, phone,
                             response(200, "OK", via, ids[0], ids[1] + ";tag=s", *ids[2:], "REGISTER",
                                      contact + ";expires=120"))

    def cut(self, at, source, destination):
        via = f"SIP/2.0/UDP {source};branch=z9hG4bKlong;rport"
        text = request("MESSAGE", "sip:2001@example.com", via, "<sip:1001@example.com>;tag=7d2e91ab",
                       "<sip:2001@example.com>", "long@phone", 1, body="x" * 900)
        whole = ethernet(udp(source, destination, text))
        self.capture.frame(at, whole[:400], len(whole))

    def told(self, late=0, sender=None, from_server=False):
        """By device: the verdicts of REG-02 and REG-09, one packet of 1001 being cut."""
        for self.server, (first, second) in zip(SERVERS, PHONES):
            self.capture = CaptureWriter()
            self.keep(first, "1001", (0, 100, 200, 300, 400), sender)
            self.keep(second, "1002", (3, 103, 203, 303 + late, 400 + late))
            for at in range(20, 400, 30):
                self.capture.udp(at, second, self.server, "\r\n\r\n")
            self.cut(50, *((self.server, first) if from_server else (first, self.server)))
            done, result = self.check(self.capture.write(self.scratch / "cut.pcap"), "--primary", self.server,
                                      "--vantage", "device")
            accounts = {one["name"]: one["account"] for one in result["devices"]}
            yield {(accounts[one["device"]], one["requirement"][-6:]): one["verdict"] for one in result["findings"]
                   if one["requirement"] in ("RFC3261-REG-02", "RFC3261-REG-09")}, done.stdout

    def test_another_phone_is_judged(self):
        for from_server in (False, True):
            for late, verdict in ((0, "pass"), (60, "fail")):
                for told, stdout in self.told(late, from_server=from_server):
                    with self.subTest(late=late, from_server=from_server):
                        self.assertEqual({("1001", "REG-02"): "inconclusive", ("1001", "REG-09"): "inconclusive",
                                          ("1002", "REG-02"): "pass", ("1002", "REG-09"): verdict}, told, stdout)

    def test_what_is_wrong_in_a_whole_message_stays_so(self):
        for told, stdout in self.told(sender="1001@192.0.2.10>;x=<sip:1001"):
            self.assertEqual("fail", told["1001", "REG-02"], stdout)
