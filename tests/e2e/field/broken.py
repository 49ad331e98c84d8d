"""The broken twins of a healthy phone: each fault is told in whatever way a capture shows it, and nothing else is."""
import re

from capture_writer import CaptureWriter, request, response
from field_test import FieldTest
from healthy import PHONE, PRIMARY, SECONDARY, Phone, host

INSIDE, OUTSIDE, FAR = "10.0.0.5:5060", "198.51.100.1:40001", "192.0.2.90:5060"
GONE, COPIES = 240, (0.5, 1.5, 3.5, 7.5, 15.5, 31.5)


def life(streams=()):
    """A phone registered at both servers, called by each, that calls by the primary and, when that is silent, by the
    secondary: calls c60 and over of its own, in10, in30 and in90 to it, a subscription at each server."""
    phone = Phone(streams)
    for server in (PRIMARY, SECONDARY):
        phone.registers(server, times=(0, 100, 200, 300))
    for at, server in ((10, PRIMARY), (30, SECONDARY)):
        ids = phone.is_called(at, server)
        phone.is_asked(at + 4, server, "INVITE", ids, 2)
        phone.is_asked(at + 4.1, server, "ACK", ids, 2)
        phone.is_asked(at + 8, server, "BYE", ids, 3)
    ids = phone.calls(60, PRIMARY)
    phone.within(62.03, PRIMARY, "ACK", ids, 1)
    phone.within(65, PRIMARY, "INVITE", ids, 2)
    phone.within(65.05, PRIMARY, "ACK", ids, 2)
    phone.within(70, PRIMARY, "BYE", ids, 3)
    ids = phone.is_called(90, PRIMARY)
    phone.within(94, PRIMARY, "INFO", ids, 1)
    phone.within(96, PRIMARY, "INVITE", ids, 2)
    phone.within(96.05, PRIMARY, "ACK", ids, 2)
    phone.within(98, PRIMARY, "BYE", ids, 3)
    for server in (PRIMARY, SECONDARY):
        subscribes(phone, server)
    calls_over_the_secondary(phone)
    return phone


def subscribes(phone, server):
    """At 5 s, and in its dialog at 150 s: s10 at the primary, s20 at the secondary."""
    sender, to = f"<sip:1001@{host(server)}>;tag=5ab5c{server[8:10]}", f"<sip:2002@{host(server)}>"
    call, own = f"s{server[8:10]}@phone", to + ";tag=n0t1f1e4"
    more = ("Event: dialog", "Expires: 600")
    contact = f"Contact: <sip:2002@{server}>"
    for number, (at, party) in enumerate(((5, to), (150, own)), 1):
        via = phone.via(server)
        uri = "sip:2002@" + (host(server) if party == to else server)
        phone.sends(at, server, request("SUBSCRIBE", uri, via, sender, party, call, number, phone.contact(server),
                                        *more))
        phone.gets(at + 0.02, server, response(200, "OK", phone.heard(via, server), sender, own, call, number,
                                               "SUBSCRIBE", contact, "Expires: 600"))
        phone.is_asked(at + 0.05, server, "NOTIFY", (sender, own, call), number, "Event: dialog",
                       "Subscription-State: active;expires=600")


def calls_over_the_secondary(phone):
    sender, to, call = "<sip:1001@192.0.2.10>;tag=c0ffee90", "<sip:2001@192.0.2.10>", "over@phone"
    via = phone.via(PRIMARY)
    for late in (0,) if PRIMARY in phone.streams else (0, *COPIES):
        phone.sends(GONE + late, PRIMARY, request("INVITE", "sip:2001@192.0.2.10", via, sender, to, call, 1,
                                                  phone.contact(PRIMARY)))
    at, via = GONE + 32, phone.via(SECONDARY)
    phone.sends(at, SECONDARY, request("INVITE", "sip:2001@192.0.2.20", via, sender, to, call, 1,
                                       phone.contact(SECONDARY)))
    own = to + ";tag=f00d4a11"
    for after, status, party in ((0.02, 100, to), (0.4, 180, own), (2, 200, own)):
        phone.gets(at + after, SECONDARY, response(status, "Told", phone.heard(via, SECONDARY), sender, party, call, 1,
                                                   "INVITE", f"Contact: <sip:2001@{SECONDARY}>"))
    phone.within(at + 2.03, SECONDARY, "ACK", (sender, own, call), 1)
    phone.within(at + 10, SECONDARY, "BYE", (sender, own, call), 2)


