"""Third-party softphones, started by the harness in real time and captured live, side by side on
addresses of their own. Neither baresip nor linphone takes a call from a silent server to the next: they must
fail for exactly that, with the times they were seen to keep, and pass for everything they do right."""
import json
import shutil
import subprocess
import unittest

from support import EndToEnd, HOST_TOO_BUSY, PROGRAM, ROOT, result_of, sipharness, turns, was_late
from virtual_time_test import INVITE_OFFSETS, REGISTER_OFFSETS, sends

SCENARIOS = {name: f"scenarios/{folder}{name}.json" for name, folder in (
    ("primary_down", ""), ("call_primary_up", "guide/"), ("primary_silent_on_invite", "guide/"),
    ("incoming_via_secondary", "guide/"))}

# --- What each is found to do: every row of the catalogue that is not named here is not applicable ------------

ALWAYS = """DUT-ALIVE DUT-PARSE GRP-AUTH-01 GRP-CFG-02 GRP-CFG-03 GRP-ID-01 GRP-REG-01 PROFILE-EXPIRY
    PROFILE-TRANSPORT RFC3261-GEN-01 RFC3261-GEN-02 RFC3261-GEN-03 RFC3261-GEN-04 RFC3261-GEN-05 RFC3261-GEN-06
    RFC3261-GEN-11 RFC3261-REG-01 RFC3261-REG-02 RFC3261-REG-05 RFC3261-REG-06 RFC3581-01"""
REFRESHES_INTO_SILENCE = """DUT-RESTART GRP-REG-03 PROFILE-T1 RFC3261-REG-03 RFC3261-REG-04 RFC3261-REG-09 RFC3261-REG-10
    RFC3261-REG-13 RFC3261-TIMER-E RFC3261-TX-BYTEID"""
CALLS_INTO_SILENCE = """GRP-CALL-01 RFC3261-CANCEL-01 RFC3261-GEN-07 RFC3261-GEN-10 RFC3261-TIMER-A
    RFC3261-TIMER-B"""
ANSWERED_CALL = """FO-NODUP RFC3261-ACK-2XX RFC3261-BYE-01 RFC3261-CANCEL-04 RFC3261-DLG-06 RFC3261-GEN-07
    RFC3261-GEN-12 RFC3261-ROUTE-03 RFC3261-ROUTE-04 RFC3261-TIMER-A-STOP"""
# Timer F ran out and the device came back to the primary, after a while of its own choice.
FINDS_THE_LOSS = "FO-DET-REG GRP-REG-08 RFC3261-TIMER-F"

CALLED_WHILE_THE_PRIMARY_IS_LOST = """GRP-CALL-06 RFC3261-DLG-05 RFC3261-GEN-14 RFC3261-GEN-15 RFC3261-GEN-16
    RFC3261-GEN-17 RFC3261-UAS-100"""

NEVER_FALLS_BACK = {
    "GRP-CALL-03": "fail",  # 7 INVITEs to the silent primary over 31.5 s, none to the secondary
    "FO-DET-INV": "fail",   # the same, counted from the first of them
    "RFC3263-01": "warn",   # SHOULD go to the next server when Timer B fires
    # Named by the scenario, and they need what did not come: an answered call, or an INVITE at each server.
    "GRP-CALL-05": "inconclusive", "FO-NODUP": "inconclusive", "RFC3263-03": "inconclusive",
    "FO-DET-EARLY": "inconclusive", "FO-T1ST": "inconclusive", "FO-NOPAR": "inconclusive",
}
# The refresh at 90 % of 120 s leaves less than the two periods without the primary that the row asks for.
TOO_SHORT = {"GRP-REG-07": "inconclusive"}


def passing(*lists):
    return dict.fromkeys(" ".join(lists).split(), "pass")


PLAIN = {
    "call_primary_up": passing(ALWAYS, ANSWERED_CALL, "GRP-REG-02 GRP-CALL-01 GRP-CALL-02"),
    "primary_silent_on_invite": {
        **passing(ALWAYS, REFRESHES_INTO_SILENCE, CALLS_INTO_SILENCE, "GRP-REG-02"), **NEVER_FALLS_BACK,
        "RFC3261-ACK-2XX": "inconclusive"},
    "incoming_via_secondary": passing(
        ALWAYS, REFRESHES_INTO_SILENCE, FINDS_THE_LOSS, CALLED_WHILE_THE_PRIMARY_IS_LOST,
        "GRP-REG-02 GRP-REG-04 GRP-CALL-07 FO-BACK-02"),
    "primary_down": {
        **passing(ALWAYS, REFRESHES_INTO_SILENCE, CALLS_INTO_SILENCE, FINDS_THE_LOSS), **NEVER_FALLS_BACK,
        **TOO_SHORT,
        # The timeline waits for a call over the secondary: the second call is never dialled.
        "GRP-CALL-04": "inconclusive"},
}


