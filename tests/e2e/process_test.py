"""Real softphones, started and driven from their profiles; and programs that misbehave."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest

from support import EndToEnd, PROGRAM, ROOT, result_of, sipharness, sip_ports, tshark, verdicts_of

PROFILES = ROOT / "scenarios/profiles"
SOFTPHONES = [path.stem for path in sorted(PROFILES.glob("*.json"))
              if json.loads(path.read_text())["kind"] == "process"]
JUDGED = (0, 1, 3)  # what a softphone cannot do is a finding; 4 would be ours
PASSWORD = "open-sesame"  # public by declaration: the shipped profiles name it


def scenario(duration, *steps):
    return {"title": "A test", "duration": duration,
            "configure": {"register_expiration": "2min"},
            "servers": {"primary": {"port": 5070}, "secondary": {"port": 5080}},
            "timeline": [{"at": "0s", "do": "boot"}, *steps], "expect": ["DUT-ALIVE"]}


def at(seconds, verb, **more):
    return {"at": f"{seconds}s", "do": verb, **more}


class Process(EndToEnd):
    def write(self, name, content):
        path = self.scratch / name
        path.write_text(json.dumps(content))
        return path

    def profile(self, script, **drive):
        """A profile whose program is this shell script; it stands in for a softphone."""
        return self.write("script.json", {
            "name": "script", "kind": "process", "account": {"password": {"test": PASSWORD}},
            "drive": {"command": ["sh", "${home}/script"], "files": {"script": script.splitlines()},
                      **drive}})

    def run_device(self, device, story, *arguments, **options):
        """Runs one scenario with a device; the finished process and its run folder."""
        done, folders = self.run_on_a_punctual_host(story, "--device", f"process:{device}", *arguments, **options)
        return done, next(iter(folders.values()), None)

    def journal(self, folder):
        return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]

    def reports(self, folder):
        return {entry["verb"]: entry["ok"] for entry in self.journal(folder)
                if entry.get("event") == "reported"}


class EverySoftphone(Process):
    def test_registers_and_calls_side_by_side_on_addresses_of_its_own(self):
        runs = {}
        for softphone in SOFTPHONES:
            out = self.scratch / softphone
            runs[softphone] = (out, subprocess.Popen(
                [PROGRAM, "run", "--device", f"process:{softphone}", "--jobs", "2", "--out", out,
                 "scenarios/guide/both_up_register.json", "scenarios/guide/call_primary_up.json"],
                cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                stdin=subprocess.DEVNULL))
        for softphone, (out, process) in runs.items():
            output, _ = process.communicate(timeout=180)
            with self.subTest(softphone):
                self.assertIn(process.returncode, JUDGED, output)
                folders = [p for p in out.iterdir() if p.is_dir() and not p.is_symlink()]
                self.assertEqual(len(folders), 2)
                for folder in folders:
                    self.assert_sound(folder)
                call = next(f for f in folders if f.name.startswith("call_primary_up"))
                self.assertTrue(self.reports(call)["dial"])
                self.assertEqual(verdicts_of(call)["GRP-CALL-01"], "pass")

    def assert_sound(self, folder):
        result = result_of(folder)
        self.assertEqual(result["capture"]["health"], "complete")
        self.assertEqual(result["capture"]["source"], "live")
        verdicts = verdicts_of(folder)
        self.assertEqual(verdicts["DUT-ALIVE"], "pass")
        self.assertEqual(verdicts["DUT-PARSE"], "pass")
        registers = tshark(folder / "capture.pcap", *sip_ports(folder), "-Y", "sip.Method==REGISTER")
        self.assertTrue(registers)
        for kept in [folder / "device.log", *(folder / "device").rglob("*")]:
            if kept.is_file():
                self.assertNotIn(PASSWORD, kept.read_text(errors="replace"))


class EveryVerb(Process):
    def test_is_seen_on_the_wire(self):
        story = self.write("every_verb.json", scenario(
            "44s",
            at(3, "dial", number="2001"), at(8, "hold"), at(10, "resume"), at(12, "hang_up"),
            at(14, "call", server="primary"), at(16, "answer"), at(19, "hang_up"),
            at(21, "call", server="primary"), at(23, "reject"), at(26, "restart"), at(34, "shutdown"), at(39, "boot")))
        runs = {}
        for softphone in SOFTPHONES:
            out = self.scratch / softphone
            runs[softphone] = (out, subprocess.Popen(
                [PROGRAM, "run", "--device", f"process:{softphone}", "--out", out, story], cwd=ROOT,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL))
        for softphone, (out, process) in runs.items():
            output, _ = process.communicate(timeout=180)
            with self.subTest(softphone):
                self.assertIn(process.returncode, JUDGED, output)
                folder = (out / "latest").resolve()
                self.assert_every_verb(folder)

    def assert_every_verb(self, folder):
        reports = self.reports(folder)
        for verb in ("boot", "dial", "hold", "resume", "hang_up", "answer", "reject", "restart", "shutdown"):
            self.assertTrue(reports.get(verb), f"{verb}: {reports}")
        seen = tshark(folder / "capture.pcap", *sip_ports(folder), "-Y", "sip", "-T", "fields",
                      "-e", "ip.dst", "-e", "sip.Method", "-e", "sip.Status-Code", "-e", "sip.CSeq.method",
                      "-e", "sdp.media_attr")
        primary = json.loads((folder / "scenario.json").read_text())["servers"]["primary"]["address"]
        sent = [line.split("\t")[1:] for line in seen if line.startswith(primary)]
        invites = [media for method, _, _, media in sent if method == "INVITE"]
        self.assertEqual(len(invites), 3, "a call, held, resumed")
        self.assertIn("sendonly", invites[1])
        self.assertNotIn("sendonly", invites[2])
        self.assertEqual(sum(method == "BYE" for method, *_ in sent), 2)
        finals = [int(status) for method, status, of, _ in sent if of == "INVITE" and status and int(status) >= 200]
        self.assertEqual(finals[0], 200)
        self.assertGreaterEqual(finals[-1], 400)
        self.assertEqual(verdicts_of(folder)["DUT-ALIVE"], "pass")


class Misbehaviour(Process):
    def test_a_killed_softphone_is_a_finding_and_the_capture_is_kept(self):
        story = self.write("killed.json", scenario("12s", at(8, "dial", number="2001")))
        out = self.scratch / "killed"
        run = subprocess.Popen([PROGRAM, "run", "--strict", "--device", "process:baresip", "--out", out, story],
                               cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               stdin=subprocess.DEVNULL)
        os.kill(self.child_of(run.pid), signal.SIGKILL)
        output, _ = run.communicate(timeout=120)
        self.assertEqual(run.returncode, 1, output)
        folder = (out / "latest").resolve()
        finding = next(f for f in result_of(folder)["findings"] if f["requirement"] == "DUT-ALIVE")
        self.assertEqual(finding["verdict"], "warn", "a row of quality: --strict makes it count")
        self.assertIn("exited", finding["message"])
        self.assertIn("137", finding["message"])
        self.assertTrue(tshark(folder / "capture.pcap", *sip_ports(folder), "-Y", "sip.Method==REGISTER"))

    def child_of(self, parent):
        """The softphone, once it has registered."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            time.sleep(0.2)
            children = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            softphones = [child for child in children
                          if pathlib.Path(f"/proc/{child}/comm").read_text() == "baresip\n"]
            logs = list(self.scratch.glob("killed/*/device.log"))
            if softphones and logs and "REGISTER_OK" in logs[0].read_text():
                return int(softphones[0])
        self.fail("the softphone did not register")

    def test_a_missing_program_ends_with_the_remedy(self):
        story = self.write("story.json", scenario("5s"))
        empty = self.scratch / "empty"
        empty.mkdir()
        done, _ = self.run_device("baresip", story, env={**os.environ, "PATH": str(empty)})
        self.assert_exit(done, 4)
        self.assertIn("baresip is not installed: apt-get install baresip-core", done.stderr)

    def test_a_verb_that_the_profile_lacks_is_told_before_anything_starts(self):
        story = self.write("story.json", scenario("5s", at(3, "hold")))
        profile = self.profile("exec sleep 60")
        done, _ = self.run_device("script", story, "--profile", profile)
        self.assert_exit(done, 4)
        self.assertIn("script cannot hold, which scenario story requires at", done.stderr)

    def test_a_scenario_that_it_cannot_play_does_not_keep_the_others_from_their_turn(self):
        profile = self.profile("exec sleep 60", ready={"within": "1s"})
        first = self.write("first.json", scenario("5s", at(3, "hold")))
        second = self.write("second.json", scenario("5s"))
        done, folders = self.run_scenarios(first, second, "--device", "process:script",
                                           "--profile", profile, "--wait", "2s")
        self.assert_exit(done, 4)
        self.assertIn("sipharness: first: script cannot hold", done.stderr)
        self.assertTrue((folders["second"] / "result.json").exists())

    def test_a_program_that_hangs_ends_in_bounded_time(self):
        story = self.write("story.json", scenario("5s"))
        profile = self.profile("trap '' TERM\nwhile true; do sleep 0.1; done",
                               ready={"output": "never printed", "within": "1s"})
        done, folder = self.run_device("script", story, "--profile", profile, "--wait", "3s")
        self.assert_exit(done, 3)
        self.assertIn("killed with status 137", (folder / "device.log").read_text())
        self.assertFalse(self.reports(folder)["boot"])

    def test_a_program_that_floods_its_output_fills_no_disk_and_delays_nobody(self):
        story = self.write("story.json", scenario("5s"))
        profile = self.profile("exec yes 'a line that nobody wants'")
        done, folder = self.run_device("script", story, "--profile", profile, "--wait", "3s")
        self.assert_exit(done, 3)
        log = folder / "device.log"
        self.assertLess(log.stat().st_size, 9_000_000)
        lags = [entry["worst_ns"] for entry in self.journal(folder) if entry.get("event") == "lag"]
        self.assertTrue(lags)
        self.assertLess(min(lags), 500_000_000, "a busy host is not late in every second")