# What becomes of a message, (time, whether the phone sends it, server, text): what it is instead, or None.


def written(old, new):
    return lambda at, mine, server, text: (at, mine, server, re.sub(old, new, text) if mine else text)


def echoed(old, new):
    """The answer repeats what the request says wrong."""
    return lambda at, mine, server, text: (at, mine, server, re.sub(old, new, text, count=1))


def answered(status, become):
    """Of the answers of the phone only those with this status."""
    return lambda at, mine, server, text: (become if text.startswith(f"SIP/2.0 {status}") else kept)(
        at, mine, server, text)


def kept(*message):
    return message


def later(seconds):
    return lambda at, mine, server, text: (at + seconds, mine, server, text)


def over(server):
    return lambda at, mine, _, text: (at, mine, server, text)


def unsent(at, mine, server, text):
    return None if mine else (at, mine, server, text)


def without(header):
    return written(f"{header}: [^\r]*\r\n", "")


def refused(at, mine, server, text):
    return at, mine, server, text.replace("SIP/2.0 200 Told", "SIP/2.0 481 Gone")


FROM_TAG = echoed(r"(\nFrom: [^;\r]*;tag=)\w+", r"\1f0re16n")
TO_TAG = echoed(r"(\nTo: [^;\r]*;tag=)\w+", r"\1f0re16n")
TARGET = written(r"\A(\w+ sip:2001@\S+):5060 SIP", r"\1 SIP")