# What each does differently. When a refresh has timed out baresip waits 30 to 60 s, by chance, and linphone
# 2 s: not at once, and yet sooner than a server that is down should be asked again (SHOULD, RFC 3261 §10.2.7).
def retrying(verdict):
    return {name: rows | ({"RFC3261-REG-11": verdict} if "RFC3261-TIMER-F" in rows else {})
            for name, rows in PLAIN.items()}


BARESIP, LINPHONE = retrying("pass"), retrying("warn")
# A person, or this driver, who dials again at the other server when a call or a refresh has timed out.
BY_HAND = {"primary_down": {
    **passing(ALWAYS, REFRESHES_INTO_SILENCE, CALLS_INTO_SILENCE, FINDS_THE_LOSS, ANSWERED_CALL, *NEVER_FALLS_BACK,
              "GRP-CALL-04 RFC3261-REG-11"), **TOO_SHORT}}
# Its outbound proxy is a Route, and its requests go there.
for of_baresip in (BARESIP, BY_HAND):
    for rows in of_baresip.values():
        rows["RFC3608-01"] = "pass"

DEVICES = {"baresip": (BARESIP, SCENARIOS), "linphone": (LINPHONE, SCENARIOS),
           "baresip_by_hand": (BY_HAND, ["primary_down"])}


def found(folder):
    """What was said of each row, but for those that nothing exercised; what is only recorded has passed."""
    return {f["requirement"]: {"info": "pass"}.get(f["verdict"], f["verdict"])
            for f in result_of(folder)["findings"] if f["verdict"] != "not_applicable"}


def message_of(folder, requirement):
    return next(f["message"] for f in result_of(folder)["findings"] if f["requirement"] == requirement)


def was_played(folder):
    """Its healthy run went well. Where it did not, what was said of it is told: these programs are not ours."""
    result = result_of(folder)
    if result["capture"]["source"] != "none":
        return True
    print(folder.name, {f.get("reason") for f in result["findings"] if f["verdict"] == "inconclusive"}, flush=True)
    return False


