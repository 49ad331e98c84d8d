"""What befalls a run from outside: the harness is killed, a person or the system ends it, the disk is
full, the network is taken away. Whatever was seen until then is in the run folder and can be judged."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

from support import EndToEnd, PROGRAM, ROOT, SCENARIOS, result_of, sipharness, tshark

E2E = pathlib.Path(__file__).parent
AS_ROOT = unittest.skipUnless(os.geteuid() == 0, "needs root")


class RunInRealTime(EndToEnd):
    """A run of the flagship, which takes minutes when nothing befalls it."""
    name = "primary_down"

    def own_addresses(self, network, **changes):
        """A copy of the scenario on addresses that no other test uses."""
        scenario = json.loads((SCENARIOS / f"{self.name}.json").read_text())
        scenario.pop("$schema", None)
        scenario["servers"]["primary"]["address"] = f"{network}.11"
        scenario["servers"]["secondary"]["address"] = f"{network}.12"
        scenario.update(changes)
        file = self.scratch / f"{self.name}.json"
        file.write_text(json.dumps(scenario))
        return file

    def start(self, *arguments, out=None, before=()):
        """Returns the process and its run folder once the device has registered."""
        out = out or self.scratch / "runs"
        process = subprocess.Popen(
            [*before, PROGRAM, "run", "--out", out, *map(str, arguments)], cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.await_that(lambda: any('"sent"' in j.read_text() for j in out.glob("*/journal.jsonl")),
                        "the run did not begin", process)
        return process, (out / "latest").resolve()

    def start_flagship(self, subnet, *arguments):
        network = f"127.{79 + subnet}.{os.getpid() % 250 + 1}"
        return self.start(self.own_addresses(network), "--clock", "real", *arguments)

    def await_that(self, condition, otherwise, process=None, timeout=20):
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline or (process and process.poll() is not None):
                self.fail(otherwise + ("\n" + process.stderr.read() if process and process.poll() is not None else ""))
            time.sleep(0.02)

    def assert_readable(self, folder):
        """The capture is whole frames with SIP in them, the folder can be judged, nobody is blamed."""
        self.assertTrue(tshark(folder / "capture.pcap"))  # fails where a frame is cut
        done = sipharness("check", folder, "--json", "-")
        self.assert_exit(done, 3)
        result = json.loads(done.stdout)
        self.assertGreater(result["capture"]["sip_messages"], 0)
        self.assertEqual(result["capture"]["health"], "incomplete")
        self.assertFalse([f for f in result["findings"] if f["verdict"] in ("fail", "warn", "pass")])
        return result


class Killed(RunInRealTime):
    def test_leaves_verdicts_capture_and_journal(self):
        process, folder = self.start_flagship(0)
        partial = folder / "result.partial.json"
        self.await_that(partial.exists, "no verdicts so far", process)
        process.kill()
        process.wait()
        so_far = json.loads(partial.read_text())
        self.assertIn("pass", {finding["verdict"] for finding in so_far["findings"]})
        self.assertFalse((folder / "result.json").exists())
        result = self.assert_readable(folder)
        self.assertIn("the journal ends before the run did", result["capture"]["faults"])
        self.assertEqual({f["blame"] for f in result["findings"] if f["verdict"] == "inconclusive"} - {"device", "harness"},
                         {"host"})

    def test_before_anything_was_judged_leaves_capture_and_journal(self):
        process, folder = self.start_flagship(1, "--capture", "tap")
        time.sleep(1.2)
        process.kill()
        process.wait()
        self.assertFalse((folder / "result.partial.json").exists())
        self.assert_readable(folder)

    def test_a_judge_that_fails_harms_nothing_and_is_told_once(self):
        process, folder = self.start_flagship(2, "--capture", "tap")
        partial = folder / "result.partial.json"
        partial.mkdir()  # no file can take its place
        time.sleep(11)  # two judgements
        partial.rmdir()
        self.await_that(partial.is_file, "it was not judged again", process)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 3, stderr)
        told = [line for line in stderr.splitlines() if "result.partial.json" in line]
        self.assertEqual(len(told), 1, stderr)
        self.assertIn("the run continues", told[0])


class SoFar(EndToEnd):
    def test_what_the_kernel_has_not_handed_over_yet_is_not_missing(self):
        _, folders = self.run_scenarios(SCENARIOS / "guide/call_primary_up.json")
        folder = folders["call_primary_up"]
        lines = (folder / "journal.jsonl").read_text().splitlines(keepends=True)
        ended = [i for i, line in enumerate(lines) if '"capture_count"' in line]
        (folder / "journal.jsonl").write_text("".join(lines[:ended[0]]))
        self.drop_last_frames(folder / "capture.pcap", 3)
        for arguments, health in ((["--so-far"], "complete"), ([], "incomplete")):
            done = sipharness("check", folder, "--json", "-", *arguments)
            self.assertEqual(json.loads(done.stdout)["capture"]["health"], health)

    @staticmethod
    def drop_last_frames(capture, number):
        data, ends = capture.read_bytes(), [24]
        while ends[-1] < len(data):
            ends.append(ends[-1] + 16 + int.from_bytes(data[ends[-1] + 8:ends[-1] + 12], "little"))
        capture.write_bytes(data[:ends[-1 - number]])


class Ended(RunInRealTime):
    def assert_judged_and_kept(self, folder, process):
        stdout, stderr = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 3, stdout + stderr)
        result = result_of(folder)
        self.assertTrue(result["interrupted"])
        self.assertGreater(result["capture"]["sip_messages"], 0)
        self.assertEqual(result["capture"]["health"], "complete")

    def test_by_one_interrupt_a_signal_or_the_end_of_the_terminal_it_is_judged_and_kept(self):
        runs = [(self.start_in_own_folder(number), number)
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
        for (process, folder), number in runs:
            with self.subTest(number):
                process.send_signal(number)
                self.assert_judged_and_kept(folder, process)

    def test_side_by_side_by_a_signal_to_one_process_all_are_judged_and_kept(self):
        out = self.scratch / "runs"
        process, _ = self.start("scenarios/primary_down.json", "scenarios/guide/both_up_register.json", "--jobs", "2",
                                "--clock", "real", "--capture", "tap", out=out)
        self.await_that(lambda: len([j for j in out.glob("*-*/journal.jsonl") if '"sent"' in j.read_text()]) == 2,
                        "not both runs began", process)
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 3, stdout + stderr)
        self.assertEqual([result_of(f.parent)["interrupted"] for f in out.glob("*-*/result.json")], [True, True])

    def test_side_by_side_by_the_end_of_one_process_the_others_are_judged_and_it_is_told(self):
        out = self.scratch / "runs"
        process, _ = self.start("scenarios/primary_down.json", "scenarios/guide/both_up_register.json", "--jobs", "2",
                                "--clock", "real", "--capture", "tap", "--quiet", out=out)
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        self.await_that(lambda: len(children.read_text().split()) == 2, "not both runs began", process)
        os.kill(min(map(int, children.read_text().split())), signal.SIGKILL)
        stdout, stderr = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 4, stdout + stderr)
        self.assertEqual([line for line in stderr.splitlines() if "result.partial" not in line],
                         ["sipharness: primary_down: signal 9 ended its process"])
        self.assertEqual(len(list(out.glob("both_up_register-*/result.json"))), 1)

    def start_in_own_folder(self, number):
        self.scratch.mkdir(exist_ok=True)
        network = f"127.{82 + number}.{os.getpid() % 250 + 1}"
        return self.start(self.own_addresses(network), "--clock", "real", "--capture", "tap",
                          out=self.scratch / f"runs-{number}")

    def test_by_two_interrupts_it_ends_at_once_with_130(self):
        process, folder = self.start_flagship(3, "--capture", "tap")
        process.send_signal(signal.SIGSTOP)  # so that both are there when it goes on
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 130)
        self.assertFalse((folder / "result.json").exists())


@AS_ROOT
class FullDisk(RunInRealTime):
    def disk(self, kibibytes):
        place = self.scratch / "disk"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", place], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", place], check=True)
        return place

    def assert_told_once(self, stderr):
        self.assertEqual(len(stderr.strip().splitlines()), 1, stderr)
        self.assertRegex(stderr, "^sipharness: primary_down: cannot write .*(No space left on device|the disk may be full)")

    def test_in_virtual_time_exits_4_and_what_was_written_is_readable(self):
        out = self.disk(40)
        done = sipharness("run", "--out", out, SCENARIOS / "primary_down.json")
        self.assert_exit(done, 4)
        self.assert_told_once(done.stderr)
        self.assert_readable((out / "latest").resolve())

    def test_in_real_time_ends_the_run_at_once(self):
        out = self.disk(32)
        network = f"127.86.{os.getpid() % 250 + 1}"
        process, folder = self.start(self.own_addresses(network), "--clock", "real", "--capture", "tap", "--quiet",
                                     out=out)
        _, stderr = process.communicate(timeout=120)  # the flagship takes longer
        self.assertEqual(process.returncode, 4, stderr)
        # The verdicts so far may have been the first to find no room; the run went on then.
        self.assert_told_once("\n".join(line for line in stderr.splitlines() if "result.partial.json" not in line))
        self.assert_readable(folder)

    def test_before_the_run_begins_exits_4(self):
        out = self.disk(8)
        done = sipharness("run", "--out", out, SCENARIOS / "primary_down.json")
        self.assert_exit(done, 4)
        self.assert_told_once(done.stderr)

    def test_under_the_terminals_output_exits_4(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "list", "scenarios"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE,
                                  text=True, timeout=120)
        self.assertEqual(done.returncode, 4)
        self.assertIn("No space left on device", done.stderr)


class FewDescriptors(RunInRealTime):
    name = "guide/both_up_register"

    def test_a_device_that_is_turned_away_is_not_accused(self):
        (self.scratch / "guide").mkdir()
        profile = self.scratch / "profile.json"
        profile.write_text(json.dumps({"name": "tcp", "kind": "reference", "transport": "tcp"}))
        runs = []
        for few in range(12, 28):
            file = self.own_addresses(f"127.{60 + few}.{os.getpid() % 250 + 1}", duration="4s", expect=["GRP-REG-01"])
            runs.append((few, subprocess.Popen(
                ["prlimit", f"--nofile={few}", PROGRAM, "run", shutil.copy(file, self.scratch / f"{few}.json"), "--out",
                 self.scratch / "runs", "--profile", profile, "--clock", "real", "--capture", "tap", "--quiet"],
                cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)))
        told = 0
        for few, process in runs:
            with self.subTest(few):
                stdout, stderr = process.communicate(timeout=120)
                self.assertIn(process.returncode, (0, 3, 4), stdout + stderr)
                for file in self.scratch.glob(f"runs/{few}-*/result.json"):
                    result = json.loads(file.read_text())
                    self.assertFalse([f for f in result["findings"] if f["verdict"] in ("fail", "warn")])
                    told += any(f"{few} descriptors are all" in fault for fault in result["capture"]["faults"])
        self.assertGreater(told, 0, "no limit was one that turns a connection away")


class NoFolder(EndToEnd):
    def refused(self, out, *before):
        done = subprocess.run([*before, PROGRAM, "run", "--out", out, "scenarios/primary_down.json"], cwd=ROOT,
                              capture_output=True, text=True, timeout=120)
        self.assert_exit(done, 4)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        self.assertIn(str(out), done.stderr)

    def test_where_a_file_is_exits_4(self):
        file = self.scratch / "file"
        file.write_text("not a folder")
        self.refused(file)
        self.refused(file / "below")

    @AS_ROOT
    def test_where_nobody_may_write_exits_4(self):
        self.scratch.chmod(0o755)
        program = self.scratch / "sipharness"
        shutil.copy(PROGRAM, program)
        done = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "run", "--out",
             self.scratch / "runs", ROOT / "scenarios/primary_down.json", "--profile",
             ROOT / "scenarios/profiles/reference.json"], capture_output=True, text=True, timeout=120)
        self.assert_exit(done, 4)
        self.assertIn("Permission denied", done.stderr)


@AS_ROOT
@unittest.skipUnless(shutil.which("ip"), "needs iproute2")
class PulledNetwork(RunInRealTime):
    """The harness and a phone at the two ends of a cable, each in a network of its own."""
    name = "guide/both_up_register"

    def setUp(self):
        super().setUp()
        self.harness, self.phone = (f"sipharness-{os.getpid()}-{end}" for end in "hp")
        (self.scratch / "guide").mkdir()
        for network in (self.harness, self.phone):
            self.ip("netns", "add", network)
            self.addCleanup(subprocess.run, ["ip", "netns", "del", network], check=True)
        self.ip("-n", self.harness, "link", "add", "cable", "type", "veth", "peer", "name", "cable",
                "netns", self.phone)
        for network, addresses in ((self.harness, ("10.77.0.11", "10.77.0.12")), (self.phone, ("10.77.0.50",))):
            for address in addresses:
                self.ip("-n", network, "address", "add", f"{address}/24", "dev", "cable")
            for interface in ("lo", "cable"):
                self.ip("-n", network, "link", "set", interface, "up")

    @staticmethod
    def ip(*arguments):
        subprocess.run(["ip", *arguments], check=True)

    def pull(self, *how):
        """A run that loses its network two seconds after the phone has registered."""
        file = self.own_addresses("10.77.0", duration="9s", timeline=[{"at": "0s", "do": "boot"}], expect=["GRP-REG-01", "GRP-REG-02"])
        phone = subprocess.Popen(["ip", "netns", "exec", self.phone, sys.executable, E2E / "registering_phone.py",
                                  "10.77.0.50", "10.77.0.11:5070", "10.77.0.12:5080"])
        self.addCleanup(phone.wait)
        self.addCleanup(phone.kill)
        process, folder = self.start(file, "--device", "external", "--capture", "live", "--wait", "20s",
                                     before=("ip", "netns", "exec", self.harness))
        time.sleep(2)
        self.ip("-n", self.harness, *how)
        stdout, stderr = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 3, stdout + stderr)
        self.assertEqual(result_of(folder)["capture"]["source"], "live")
        result = self.assert_readable(folder)
        blamed = {(f["blame"], f["reason"]) for f in result["findings"] if f["requirement"] == "GRP-REG-01"}
        self.assertEqual(blamed, {("host", result["capture"]["faults"][0])})
        return result["capture"]["faults"]

    def test_by_an_interface_that_is_switched_off(self):
        self.assertIn("the interface cable is down", self.pull("link", "set", "cable", "down")[0])

    def test_by_a_cable_without_its_other_end(self):
        self.assertRegex(self.pull("link", "delete", "cable")[0], "the interface cable is gone")

    def test_by_an_address_that_is_taken_away(self):
        faults = self.pull("address", "delete", "10.77.0.11/24", "dev", "cable")
        self.assertIn("is gone from this host", faults[0])


if __name__ == "__main__":
    unittest.main()