class Challenged(Process):
    def test_is_asked_for_its_password_in_the_healthy_runs_too(self):
        content = scenario("6s")
        for server in content["servers"].values():
            server["rules"] = [{"method": "REGISTER", "challenge": {"realm": "a.test"}}]
        done, folder = self.run_device("baresip", self.write("challenged.json", content))
        self.assertIn(done.returncode, (0, 3), done.stdout + done.stderr)
        self.assertTrue(result_of(folder)["bracket"]["before"]["ok"])
        before = folder / "before"
        refused = tshark(before / "capture.pcap", *sip_ports(before), "-Y", "sip.Status-Code == 401")
        granted = tshark(before / "capture.pcap", *sip_ports(before), "-Y",
                         'sip.Status-Code == 200 && sip.contact.parameter contains "expires=60"')
        self.assertGreaterEqual(len(refused), 2)
        self.assertGreaterEqual(len(granted), 2)


class RefusedCall(Process):
    def test_ends_the_healthy_run_at_once_and_is_told(self):
        command = ["sh", "-c", f"exec python3 {ROOT}/tests/e2e/hand_phone.py $B 1001 60 $P $S"]
        verbs = {verb: {"send": [line], "within": "1s"} for verb, line in
                 (("dial", "dial ${number}"), ("hang_up", "hangup"), ("answer", "answer"))}
        profile = self.write("hand.json", {
            "name": "hand", "kind": "process", "vendor_claims": ["guide"], "drive": {
                "command": command, "verbs": verbs, "stop": {"send": ["quit"]}, "environment": {
                    "HAND_PHONE_REFUSES": "403 Forbidden", "B": "${device.address}:${port.sip}",
                    "P": "${primary.address}:${primary.port}", "S": "${secondary.address}:${secondary.port}"}}})
        done, folder = self.run_device("hand", "scenarios/guide/incoming_via_secondary.json",
                                       "--profile", profile)
        self.assert_exit(done, 3)
        result = result_of(folder)
        before = result["bracket"]["before"]
        self.assertIn("a call from the healthy secondary was answered 403", before["reason"])
        self.assertIn("the call was refused with 403", before["reason"])
        refused = next(f for f in result["findings"] if f["requirement"] == "GRP-CALL-07")
        self.assertEqual(refused["verdict"], "warn", refused)
        ended = next(e for e in reversed(self.journal(folder / "before")) if e["event"] == "ended")
        self.assertLess(ended["t_ns"], 15e9)
        self.assert_a_late_host_is_blamed_instead(folder)

    def assert_a_late_host_is_blamed_instead(self, folder):
        journal = folder / "before/journal.jsonl"
        lines = [json.loads(line) for line in journal.read_text().splitlines()]
        for event in lines:
            if event["event"] == "lag":
                event["worst_ns"] = 2_000_000_000
        journal.write_text("".join(json.dumps(event) + "\n" for event in lines))
        report = self.scratch / "late.json"
        self.assert_exit(sipharness("check", folder, "--json", report, "--quiet"), 3)
        result = json.loads(report.read_text())
        self.assertIn("the host was 2.0000 s late", result["bracket"]["before"]["reason"])
        blamed = {f["blame"] for f in result["findings"] if f["verdict"] == "inconclusive"}
        self.assertEqual(blamed, {"host"})