class Softphones(EndToEnd):
    def run_all(self, scenarios_of):
        """The run folders by device and scenario; again what the host or a healthy run spoilt."""
        folders, again = {device: {} for device in scenarios_of}, scenarios_of
        for turn in turns():
            played = self.run_once(again, turn)
            for device, by_name in played.items():
                folders[device].update(by_name)
            again = {device: [name for name, folder in by_name.items() if was_late(folder) or not was_played(folder)]
                     for device, by_name in played.items()}
            again = {device: names for device, names in again.items() if names}
            if not again:
                return folders
        if any(was_late(folder) for by_name in folders.values() for folder in by_name.values()):
            self.skipTest(HOST_TOO_BUSY)
        return folders

    def run_once(self, scenarios_of, turn):
        """All beside each other."""
        runs = {}
        for device, scenarios in scenarios_of.items():
            runs[device] = subprocess.Popen(
                [PROGRAM, "run", "--device", f"process:{device}", "--capture", "live", "--jobs", "8", "--quiet",
                 "--out", self.scratch / f"{device}-{turn}", *(self.file_of(name) for name in scenarios)],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.addCleanup(self.end, runs[device])
        said = {device: run.communicate(timeout=400)[0] for device, run in runs.items()}
        for device, run in runs.items():
            self.assertIn(run.returncode, (0, 1, 3), said[device])
        return {device: {folder.name.rsplit("-", 2)[0]: folder
                         for folder in (self.scratch / f"{device}-{turn}").iterdir()
                         if folder.is_dir() and not folder.is_symlink()} for device in runs}

    def file_of(self, name):
        """The scenario; of the one with two variants the shorter one, as a scenario of its own."""
        content = json.loads((ROOT / SCENARIOS[name]).read_text())
        if "variants" not in content:
            return SCENARIOS[name]
        variant = content.pop("variants")[0]
        variant.pop("name")
        file = self.scratch / f"{name}.json"
        if not file.exists():  # another device may be reading it
            file.write_text(json.dumps({**content, **variant}))
        return file

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.terminate()
        process.communicate()

    def test_are_found_to_do_what_they_do(self):
        folders = self.run_all({device: scenarios for device, (_, scenarios) in DEVICES.items()})
        for device, (expected, _) in DEVICES.items():
            self.assertEqual(set(folders[device]), set(expected))
            for name, rows in expected.items():
                with self.subTest(device, scenario=name):
                    result = result_of(folders[device][name])
                    self.assertEqual(result["capture"]["source"], "live")
                    self.assertEqual(result["capture"]["faults"], [])
                    self.assertEqual(found(folders[device][name]), rows)
        for device in ("baresip", "linphone"):
            with self.subTest(device):
                self.assert_calls_into_silence(folders[device])
                self.assert_registers_into_silence(folders[device]["primary_down"], device)
        with self.subTest("baresip_by_hand"):
            self.assert_call_moves(folders["baresip_by_hand"]["primary_down"])
        self.assert_are_told_apart(folders["baresip"], folders["baresip_by_hand"]["primary_down"])

    # --- tshark's word for what the findings measured ---

    def assert_offsets(self, sent, nominal):
        self.assertEqual(len(sent), len(nominal))
        for seen, expected in zip(sent, nominal):
            self.assertAlmostEqual(seen - sent[0], expected, delta=0.2)

    def assert_calls_into_silence(self, folders):
        """0.5, 1.5, 3.5 … 31.5 s to the primary, then nothing more to anybody."""
        for name in ("primary_down", "primary_silent_on_invite"):
            (sent,) = sends(folders[name], "INVITE", "primary")
            self.assert_offsets(sent, INVITE_OFFSETS)
            self.assertEqual(sends(folders[name], "INVITE", "secondary"), [])
            self.assertRegex(message_of(folders[name], "GRP-CALL-03"),
                             r"7 INVITEs at the primary, the last 31\.[45]\d\d s after the first$")

    def assert_registers_into_silence(self, folder, device):
        """0.5, 1.5, 3.5, 7.5 … 31.5 s, gives up at 32 s, and tries again when it likes to."""
        registers = sends(folder, "REGISTER", "primary")
        self.assert_offsets(registers[1], REGISTER_OFFSETS)
        least, most = {"baresip": (29, 62), "linphone": (1.5, 2.5)}[device]
        again = registers[2][0] - registers[1][0] - 32
        self.assertTrue(least < again < most, again)

    def assert_call_moves(self, folder):
        (sent, *_), (moved, *_) = (sends(folder, "INVITE", server) for server in ("primary", "secondary"))
        self.assert_offsets(sent, INVITE_OFFSETS)
        self.assertAlmostEqual(moved[0] - sent[0], 32, delta=0.2)

    # --- The same program, left alone and driven by hand, as one build and the next ---

    def says(self, code, *arguments):
        done = sipharness(*arguments)
        self.assert_exit(done, code)
        return done.stdout

    def assert_are_told_apart(self, of_baresip, by_hand):
        alone = of_baresip["primary_down"]
        with self.subTest("compare"):
            worse = self.says(1, "compare", by_hand, alone)
            self.assertTrue(worse.startswith("WORSE: 3 newly failing, "), worse)
            for row in ("GRP-CALL-03", "FO-DET-INV", "RFC3263-01"):
                self.assertIn(f"  {row} primary_down\n", worse)
            self.assertIn("3 newly passing", self.says(0, "compare", alone, by_hand))
            self.assertTrue(self.says(0, "compare", alone, alone).startswith("NO WORSE: "))
            self.assertIn("not run again  primary_down",
                          self.says(3, "compare", by_hand, of_baresip["call_primary_up"]))
        with self.subTest("matrix"):
            table = self.says(0, "matrix", alone, by_hand, "--label", "alone", "--label", "by_hand")
            for row, *verdicts in (("primary_down", "FAIL", "INCONCLUSIVE"), ("GRP-CALL-03", "FAIL", "PASS"),
                                   ("RFC3263-01", "WARN", "PASS"), ("GRP-CALL-04", "INCONCLUSIVE", "PASS")):
                self.assertRegex(table, rf"(?m)^{row} +{' +'.join(verdicts)}$")
        with self.subTest("baseline"):
            self.assert_baseline_holds(alone, by_hand)

    def assert_baseline_holds(self, alone, by_hand):
        known, none = self.scratch / "known.json", self.scratch / "none.json"
        self.says(0, "baseline", "write", alone, "--out", known)
        self.says(0, "baseline", "write", by_hand, "--out", none)
        self.assertEqual({entry["requirement"] for entry in json.loads(known.read_text())["known"]},
                         {"GRP-CALL-03", "FO-DET-INV"})
        self.assertEqual(json.loads(none.read_text())["known"], [])

        def judged_again(code, device, folder, *arguments):
            """Nothing is run: what ended is judged from a copy of it."""
            runs = self.scratch / f"{device}-again"
            shutil.copytree(folder, runs / folder.name, symlinks=True, dirs_exist_ok=True)
            return self.says(code, "run", SCENARIOS["primary_down"], "--device", f"process:{device}",
                             "--capture", "live", "--resume", runs, *arguments)

        # The timeline stopped where the call did not move: what it would have shown then nobody knows.
        self.assertIn("Baseline: 2 known failures accepted", judged_again(3, "baresip", alone, "--baseline", known))
        judged_again(1, "baresip", alone, "--baseline", none)
        for code, *how in ((3,), (1, "--strict"), (0, "--only", "GRP-CALL-03")):
            said = judged_again(code, "baresip_by_hand", by_hand, "--baseline", known, *how)
            self.assertIn("passes now: GRP-CALL-03 in primary_down", said)


if __name__ == "__main__":
    unittest.main()
