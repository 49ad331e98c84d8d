"""What goes wrong outside is told once, with its place, and nothing that was seen is lost."""
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import unittest

from support import EndToEnd, PROGRAM, REFUSED, SCENARIOS, sipharness

PLACE = re.compile(r"^\S+:\d+:\d+: ", re.MULTILINE)


class WrongInput(EndToEnd):
    def test_every_scenario_that_must_be_refused_is_refused_with_its_place(self):
        files = sorted(REFUSED.rglob("*.json"))
        self.assertGreaterEqual(len(files), 4)
        for file in files:
            with self.subTest(file.name):
                is_profile = file.stem.startswith("profile_")
                given = [SCENARIOS / "primary_down.json", "--profile", file] if is_profile else [file]
                done, folders = self.run_scenarios(*given)
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

    def test_a_capture_that_becomes_shorter_meanwhile_exits_4(self):
        file = self.scratch / "large.pcap"
        for _ in range(5):  # on a busy host it may have been read before we come to it
            self.write_large_capture(file)
            code, output, errors = self.check_while_it_becomes_shorter(file)
            if code == 4:
                break
        self.assertEqual((code, output), (4, ""), errors)
        self.assertRegex(errors, r"^sipharness: a capture became shorter while it was read, .*\n$")

    @staticmethod
    def check_while_it_becomes_shorter(file):
        """Exit code, output, errors."""
        with subprocess.Popen([PROGRAM, "check", file], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:
            maps = pathlib.Path(f"/proc/{process.pid}/maps")
            while process.poll() is None and str(file) not in maps.read_text():
                pass
            process.send_signal(signal.SIGSTOP)
            os.truncate(file, 4096)
            process.send_signal(signal.SIGCONT)
            output, errors = process.communicate(timeout=60)
        return process.returncode, output, errors

    @staticmethod
    def write_large_capture(file):
        """Frames of zeros, which take no room on the disk: half a gigabyte of them."""
        size = 1 << 16
        with file.open("wb") as capture:
            capture.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 1 << 18, 1))
            for second in range(8192):
                capture.write(struct.pack("<IIII", second, 0, size, size))
                capture.seek(size, os.SEEK_CUR)
            capture.truncate()

    def test_a_truncated_capture_is_inconclusive_and_still_judged(self):
        _, folders = self.run_scenarios(SCENARIOS / "primary_down.json")
        capture = folders["primary_down"] / "capture.pcap"
        capture.write_bytes(capture.read_bytes()[:-100])
        done = sipharness("check", folders["primary_down"], "--json", "-")
        self.assert_exit(done, 3)
        result = json.loads(done.stdout)
        self.assertEqual(result["verdict"], "inconclusive")
        self.assertTrue(any("frame" in fault for fault in result["capture"]["faults"]))

    def test_servers_of_a_capture_are_named_right_or_refused(self):
        _, folders = self.run_scenarios(SCENARIOS / "guide/both_up_register.json")
        capture = folders["both_up_register"] / "capture.pcap"
        for servers, said in ((["--primary", "127.0.0.11"], "--primary 127.0.0.11: an address with a port"),
                              (["--primary", "127.0.0.11:0"], "an address with a port"),
                              (["--primary", "sip\x1b[2J:5070"], "--primary sip\\x1b[2J:5070: an address"),
                              (["--secondary", "127.0.0.12:5080"], "--primary"),
                              (["--primary", "[::1]:5060", "--secondary", "[::1]:5060"], "name two servers")):
            with self.subTest(servers):
                done = sipharness("check", capture, *servers)
                self.assert_exit(done, 2)
                self.assertIn(said, done.stderr)
        done = sipharness("check", folders["both_up_register"], "--primary", "127.0.0.11:5070")
        self.assert_exit(done, 2)
        self.assertIn("a run folder names its servers", done.stderr)

    def test_servers_that_are_named_are_taken_so(self):
        _, folders = self.run_scenarios(SCENARIOS / "guide/call_primary_up.json")
        capture = folders["call_primary_up"] / "capture.pcap"

        def place_of_the_call(*servers):
            profile = folders["call_primary_up"] / "profile.json"
            done = sipharness("check", capture, "--only", "GRP-CALL-01", "--json", "-", "--profile", profile, *servers)
            result = json.loads(done.stdout)
            return result["findings"][0]["verdict"], result["notes"]
        right = ["--primary", "127.0.0.11:5070", "--secondary", "127.0.0.12:5080"]
        self.assertEqual(place_of_the_call(*right), place_of_the_call())
        swapped = ["--primary", "127.0.0.12:5080", "--secondary", "127.0.0.11:5070"]
        self.assertNotEqual(place_of_the_call(*swapped), place_of_the_call())
        self.assertIn("no SIP message to or from 192.0.2.1:5060, named as the primary",
                      place_of_the_call("--primary", "192.0.2.1:5060")[1])


class RealTimeTrouble(EndToEnd):
    def test_a_run_that_could_not_begin_leaves_no_folder_and_the_latest_as_it_was(self):
        out = self.scratch / "runs"
        wrong = ("run", "primary_down", "--clock", "real", "--bind", "no-such-card", "--out", out)
        done = sipharness(*wrong)
        self.assert_exit(done, 4)
        self.assertIn("--bind no-such-card: neither an address nor an interface here", done.stderr)
        self.assertEqual(list(out.iterdir()), [])
        sipharness("run", "both_up_register", "--out", out, "--quiet")
        latest = (out / "latest").resolve()
        self.assert_exit(sipharness(*wrong), 4)
        self.assertEqual((out / "latest").resolve(), latest)
        self.assert_exit(sipharness("check", out / "latest", "--quiet"), 0)

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
        self.assertIn(f"(process {os.getpid()})", done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)


if __name__ == "__main__":
    unittest.main()
