"""The checks judge captures that no code of ours made: written packet by packet from the time tables,
once right and once wrong in each of several ways."""
import json
import unittest

from simple_phone import PRIMARY, SECONDARY, TIMER_A, TIMER_E, SimplePhone
from support import EndToEnd, sipharness, tshark

PROFILE = "tests/data/profiles/simple_phone.json"
ALWAYS = {"RFC3261-REG-01", "RFC3261-REG-02", "RFC3261-REG-05", "RFC3261-GEN-01", "RFC3261-GEN-02",
          "RFC3261-GEN-03", "RFC3261-GEN-04", "RFC3261-GEN-05", "RFC3261-TX-BYTEID", "GRP-REG-01"}


def primary_dies(phone, **bent):
    """Figure 7: registered at both; the primary silent from 30 s; a call at 35 s; refresh at 100 s."""
    for server in (PRIMARY, SECONDARY):
        phone.register(0, server)
    phone.fallback(35, **bent)
    phone.register(100, PRIMARY, answered=False)
    phone.register(100, SECONDARY)
    phone.register(152.01, PRIMARY, answered=False)
    phone.register(200, SECONDARY)


def primary_never_there(phone, offsets=TIMER_E, secondary_at=0.0):
    for at in (0, 52, 104):
        phone.register(at, PRIMARY, answered=False, offsets=offsets)
    for at in (secondary_at, secondary_at + 100):
        phone.register(at, SECONDARY)


def never_falls_back(calls):
    def write(phone):
        for server in (PRIMARY, SECONDARY):
            phone.register(0, server)
        for call in range(calls):
            phone.silent_invite(2 + 33 * call, PRIMARY, phone.invite(str(2001 + call), PRIMARY, f"lonely{call}"))
        phone.register(100, PRIMARY, answered=False)
        phone.register(100, SECONDARY)
    return write


def refreshes_at(second):
    def write(phone):
        for server in (PRIMARY, SECONDARY):
            for at in (0, second, 2 * second, 3 * second):
                phone.register(at, server)
    return write


CAPPED_A = (0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5)
UNCAPPED_E = (0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5)

CASES = [
    ("the guide's Figure 7", primary_dies,
     {**dict.fromkeys(ALWAYS, "pass"), "GRP-CALL-03": "pass", "GRP-CALL-05": "pass", "FO-DET-INV": "pass",
      "FO-DET-EARLY": "pass", "FO-T1ST": "pass", "FO-NODUP": "pass", "FO-NOPAR": "pass",
      "RFC3261-TIMER-A": "pass", "RFC3261-TIMER-B": "pass", "RFC3261-TIMER-E": "pass",
      "RFC3261-TIMER-F": "pass", "RFC3263-01": "pass", "RFC3263-03": "pass",
      "RFC3261-CANCEL-01": "pass"}),
    ("falls back too late", lambda p: primary_dies(p, switch_after=36.0),
     {"GRP-CALL-03": "warn", "FO-DET-INV": "fail", "RFC3261-TIMER-A": "pass"}),
    ("Timer A capped", lambda p: primary_dies(p, offsets=CAPPED_A),
     {"RFC3261-TIMER-A": "fail", "GRP-CALL-03": "pass", "RFC3261-TIMER-E": "pass"}),
    ("one INVITE lost on the way to the tap", lambda p: primary_dies(p, offsets=TIMER_A[:4] + TIMER_A[5:]),
     {"RFC3261-TIMER-A": "inconclusive", "GRP-CALL-03": "pass"}),
    ("same branch at both", lambda p: primary_dies(p, same_branch=True),
     {"RFC3261-GEN-04": "fail", "RFC3263-03": "fail", "RFC3261-TIMER-A": "pass"}),
    ("never falls back", never_falls_back(3),
     {"GRP-CALL-03": "fail", "RFC3261-TIMER-A": "pass", "RFC3261-TIMER-E": "pass"}),
    ("primary never there", primary_never_there,
     {"RFC3261-TIMER-E": "pass", "RFC3261-TIMER-F": "pass", "RFC3261-TIMER-A": "not_applicable",
      "GRP-REG-01": "pass", "RFC3261-REG-10": "pass"}),
    ("Timer E uncapped", lambda p: primary_never_there(p, UNCAPPED_E),
     {"RFC3261-TIMER-E": "fail", "GRP-REG-01": "pass"}),
    ("a sequential phone", lambda p: primary_never_there(p, secondary_at=33.0),
     # Without a journal nobody knows whether the phone had just booted.
     {"RFC3261-TIMER-E": "pass", "GRP-REG-01": "inconclusive"}),
    ("refresh at E - R", refreshes_at(100),
     {"GRP-REG-04": "pass", "GRP-REG-05": "pass", "RFC3261-REG-09": "pass", "RFC3261-REG-04": "pass"}),
    ("refresh too early", refreshes_at(80),
     {"GRP-REG-05": "warn", "RFC3261-REG-09": "pass"}),
    ("refresh after the lapse", refreshes_at(121),
     {"GRP-REG-05": "fail", "RFC3261-REG-09": "fail"}),
    # Without a journal nobody knows whether the user of one call hung up; of three calls they did not.
    ("does not fall back once", never_falls_back(1),
     {"GRP-CALL-03": "inconclusive", "RFC3261-TIMER-A": "pass", "RFC3261-TIMER-E": "pass"}),
]


