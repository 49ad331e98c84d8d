"""The slips of somebody's first quarter of an hour: one message each, with what was found and what is allowed."""
import json
import shutil
import signal
import socket
import subprocess
import unittest

from capture_writer import CaptureWriter
from support import EndToEnd, PROGRAM, ROOT, SCENARIOS, sipharness

CAPTURE = ROOT / "tests/data/field/never_again_after_480.pcap"
PROFILE, PLAN, SCENARIO = (SCENARIOS / name for name in ("profiles/baresip.json", "plans/smoke.json", "primary_down.json"))


class Slips(EndToEnd):
    def assert_told(self, words, *said, lines=1):
        """Exit code 2, and so many lines that say this."""
        out = ("--out", self.scratch / "runs") if words[0] == "run" else ()
        done = sipharness(*words, *out)
        with self.subTest(words):
            self.assert_exit(done, 2)
            self.assertEqual(len(done.stderr.splitlines()), lines, done.stderr)
            self.assertEqual(done.stdout, "")
            for text in said:
                self.assertIn(text, done.stderr)
            self.assertFalse((self.scratch / "runs").exists())

    def test_one_kind_of_file_for_another_is_told_with_what_takes_it(self):
        for words in (("run", PROFILE), ("run", "baresip"), ("serve", PROFILE), ("doctor", PROFILE),
                      ("check", CAPTURE, "--scenario", PROFILE), ("inspect", CAPTURE, "--scenario", "baresip")):
            self.assert_told(words, "found a profile; a scenario is needed here", "--profile")
        for words in (("run", PLAN), ("run", "smoke")):
            self.assert_told(words, "found a plan; a scenario is needed here", "run --plan")
        for words in (("run", "primary_down", "--profile", SCENARIO), ("run", "primary_down", "--profile", "primary_down"),
                      ("check", CAPTURE, "--profile", SCENARIO), ("inspect", CAPTURE, "--profile", "primary_down")):
            self.assert_told(words, "found a scenario; a profile is needed here")
        self.assert_told(("run", "--plan", SCENARIO), "found a scenario; a plan is needed here")
        self.assert_told(("check", SCENARIO), "JSON, not a capture", "sipharness run")

    def test_a_folder_that_is_none_of_a_run_or_is_one_is_told(self):
        for command in ("check", "inspect"):
            self.assert_told((command, self.scratch), "no run folder, it has no run.json", "runs/latest")
        sipharness("run", "both_up_register", "--out", self.scratch / "played", "--quiet")
        folder = self.scratch / "played/latest"
        for command in ("run", "validate"):
            self.assert_told((command, folder), "a run folder; sipharness check judges it", f"{folder}/scenario.json")
        done = sipharness("run", "both_up_register", "--resume", folder)
        self.assert_exit(done, 2)
        self.assertIn("found one run; allowed is the folder of all runs", done.stderr)

    def test_a_text_that_is_no_json_is_told(self):
        page = ROOT / "README.md"
        for words in (("run", page), ("serve", page), ("run", "primary_down", "--profile", page)):
            self.assert_told(words, f'{page}:1:1: found "# sipharness', "allowed is JSON: one object")

    def test_a_taken_port_leaves_no_folder(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.11", 0))
            scenario = json.loads(SCENARIO.read_text())
            scenario["servers"]["primary"] |= {"address": "127.0.0.11", "port": taken.getsockname()[1]}
            file = self.scratch / "taken.json"
            file.write_text(json.dumps(scenario))
            done, folders = self.run_scenarios(file, "--clock", "real", "--capture", "tap")
        self.assert_exit(done, 4)
        self.assertEqual(folders, {})
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_names_are_told_with_those_that_are_like_them(self):
        for words, said in ((("run", "primary"), "did you mean primary_answers_slowly, "), (("run", "guid"), '"guide"'),
                            (("run", "registrar_refuses/4"), "allowed is 403 or 404"),
                            (("run", "primary_down", "--device", "baresip"), 'did you mean "process:baresip"?'),
                            (("explain", "3261"), "see sipharness list requirements"),
                            (("explain", "GRP-CALL-03", "GRP-CALLL"), "GRP-CALL-01"),
                            (("run", "primary_down", "--profile", "acme"), "see sipharness list devices"),
                            (("serve", "guide"), "scenarios; one is needed here")):
            self.assert_told(words, said)

    def test_a_command_or_an_option_that_is_none_is_told_alone(self):
        for words, said in ((("hlep",), 'did you mean "help"?'), (("version",), 'did you mean "--version"?')):
            self.assert_told(words, said)
        for words, said in ((("--hlep",), 'unknown option --hlep; did you mean "--help"?'), (("-v",), "unknown option -v\n"),
                            (("selftest", "--sedes", "2"), 'unknown option --sedes; did you mean "--seeds"?'),
                            (("check", CAPTURE, "--deviate", "x"), "unknown option --deviate\n"),
                            (("run", "primary_down", "--jobs", "x"), "found x; allowed is a whole number from 1 to 64")):
            self.assert_told(words, said, "--help for the options", lines=2)

    def test_a_value_that_is_empty_or_wrong_is_told(self):
        self.assert_told(("run", ""), "word 2 of the command line is empty")
        for words in (("run", "primary_down", "--json", ""), ("check", CAPTURE, "--json="), ("check", CAPTURE, "--json", "")):
            self.assert_told(words, "--json: the value is empty")
        for wait in ("5", "-5s", "0s"):
            self.assert_told(("run", "primary_down", "--device", "external", "--wait", wait),
                             f"--wait: found {wait}; allowed is a duration greater than 0")
        self.assert_told(("run", "primary_down", "--device", "phone", "--phone-address", "desk"),
                         "--phone-address: found desk; allowed is an IP address")

    def test_an_id_means_itself_though_others_begin_so(self):
        done = sipharness("explain", "RFC3261-TIMER-A")
        self.assertTrue(done.stdout.startswith("RFC3261-TIMER-A  (RFC 3261"), done.stdout)
        self.assertIn("Observed:", done.stdout)


class Files(EndToEnd):
    def validated(self, name, text):
        file = self.scratch / name
        file.write_text(text)
        done = sipharness("validate", file)
        self.assert_exit(done, 2)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        return done.stderr.replace(f"{file}:", "")

    def test_json_that_is_none_is_told_by_the_slip(self):
        text = SCENARIO.read_text()
        title = text.index('"title"')
        line = text.count("\n", 0, title) + 1
        for name, wrong, said in (("comment", text.replace('"title"', '// mine\n  "title"', 1), f"{line}:3: found a comment"),
                                  ("quotes", text.replace('"title"', "'title'", 1), f"{line}:3: found '; text stands in"),
                                  ("empty", "", "1:1: the text is empty")):
            self.assertIn(said, self.validated(f"{name}.json", wrong))
        self.assertIn("found a comma behind the last item", self.validated("comma.json", text.rstrip()[:-1] + ",}"))

    def test_minutes_are_not_taken_for_milliseconds(self):
        scenario = json.loads(SCENARIO.read_text())
        scenario["duration"] = "5m"
        self.assertIn('did you mean "5min"?', self.validated("minutes.json", json.dumps(scenario)))

    def test_a_plan_is_read_with_the_scenarios_that_it_names(self):
        plan = json.dumps({"title": "ours", "scenarios": ["both_up_register", "primary_dwon"]})
        self.assertIn('primary_dwon: no such file, and no shipped scenario has this name; did you mean "primary_down"?',
                      self.validated("ours.json", plan))


class NoSip(EndToEnd):
    def test_a_capture_of_something_else_is_told_in_a_few_lines(self):
        capture, path = CaptureWriter(), self.scratch / "rtp.pcap"
        for number in range(30):
            capture.udp(number * 0.02, "192.0.2.1:40000", "192.0.2.2:40002", b"\x80\x00" + bytes(160))
        capture.write(path)
        done = sipharness("check", path)
        self.assert_exit(done, 3)
        self.assertIn("nothing was judged: no SIP message in 30 frames; packets seen: 30 of RTP", done.stdout)
        self.assertLess(len(done.stdout.splitlines()), 12, done.stdout)


class Nobody(EndToEnd):
    @unittest.skipUnless(shutil.which("setpriv") and PROGRAM.exists(), "setpriv is not installed")
    def test_needs_no_privilege_to_judge_and_to_run_in_virtual_time(self):
        self.scratch.chmod(0o777)
        program = self.scratch / "sipharness"
        shutil.copy(PROGRAM, program)
        capture = shutil.copy(CAPTURE, self.scratch)
        shutil.copytree(SCENARIOS, self.scratch / "scenarios")
        unprivileged = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        for words in (("check", capture), ("inspect", capture), ("run", "primary_down"), ("list",)):
            done = subprocess.run([*unprivileged, program, *words], cwd=self.scratch, capture_output=True, text=True, timeout=60)
            self.assert_exit(done, 0)
            self.assertEqual(done.stderr, "")


class Waiting(EndToEnd):
    def test_says_where_the_servers_stand_and_blames_no_device_that_was_not_there(self):
        scenario = json.loads((SCENARIOS / "guide/both_up_register.json").read_text())
        scenario.pop("$schema", None)
        for name, host in (("primary", "127.77.3.11"), ("secondary", "127.77.3.12")):
            scenario["servers"][name].update(address=host, port=5070)
        file = self.scratch / "waiting.json"
        file.write_text(json.dumps(scenario))
        command = [PROGRAM, "run", file, "--device", "external", "--capture", "tap", "--out", self.scratch / "runs"]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        told = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 3)
        self.assertIn("primary at 127.77.3.11:5070, secondary at 127.77.3.12:5070, UDP and TCP; waiting up to 5min for the "
                      "first REGISTER; only this machine reaches them: --bind", told)
        findings = json.loads((self.scratch / "runs/latest/result.json").read_text())["findings"]
        self.assertEqual({f["blame"] for f in findings if f["verdict"] == "inconclusive"}, {"user"})


if __name__ == "__main__":
    unittest.main()