# Each: what it touches (Call-ID, CSeq, server), how, and the rows that it breaks.
FAULTS = {
    "a BYE after the failover without Max-Forwards": (
        ("over", "2 BYE", SECONDARY), without("Max-Forwards"), {"RFC3261-GEN-01", "RFC3261-GEN-02"}),
    "a BYE after the failover without the cookie": (
        ("over", "2 BYE", SECONDARY), written("z9hG4bK", ""), {"RFC3261-GEN-03"}),
    "a BYE after the failover numbered as its INVITE": (
        ("over", "2 BYE", SECONDARY), written("CSeq: 2", "CSeq: 1"), {"RFC3261-GEN-12"}),
    "an INVITE over the secondary without Contact": (
        ("over", "1 INVITE", SECONDARY), without("Contact"), {"RFC3261-GEN-07"}),
    "a BYE of the primary's call over the secondary": (
        ("c60", "3 BYE", PRIMARY), over(SECONDARY), {"RFC3261-ROUTE-03", "FO-MID-02"}),
    "a re-INVITE of the primary's call over the secondary": (
        ("c60", "2 INVITE", PRIMARY), over(SECONDARY), {"RFC3261-ROUTE-03", "FO-MID-03"}),
    "a BYE of the secondary's call over the primary": (
        ("over", "2 BYE", SECONDARY), over(PRIMARY), {"RFC3261-ROUTE-03"}),
    "an ACK of the secondary's call over the primary": (
        ("over", "1 ACK", SECONDARY), over(PRIMARY), {"RFC3261-ROUTE-03", "RFC3261-ACK-2XX"}),
    "no ACK after the failover": (("over", "1 ACK", SECONDARY), unsent, {"RFC3261-ACK-2XX"}),
    "no answer to the secondary's re-INVITE": (("in30", "2 INVITE", SECONDARY), unsent, {"RFC3261-UAS-100"}),
    "no answer to a BYE of the secondary": (("in30", "3 BYE", SECONDARY), unsent, {"RFC3261-DLG-05"}),
    "no answer to a BYE of the primary": (("in10", "3 BYE", PRIMARY), unsent, {"RFC3261-DLG-05"}),
    "a BYE with another From tag": (("c60", "3 BYE", PRIMARY), FROM_TAG, {"RFC3261-DLG-06"}),
    "a BYE with another From tag, refused": (
        ("c60", "3 BYE", PRIMARY), lambda *message: refused(*FROM_TAG(*message)), {"RFC3261-DLG-06"}),
    "a BYE with another To tag": (("c60", "3 BYE", PRIMARY), TO_TAG, {"RFC3261-DLG-06"}),
    "a BYE after the failover with another From tag": (("over", "2 BYE", SECONDARY), FROM_TAG, {"RFC3261-DLG-06"}),
    "a re-INVITE with another From tag": (("c60", "2 INVITE", PRIMARY), FROM_TAG, {"RFC3261-DLG-06"}),
    "an INFO of a called phone with another From tag": (("in90", "1 INFO", PRIMARY), FROM_TAG, {"RFC3261-DLG-06"}),
    "a BYE of a called phone with another To tag": (("in90", "3 BYE", PRIMARY), TO_TAG, {"RFC3261-DLG-06"}),
    "a SUBSCRIBE of the secondary's dialog with another From tag": (
        ("s20", "2 SUBSCRIBE", SECONDARY), FROM_TAG, {"RFC3261-DLG-06"}),
    "a BYE to whom it called": (("c60", "3 BYE", PRIMARY), TARGET, {"RFC3261-ROUTE-04"}),
    "a re-INVITE to whom it called": (("c60", "2 INVITE", PRIMARY), TARGET, {"RFC3261-ROUTE-04"}),
    "an INFO to who called it": (("in90", "1 INFO", PRIMARY), TARGET, {"RFC3261-ROUTE-04"}),
    "a BYE after the failover to whom it called": (("over", "2 BYE", SECONDARY), TARGET, {"RFC3261-ROUTE-04"}),
    "a SUBSCRIBE of the primary's dialog to whom it watches": (
        ("s10", "2 SUBSCRIBE", PRIMARY), written(r"sip:2002@(\S+):5060 SIP", r"sip:2002@\1 SIP"), {"RFC3261-ROUTE-04"}),
    "a re-INVITE without Contact": (("c60", "2 INVITE", PRIMARY), without("Contact"), {"RFC3261-GEN-07"}),
    "a SUBSCRIBE without Contact": (("s20", "1 SUBSCRIBE", SECONDARY), without("Contact"), {"RFC3261-GEN-07"}),
    "a 180 without To tag": (
        ("in10", "1 INVITE", PRIMARY), answered(180, written(r"(\nTo: [^;\r]*);tag=\w+", r"\1")), {"RFC3261-GEN-14"}),
    "a 180 with another To tag than the 200": (
        ("in30", "1 INVITE", SECONDARY), answered(180, TO_TAG), {"RFC3261-GEN-14"}),
    "a 180 with another CSeq number": (
        ("in10", "1 INVITE", PRIMARY), answered(180, written("CSeq: 1", "CSeq: 2")), {"RFC3261-GEN-15"}),
    "a 180 with another method in CSeq": (
        ("in10", "1 INVITE", PRIMARY), answered(180, written("CSeq: 1 INVITE", "CSeq: 1 BYE")), {"RFC3261-GEN-15"}),
    "a 180 with another Call-ID": (
        ("in30", "1 INVITE", SECONDARY), answered(180, written("Call-ID: in", "Call-ID: out")), {"RFC3261-GEN-15"}),
    "a 200 with another From": (
        ("in10", "1 INVITE", PRIMARY), answered(200, FROM_TAG), {"RFC3261-GEN-15"}),
    "a 180 with another branch": (
        ("in10", "1 INVITE", PRIMARY), answered(180, written("z9hG4bK", "z9hG4bKno")), {"RFC3261-GEN-15"}),
    "a 180 to the other server": (
        ("in30", "1 INVITE", SECONDARY), answered(180, over(PRIMARY)), {"RFC3261-GEN-16"}),
    "an answer to BYE to the other server": (
        ("in10", "3 BYE", PRIMARY), answered(200, over(SECONDARY)), {"RFC3261-GEN-16"}),
    "a 200 without Contact": (
        ("in10", "1 INVITE", PRIMARY), answered(200, without("Contact")), {"RFC3261-GEN-17"}),
    "a 200 to a re-INVITE with two Contacts": (
        ("in30", "2 INVITE", SECONDARY), written(r"(Contact: [^\r]*\r\n)", r"\1\1"), {"RFC3261-GEN-17"}),
    "a REGISTER at the secondary that keeps its number": (
        ("r20", r"\d REGISTER", SECONDARY), written(r"CSeq: \d", "CSeq: 1"), {"RFC3261-REG-04"}),
    "a REGISTER at the secondary after the binding lapsed": (
        ("r20", "3 REGISTER", SECONDARY), later(40), {"RFC3261-REG-09"}),
}