class Interrupted(Process):
    def test_in_the_healthy_run_before_the_fault_blames_no_configuration(self):
        out = self.scratch / "runs"
        process = subprocess.Popen(
            [PROGRAM, "run", "scenarios/primary_down.json", "--device", "process:baresip", "--out", out],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + 60
        while not any('"sent"' in j.read_text() for j in out.glob("*/before/journal.jsonl")):
            self.assertLess(time.monotonic(), deadline, "the healthy run did not begin")
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 3, said)
        result = result_of((out / "latest").resolve())
        self.assertTrue(result["interrupted"])
        self.assertEqual(result["bracket"]["before"]["reason"], "the user interrupted the healthy run")


class ControlConnection(Process):
    # Listens on a UNIX socket, prints what it is told, and answers with its argument.
    LISTENER = """import socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind("control")
server.listen()
peer, _ = server.accept()
while True:
    told = peer.recv(1000)
    if not told or b"quit" in told:
        break
    print("told", told.decode().strip(), flush=True)
    peer.sendall(sys.argv[1].encode().decode("unicode_escape").encode())
"""

    def run_listener(self, answer, framing):
        story = self.write("story.json", scenario("10s"))  # the news is due in 5 s: a busy host may be late
        profile = self.write("listener.json", {
            "name": "listener", "kind": "process", "drive": {
                "command": ["python3", "listener.py", answer],
                "files": {"listener.py": self.LISTENER.splitlines()},
                "control": {"address": "${home}/control", "framing": framing},
                "verbs": {"boot": {"send": ["hello there"], "ok": ["world"], "within": "5s"}},
                "stop": {"send": ["quit"]}}})
        done, folder = self.run_device("listener", story, "--profile", profile, "--wait", "8s")
        self.assert_exit(done, 3)
        return self.reports(folder), (folder / "device.log").read_text()

    def test_carries_orders_and_news_line_by_line(self):
        reports, log = self.run_listener("hello world\\n", "lines")
        self.assertTrue(reports["boot"])
        self.assertIn("< told hello there", log)
        self.assertIn("exited with status 0", log)

    def test_carries_them_as_json_in_netstrings(self):
        reports, log = self.run_listener('16:{"world": "yes"},', "netstring_json")
        self.assertTrue(reports["boot"])
        self.assertIn('< told 36:{"command":"hello","params":"there"},', log)

    def test_that_breaks_its_framing_is_told_and_does_no_harm(self):
        reports, log = self.run_listener("99999999:world", "netstring_json")
        self.assertFalse(reports["boot"])
        self.assertIn("| the control connection sent a netstring that begins with no length", log)


class ListDevices(Process):
    def test_says_what_can_be_run_and_what_is_missing(self):
        empty = self.scratch / "empty"
        empty.mkdir()
        for path, word in ((os.environ["PATH"], "installed"), (str(empty), "missing: apt-get install baresip-core")):
            done = subprocess.run([PROGRAM, "list", "devices"], cwd=ROOT, text=True, capture_output=True,
                                  env={**os.environ, "PATH": path}, check=True)
            self.assertIn("process:baresip", done.stdout)
            self.assertIn(word, done.stdout)


if __name__ == "__main__":
    unittest.main()
