"""What goes wrong outside is told once, with its place, and nothing that was seen is lost."""
import json
import os
import re
import signal
import socket
import subprocess
import time
import unittest

from support import (EndToEnd, PROGRAM, REFUSED, ROOT, SCENARIOS, result_of, sipharness)

PLACE = re.compile(r"^\S+:\d+:\d+: ", re.MULTILINE)


class WrongInput(EndToEnd):
    def test_every_scenario_that_must_be_refused_is_refused_with_its_place(self):
        files = sorted(REFUSED.rglob("*.json"))
        self.assertGreaterEqual(len(files), 4)
        for file in files:
            with self.subTest(file.name):
                done, folders = self.run_scenarios(file)
                self.assert_exit(done, 2)
                self.assertRegex(done.stderr, PLACE)
                self.assertFalse(folders, "nothing may start before everything was read")

    def test_a_misspelt_option_requirement_or_deviation_exits_2(self):
        flagship = SCENARIOS / "primary_down.json"
        for arguments in (["--sede", "1"], ["--only", "GRP-CALL-3"], ["--deviate", "never_fals_back"],
                          ["--clock", "fast"], ["--device", "toaster"], ["--profile", "referense"]):
            with self.subTest(arguments):
                done, _ = self.run_scenarios(flagship, *arguments)
                self.assert_exit(done, 2)
                self.assertTrue(done.stderr.strip())

    def test_a_misspelt_name_is_told_with_the_nearest_one(self):
        done = sipharness("explain", "GRP-CALL-3")
        self.assert_exit(done, 2)
        self.assertIn("GRP-CALL-03", done.stderr)

    def test_a_missing_scenario_exits_2(self):
        done = sipharness("run", "scenarios/primary_dwon.json")
        self.assert_exit(done, 2)
        self.assertIn("primary_dwon.json", done.stderr)

    def test_a_capture_that_is_none_exits_2(self):
        file = self.scratch / "noise.pcap"
        file.write_bytes(b"this is no capture at all, not even nearly")
        done = sipharness("check", file)
        self.assert_exit(done, 2)
        self.assertIn("noise.pcap", done.stderr)

    def test_a_truncated_capture_is_inconclusive_and_still_judged(self):
        _, folders = self.run_scenarios(SCENARIOS / "primary_down.json")
        capture = folders["primary_down"] / "capture.pcap"
        capture.write_bytes(capture.read_bytes()[:-100])
        done = sipharness("check", folders["primary_down"], "--json", "-")
        self.assert_exit(done, 3)
        result = json.loads(done.stdout)
        self.assertEqual(result["verdict"], "inconclusive")
        self.assertTrue(any("frame" in fault for fault in result["capture"]["faults"]))


class RealTimeTrouble(EndToEnd):
    def test_a_taken_port_exits_4_and_says_what_to_do(self):
        scenario = json.loads((SCENARIOS / "guide/both_up_register.json").read_text())
        scenario.pop("$schema", None)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
            holder.bind(("127.77.1.11", 0))
            scenario["servers"]["primary"].update(address="127.77.1.11", port=holder.getsockname()[1])
            scenario["servers"]["secondary"].update(address="127.77.1.12")
            file = self.scratch / "taken.json"
            file.write_text(json.dumps(scenario))
            done, _ = self.run_scenarios(file, "--clock", "real", "--capture", "tap")
        self.assert_exit(done, 4)
        self.assertIn("127.77.1.11", done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)

    def start(self, *arguments):
        out = self.scratch / "runs"
        process = subprocess.Popen(
            [PROGRAM, "run", "--out", out, "--clock", "real", *map(str, arguments)], cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            journals = list(out.glob("*/journal.jsonl")) if out.exists() else []
            if any("dial" in j.read_text() or "boot" in j.read_text() for j in journals):
                return process, out
            time.sleep(0.05)
        self.fail("the run did not begin")

    def own_addresses(self, subnet):
        scenario = json.loads((SCENARIOS / "primary_down.json").read_text())
        scenario.pop("$schema", None)
        scenario["servers"]["primary"]["address"] = f"127.78.{subnet}.11"
        scenario["servers"]["secondary"]["address"] = f"127.78.{subnet}.12"
        file = self.scratch / "primary_down.json"
        file.write_text(json.dumps(scenario))
        return file

    def test_one_interrupt_judges_and_keeps_what_was_seen(self):
        process, out = self.start(self.own_addresses(os.getpid() % 200 + 1), "--capture", "tap")
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 3, stdout + stderr)
        result = result_of((out / "latest").resolve())
        self.assertTrue(result["interrupted"])
        self.assertGreater(result["capture"]["sip_messages"], 0)

    def test_a_killed_harness_leaves_a_readable_folder(self):
        process, out = self.start(self.own_addresses(os.getpid() % 200 + 2), "--capture", "tap")
        deadline = time.monotonic() + 15
        partial = (out / "latest").resolve() / "result.partial.json"
        while not partial.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        process.kill()
        process.communicate(timeout=20)
        self.assertIn("findings", json.loads(partial.read_text()))
        done = sipharness("check", (out / "latest").resolve(), "--json", "-")
        self.assert_exit(done, 3)
        self.assertGreater(json.loads(done.stdout)["capture"]["sip_messages"], 0)


if __name__ == "__main__":
    unittest.main()
