"""SIPp scripts as devices, in real time and captured live: one does what the guide says, five break one
rule each. The complete list of what each is blamed for is held here, and nothing else may be."""
import json
import re
import subprocess
import time
import unittest

from support import EndToEnd, HOST_TOO_BUSY, PROGRAM, ROOT, own_network, result_of, sip_ports, tshark, turns, was_late
from virtual_time_test import INVITE_OFFSETS, REGISTER_OFFSETS, sends

SCRIPTS = ROOT / "tests/data/sipp"
SITUATIONS = ROOT / "tests/data/scenarios_real"
PROFILE = ROOT / "tests/data/profiles/sipp.json"
SERVER_PORTS = {"primary": 5070, "secondary": 5080}


def expanded(text):
    """A script with its parts in place: <?part NAME key="value"?> is parts/NAME.xml, {key} filled in."""
    def part(match):
        content = (SCRIPTS / f"parts/{match[1]}.xml").read_text()
        for key, value in re.findall(r'(\w+)="([^"]*)"', match[2]):
            content = content.replace("{" + key + "}", value)
        return expanded(content)
    return re.sub(r"<\?part (\w+) ?(.*?)\?>", part, text)


class Play:
    """One script before one scenario, at addresses of their own."""

    def __init__(self, script, situation, scratch):
        self.network = own_network()
        self.script, self.out = scratch / f"{script}.xml", scratch / script
        self.script.write_text(expanded((SCRIPTS / f"{script}.xml").read_text()))
        scenario = json.loads((SITUATIONS / f"{situation}.json").read_text())
        for host, server in ((111, "primary"), (112, "secondary")):
            scenario["servers"][server]["address"] = f"{self.network}.{host}"
        self.scenario = scratch / f"{script}.json"
        self.scenario.write_text(json.dumps(scenario))
        self.harness, self.device = None, None

    def start_harness(self):
        self.harness = subprocess.Popen(
            [PROGRAM, "run", self.scenario, "--device", "external", "--profile", PROFILE, "--capture", "live",
             "--wait", "30s", "--no-bracket", "--out", self.out, "--quiet"],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def folder(self):
        return next(p for p in self.out.iterdir() if not p.is_symlink())

    def is_ready(self):
        """Servers and capture stand: the harness has noted that the device may boot."""
        try:
            return '"boot"' in (self.folder() / "journal.jsonl").read_text()
        except (OSError, StopIteration):
            return False

    def start_device(self):
        keys = [word for server, host in (("primary", 111), ("secondary", 112))
                for word in ("-key", server, f"{self.network}.{host}",
                             "-key", f"{server}_port", str(SERVER_PORTS[server]))]
        self.device = subprocess.Popen(
            ["sipp", "-sf", self.script, "-m", "1", "-i", f"{self.network}.101", "-p", "5062", *keys,
             "-max_retrans", "10", "-max_non_invite_retrans", "10",
             "-default_behaviors", "all,-bye", "-nostdin", f"{self.network}.111:5070"],
            cwd=self.out, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self):
        for process in (self.harness, self.device):
            if process is None:
                continue
            if process.poll() is None:
                process.kill()
            process.communicate()


# What each script is blamed for. An inconclusive row is named by the scenario and needs what the script
# never came to: a call that is answered, or an INVITE at each server. Everything else passes.
ANSWERED_CALL = ["GRP-CALL-05", "RFC3261-ACK-2XX", "RFC3261-BYE-01", "FO-NODUP"]
TWO_LEGS = ["RFC3263-03", "FO-DET-EARLY", "FO-T1ST", "FO-NOPAR"]
DEVICES = {
    "falls_back": ("call_meets_silence", {}),
    "same_branch": ("call_meets_silence", {
        "RFC3261-GEN-04": "fail", "RFC3263-03": "fail",
        # "the same request with a new branch": SHOULD, and the branch is not new.
        "RFC3263-01": "warn"}),
    "never_falls_back": ("call_meets_silence", {
        "GRP-CALL-03": "fail", "FO-DET-INV": "fail", "RFC3263-01": "warn",
        **dict.fromkeys(ANSWERED_CALL + TWO_LEGS, "inconclusive")}),
    "capped_timer_a": ("call_meets_silence", {"RFC3261-TIMER-A": "fail"}),
    "cancels_too_early": ("hang_up_unheard", {"RFC3261-CANCEL-01": "fail", "FO-NODUP": "inconclusive"}),
    "refreshes_late": ("one_refresh", {
        # One lapse, seen as: later than the period, after the expiry, in no period, unbound meanwhile.
        "GRP-REG-05": "fail", "RFC3261-REG-09": "fail", "GRP-REG-04": "fail", "GRP-REG-02": "fail"}),
}


# What each script sends to the primary, and when after the first: one INVITE, or one REGISTER after another.
SENDS = {"falls_back": ("INVITE", INVITE_OFFSETS), "same_branch": ("INVITE", INVITE_OFFSETS),
         "never_falls_back": ("INVITE", INVITE_OFFSETS), "capped_timer_a": ("INVITE", REGISTER_OFFSETS),
         "cancels_too_early": ("INVITE", INVITE_OFFSETS[:3]), "refreshes_late": ("REGISTER", [0, 66])}
LATE = 0.3


def seconds_after_the_first(folder, method):
    """tshark's word for when the script sent it."""
    transactions = sends(folder, method, "primary")
    sent = [first for (first, *_) in transactions] if method == "REGISTER" else max(transactions, key=len, default=[])
    return [at - sent[0] for at in sent]


def is_behind(folder, script):
    """The host kept SIPp waiting: what it sent too late is no fault that it was written to have."""
    method, nominal = SENDS[script]
    return any(seen > wanted + LATE for seen, wanted in zip(seconds_after_the_first(folder, method), nominal))


def blamed(folder):
    return {f["requirement"]: f["verdict"] for f in result_of(folder)["findings"]
            if f["verdict"] not in ("pass", "not_applicable", "info")}


class SippDevices(EndToEnd):
    def play_all(self):
        """The plays by script; again what the host spoilt."""
        plays, late = {}, list(DEVICES)
        for turn in turns():
            plays.update(self.play(late, turn))
            late = [script for script in late
                    if was_late(plays[script].folder()) or is_behind(plays[script].folder(), script)]
            if not late:
                return plays
        self.skipTest(HOST_TOO_BUSY)

    def play(self, scripts, turn):
        """All beside each other."""
        scratch = self.scratch / f"turn-{turn}"
        scratch.mkdir()
        plays = {script: Play(script, DEVICES[script][0], scratch) for script in scripts}
        for play in plays.values():
            self.addCleanup(play.end)
            play.start_harness()
        for play in plays.values():
            deadline = time.monotonic() + 60
            while not play.is_ready():
                self.assertIsNone(play.harness.poll(), "the harness ended before the device began")
                self.assertLess(time.monotonic(), deadline, "the harness never became ready")
                time.sleep(0.05)
            play.start_device()
        for play in plays.values():
            play.harness.wait(timeout=180)
        return plays

    def test_each_is_blamed_for_what_it_breaks_and_nothing_else(self):
        plays = self.play_all()
        for script, (_, expected) in DEVICES.items():
            with self.subTest(script):
                folder = plays[script].folder()
                result = result_of(folder)
                self.assertEqual(result["capture"]["source"], "live")
                self.assertEqual(result["capture"]["faults"], [])
                self.assertEqual(blamed(folder), expected)
                self.assertEqual(plays[script].harness.returncode, 1 if "fail" in expected.values() else 0)
        self.assert_scripts_did_as_they_say({script: play.folder() for script, play in plays.items()})

    def assert_scripts_did_as_they_say(self, folders):
        """tshark's word, so that a verdict is held against the wire and not against a script's intention."""
        for script, (method, nominal) in SENDS.items():
            with self.subTest(script):
                sent = seconds_after_the_first(folders[script], method)
                self.assertEqual(len(sent), len(nominal))
                for seen, wanted in zip(sent, nominal):
                    self.assertAlmostEqual(seen, wanted, delta=LATE)
        branches = tshark(folders["same_branch"] / "capture.pcap", *sip_ports(folders["same_branch"]),
                          "-Y", "sip.Method == INVITE", "-T", "fields", "-e", "sip.Via.branch")
        self.assertEqual(len(set(branches)), 1)
        self.assertEqual(sends(folders["never_falls_back"], "INVITE", "secondary"), [])
        self.assertEqual(len(sends(folders["cancels_too_early"], "CANCEL", "primary")), 1)


if __name__ == "__main__":
    unittest.main()