def broken(phone, fault):
    (call, cseq, at_server), become, _ = FAULTS[fault]
    touched = re.compile(f"Call-ID: {call}@[^\r]*\r\nCSeq: {cseq}\r")
    turned = [become(*one) if one[2] == at_server and touched.search(one[3]) else one for one in phone.queue]
    assert turned != phone.queue, fault
    phone.queue = [one for one in turned if one]
    return phone


def in_ipv6(text):
    return re.sub(r"192\.0\.2\.(\d+)", r"[2001:db8::\1]", text)


def behind_a_nat(text):
    return text.replace(f"rport=5060;received={PHONE[:-5]}", "rport=40001;received=198.51.100.1").replace(PHONE, INSIDE)


def relayed(text, server, of_phone):
    """What a server makes of it on the leg to the far end: `of_phone` if the transaction is the phone's."""
    branch = re.search(r"branch=([^;\r]*)", text)[1]
    if of_phone:
        return text.replace("Via:", f"Via: SIP/2.0/UDP {server};branch={branch}up\r\nVia:", 1)
    return re.sub("Via: [^\r]*", f"Via: SIP/2.0/UDP {FAR};branch={branch}far", text, count=1)


def frames(way, at, mine, server, text):
    """(time, source, destination, text) of all frames that show one message."""
    if way == "IPv6":
        return [(at, *ends(in_ipv6(PHONE), in_ipv6(server), mine), in_ipv6(text))]
    if way == "both sides of a NAT":
        hops = ((0, INSIDE), (0.0004, OUTSIDE)) if mine else ((0, OUTSIDE), (0.0004, INSIDE))
        return [(at + late, *ends(end, server, mine), behind_a_nat(text)) for late, end in hops]
    shown = [(at, *ends(PHONE, server, mine), text)]
    is_lost = server == PRIMARY and "over@" in text
    if way == "both legs of a proxy" and "REGISTER\r\n" not in text and not is_lost:
        late = 0.001 if mine else -0.001
        of_phone = mine != text.startswith("SIP/2.0")
        shown.append((at + late, *ends(server, FAR, mine), relayed(text, server, of_phone)))
    return shown


def ends(phone, server, mine):
    return (phone, server) if mine else (server, phone)


WAYS = {"UDP": (), "IPv6": (), "both sides of a NAT": (), "both legs of a proxy": (), "TCP": (PRIMARY, SECONDARY)}


class Broken(FieldTest):
    def told(self, way, fault=None):
        phone = life(WAYS[way])
        if fault:
            broken(phone, fault)
        path = self.scratch / "made.pcap"
        if way == "TCP":
            phone.written(path)
        else:
            capture = CaptureWriter()
            for one in phone.queue:
                for frame in frames(way, *one):
                    capture.udp(*frame)
            capture.write(path)
        named = [in_ipv6(server) if way == "IPv6" else server for server in (PRIMARY, SECONDARY)]
        done, result = self.check(path, "--vantage", "device", "--primary", named[0], "--secondary", named[1])
        device = next(d["name"] for d in result["devices"] if d["account"] == "1001")
        held = {}
        for finding in result["findings"]:
            if finding.get("device", device) == device:
                held.setdefault(finding["verdict"], set()).add(finding["requirement"])
        return held, done

    def test_the_healthy_twin_is_told_so(self):
        for way in WAYS:
            with self.subTest(way):
                held, done = self.told(way)
                self.assertFalse({"fail", "warn", "inconclusive"} & set(held), done.stdout)

    def test_each_fault_is_told_and_nothing_else(self):
        """What one lost frame explains is left open over UDP; over TCP nothing is lost."""
        for way in WAYS:
            for fault, (_, _, rows) in FAULTS.items():
                with self.subTest(fault, way=way):
                    held, done = self.told(way, fault)
                    fails = held.get("fail", set()) | held.get("warn", set())
                    self.assertLessEqual(fails, rows, done.stdout)
                    self.assertTrue(rows & (fails if way == "TCP" else fails | held.get("inconclusive", set())),
                                    done.stdout)