def slower(factor):
    """The flagship of a device whose T1 is `factor` times 0.5 s, alone at its servers."""
    def write(phone):
        for server in (PRIMARY, SECONDARY):
            phone.register(0, server)
        phone.fallback(35, switch_after=32 * factor, offsets=[at * factor for at in TIMER_A])
    return write


class IndependentCaptures(EndToEnd):
    def judge(self, write, profile=PROFILE):
        phone = SimplePhone()
        write(phone)
        capture, out = self.scratch / "phone.pcap", self.scratch / "result.json"
        phone.write(capture)
        known = ("--profile", profile) if profile else ()
        done = sipharness("check", capture, *known, "--vantage", "device", "--json", out, "--quiet")
        self.assertIn(done.returncode, (0, 1, 3), done.stderr)
        result = json.loads(out.read_text())
        self.assertEqual(result["capture"]["sip_messages"], len(phone.packets))
        return {f["requirement"]: (f["verdict"], f["message"]) for f in result["findings"]}

    def test_are_judged_by_the_tables_alone(self):
        for name, write, expected in CASES:
            findings = self.judge(write)
            for requirement, verdict in expected.items():
                with self.subTest(name, requirement=requirement):
                    self.assertEqual(findings[requirement][0], verdict, findings[requirement][1])

    def test_trap_14_an_unknown_t1_is_read_off_the_first_interval(self):
        for factor, verdict in ((1, "pass"), (2, "pass"), (0.4, "fail")):
            with self.subTest(factor=factor):
                findings = self.judge(slower(factor), profile=None)
                self.assertEqual(findings["RFC3261-TIMER-A"][0], verdict, findings["RFC3261-TIMER-A"])
                self.assertEqual(findings["PROFILE-T1"][0], "not_applicable")

    def test_accuse_nobody_who_did_right(self):
        for name, write, _ in (CASES[0], CASES[6], CASES[8], CASES[9]):
            with self.subTest(name):
                wrong = {r: f for r, f in self.judge(write).items() if f[0] in ("fail", "warn")}
                self.assertEqual(wrong, {})

    def test_are_read_by_tshark_without_a_complaint(self):
        phone = SimplePhone()
        primary_dies(phone)
        capture = self.scratch / "phone.pcap"
        phone.write(capture)
        sip = ("-d", "udp.port==5070,sip", "-d", "udp.port==5080,sip")
        self.assertEqual(len(tshark(capture, *sip, "-Y", "sip")), len(phone.packets))
        self.assertEqual(tshark(capture, *sip, "-o", "udp.check_checksum:TRUE", "-Y",
                                "_ws.malformed || udp.checksum.status == Bad"), [])


if __name__ == "__main__":
    unittest.main()
