"""The command line as a stranger meets it: names, slips, combinations, batches, and the documents that come out."""
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import unittest
import xml.etree.ElementTree

import result_schema
from support import EndToEnd, PROGRAM, ROOT, SCENARIOS, result_of, sipharness



def at_a_terminal(*arguments, columns=80, **environment):
    """What the program writes where its standard output is a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = {**os.environ, "TERM": "xterm", **environment}
    child = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=theirs,
                             stderr=subprocess.DEVNULL, env=env)
    os.close(theirs)
    written = b""
    try:
        while chunk := os.read(ours, 65536):
            written += chunk
    except OSError:  # the terminal is gone with its last writer
        pass
    os.close(ours)
    child.wait(timeout=60)
    return written.decode("utf-8").replace("\r\n", "\n")


class Names(EndToEnd):
    def test_a_scenario_is_known_by_every_name_it_is_printed_under(self):
        for word, ran in (("both_up_register", 1), ("guide/both_up_register", 1), ("registrar_refuses/403", 1),
                          ("registration/registrar_refuses/403", 1), ("registrar_refuses", 2), ("calls", 12),
                          ("scenarios/guide/both_up_register.json", 1)):
            with self.subTest(word):
                done, _ = self.run_scenarios(word, "--json", "-")
                self.assert_exit(done, 0)
                self.assertGreaterEqual(len(json.loads(done.stdout)["results"]), ran)

    def test_profiles_and_scenarios_are_named_wherever_files_are(self):
        _, folders = self.run_scenarios("both_up_register")
        capture = folders["both_up_register"] / "capture.pcap"
        done = sipharness("check", capture, "--profile", "reference", "--scenario", "both_up_register", "--json", "-")
        result = json.loads(done.stdout)
        self.assertEqual((result["scenario"], result["devices"][0]["profile"]), ("both_up_register", "reference"))
        self.assert_exit(sipharness("validate", "baresip", "primary_down", "smoke"), 0)
        self.assertIn("did you mean \"baresip\"?", sipharness("check", capture, "--profile", "baresib").stderr)

    def test_a_slip_is_told_with_what_was_meant(self):
        for arguments, meant in ((["rnu"], "run"), (["run", "primary_dwon"], "primary_down"),
                                 (["run", "primary_down", "--sede", "1"], "--seed"),
                                 (["run", "primary_down", "--clock", "rael"], "real"),
                                 (["run", "registrar_refuses/430"], "403"), (["list", "scenario"], "scenarios"),
                                 (["run", "registrar_refuses", "--variant", "430"], "403"),
                                 (["--vresion"], "--version"), (["run", "--plan", "smoek"], "smoke"), (["run", "--tag", "gide"], "guide")):
            with self.subTest(arguments):
                done = sipharness(*arguments)
                self.assert_exit(done, 2)
                self.assertIn(f"did you mean \"{meant}\"?", done.stderr)

    def test_help_is_what_others_call_it_and_what_is_missing_is_named(self):
        self.assertEqual(sipharness("help", "run").stdout, sipharness("run", "--help").stdout)
        self.assertEqual(sipharness("help").stdout, sipharness("--help").stdout)
        for arguments, said in (([], "a command is needed: run, check"), (["check"], "capture is required"),
                                (["run", "primary_down", "--variant", "x"], "primary_down has none")):
            done = sipharness(*arguments)
            self.assert_exit(done, 2)
            self.assertIn(said, done.stderr)

    def test_what_ran_is_no_scenario_to_run(self):
        scenario = self.scratch / "mine.json"
        scenario.write_text((SCENARIOS / "guide/both_up_register.json").read_text())
        sipharness("run", scenario, "--out", self.scratch / "runs")
        self.assertIn("1 of 1", sipharness("validate", self.scratch).stdout)

    def test_a_file_says_what_it_is(self):
        profile = self.scratch / "acmephone.json"
        profile.write_text((SCENARIOS / "profiles/baresip.json").read_text())
        bare = self.scratch / "bare.json"
        bare.write_text(json.dumps({"name": "bare", "kind": "external"}))
        plan = self.scratch / "ours.json"
        plan.write_text(json.dumps({"title": "ours", "scenarios": ["primary_down"]}))
        self.assertIn("3 of 3", sipharness("validate", profile, bare, plan).stdout)
        empty = self.scratch / "empty"
        empty.mkdir()
        self.assert_exit(sipharness("validate", empty), 2)

    def test_several_requirements_are_explained_at_once(self):
        done = sipharness("explain", "GRP-CALL-03", "GRP-CALL-04", "GRP-REG")
        self.assert_exit(done, 0)
        self.assertEqual(done.stdout.count("Observed:"), 2)
        self.assertIn("GRP-REG-02", done.stdout)


class Refused(EndToEnd):
    def test_what_would_do_nothing_is_refused_before_anything_runs(self):
        for arguments, why in ((["--device", "process:baresip", "--deviate", "never_falls_back"], "reference UA"),
                               (["--capture", "live"], "--clock real"), (["--bind", "127.0.0.1"], "--clock real"),
                               (["--device", "external", "--clock", "virtual"], "real time"),
                               (["--seed", "-1"], "0 to 18446744073709551615"), (["--seed", "1e3"], "whole number"),
                               (["--wait", "5s"], "third-party"), (["--prompts"], "--device phone"),
                               (["--no-bracket"], "third-party"), (["--device", "external", "--jobs", "2"], "one such"),
                               (["--dry-run", "--json", "-"], "judges nothing"), (["--repeat", "0"], "--repeat"),
                               (["--plan", "smoke"], "--plan"), (["--resume", "/nowhere"], "no such folder")):
            with self.subTest(arguments):
                done, folders = self.run_scenarios(*arguments, "primary_down") if "--resume" not in arguments else (
                    sipharness("run", "primary_down", *arguments), {})
                self.assert_exit(done, 2)
                self.assertIn(why, done.stderr)
                self.assertFalse(folders)

    def test_a_window_that_would_be_loosened_is_told(self):
        scenario = json.loads((SCENARIOS / "guide/primary_silent_on_invite.json").read_text())
        scenario["expect"] = [{"requirement": "GRP-CALL-03", "max": "300s"}]
        file = self.scratch / "loose.json"
        file.write_text(json.dumps(scenario))
        done, _ = self.run_scenarios(file)
        self.assertIn("expect GRP-CALL-03: max 5min is looser than the 32.200 s of the requirement and changes nothing",
                      done.stdout)

    def test_a_profile_needs_no_password(self):
        profile = json.loads((SCENARIOS / "profiles/reference.json").read_text())
        profile["account"].pop("password", None)
        file = self.scratch / "profile.json"
        file.write_text(json.dumps(profile))
        done, _ = self.run_scenarios("both_up_register", "--profile", file)
        self.assert_exit(done, 0)

    def test_nothing_to_run_is_told(self):
        done = sipharness("run")
        self.assert_exit(done, 2)
        self.assertIn("--plan smoke", done.stderr)


class Documents(EndToEnd):
    def test_one_and_many_have_one_shape(self):
        one, _ = self.run_scenarios("both_up_register", "--json", "-")
        many, _ = self.run_scenarios("both_up_register", "call_primary_up", "--json", "-")
        one, many = json.loads(one.stdout), json.loads(many.stdout)
        self.assertEqual(one.keys(), many.keys())
        self.assertEqual(len(many["results"]), 2)
        self.assertEqual(one["results"][0], many["results"][0])

    def test_a_result_says_which_phone_which_harness_and_when(self):
        _, folders = self.run_scenarios("both_up_register")
        result = result_of(folders["both_up_register"])
        self.assertRegex(sipharness("--version").stdout, rf"^sipharness {result['harness']}( \([0-9a-f]{{12}}(-dirty)?\))?\n$")
        self.assertEqual(result["started"], "2024-01-01T00:00:00.000Z")
        self.assertIn("sipharness-reference", result["devices"][0]["user_agent"])

    def test_every_schema_violation_is_seen(self):
        _, folders = self.run_scenarios("both_up_register")
        result = result_of(folders["both_up_register"])
        for wrong in ({**result, "verdict": "maybe"}, {k: v for k, v in result.items() if k != "started"},
                      {**result, "findings": [{**result["findings"][0], "blame": "nobody"}]}):
            with self.assertRaises(result_schema.jsonschema.ValidationError):
                result_schema.validate(wrong)

    def test_junit_of_the_shipped_folder_is_small_and_has_the_common_shape(self):
        file = self.scratch / "junit.xml"
        done, _ = self.run_scenarios("scenarios", "--junit", file, "--json", self.scratch / "results.json", "--quiet")
        self.assert_exit(done, 0)
        self.assertLess(file.stat().st_size, 300_000)
        root = xml.etree.ElementTree.parse(file).getroot()
        assert_junit(self, root)
        results = json.loads((self.scratch / "results.json").read_text())["results"]
        self.assertEqual(len(root), len(results))
        self.assertFalse(root.findall(".//skipped"), "only what was judged stands there")
        for name in ("harness", "phone.user_agent", "clock", "seed"):
            self.assertTrue(root.find(f"./testsuite/properties/property[@name='{name}']").get("value"))


# As the XSD of the Jenkins xUnit plugin (junit-10.xsd) has it: attributes with their form, children in order.
NUMBER, SECONDS = re.compile(r"\d+"), re.compile(r"\d+\.\d+")
ANY = re.compile(r".*", re.DOTALL)
OUTCOME = ({"message": ANY, "type": ANY}, [], [])
JUNIT = {
    "testsuites": ({"name": ANY, "tests": NUMBER, "failures": NUMBER, "errors": NUMBER, "time": SECONDS}, [],
                   ["testsuite"]),
    "testsuite": ({"name": ANY, "tests": NUMBER, "failures": NUMBER, "errors": NUMBER, "skipped": NUMBER,
                   "time": SECONDS, "timestamp": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")}, ["name", "tests"],
                  ["properties", "testcase"]),
    "properties": ({}, [], ["property"]),
    "property": ({"name": ANY, "value": ANY}, ["name", "value"], []),
    "testcase": ({"name": ANY, "classname": ANY}, ["name", "classname"],
                 ["skipped", "error", "failure", "system-out"]),
    "skipped": OUTCOME, "error": OUTCOME, "failure": OUTCOME, "system-out": ({}, [], []),
}


def assert_junit(test, node):
    allowed, required, children = JUNIT[node.tag]
    for name, value in node.attrib.items():
        test.assertRegex(value, rf"\A(?:{allowed[name].pattern})\Z")
    test.assertLessEqual(set(required), set(node.attrib))
    places = [children.index(child.tag) for child in node]
    test.assertEqual(places, sorted(places))
    if node.tag == "testsuite":
        for count, tag in (("failures", "failure"), ("errors", "error"), ("tests", None)):
            cases = node.findall("testcase") if tag is None else node.findall(f"testcase/{tag}")
            test.assertEqual(int(node.get(count)), len(cases))
    for child in node:
        assert_junit(test, child)


def playable(folder, without=None):
    """A profile of baresip for hosts that do not have it; one of its verbs may be taken away."""
    profile = json.loads((SCENARIOS / "profiles/baresip.json").read_text())
    profile["drive"]["command"] = ["/bin/true"]
    profile["drive"]["verbs"].pop(without, None)
    file = folder / "profile.json"
    file.write_text(json.dumps(profile))
    return file


class Batches(EndToEnd):
    BROKEN = ("--deviate", "never_falls_back")

    def test_a_batch_ends_with_what_failed_and_why(self):
        done, _ = self.run_scenarios("both_up_register", "guide/primary_silent_on_invite", *self.BROKEN)
        self.assert_exit(done, 1)
        table = done.stdout[done.stdout.rindex("1 of 2 scenarios passed"):]
        self.assertIn("1 failed", table)
        self.assertRegex(table, r"FAIL  primary_silent_on_invite\n +GRP-CALL-03 +no INVITE at the secondary")

    def test_fail_fast_stops_and_says_what_did_not_run(self):
        junit = self.scratch / "junit.xml"
        done, folders = self.run_scenarios("guide/primary_silent_on_invite", "both_up_register", *self.BROKEN,
                                           "--fail-fast", "--junit", junit)
        self.assert_exit(done, 1)
        self.assertEqual(len(folders), 1)
        self.assertIn("NOT RUN  both_up_register", done.stdout)
        self.assertEqual(len(xml.etree.ElementTree.parse(junit).findall(".//skipped")), 1)

    def test_a_scenario_is_repeated_with_a_seed_of_its_own_each_time(self):
        done, _ = self.run_scenarios("primary_down", "--repeat", "3", "--seed", "7", "--json", self.scratch / "r.json")
        self.assert_exit(done, 0)
        self.assertIn("primary_down: 3 of 3 passed", done.stdout)
        self.assertRegex(done.stdout, r"GRP-CALL-03 +0\.500\.\.32\.200 +3 +32\.000 +32\.000")
        results = json.loads((self.scratch / "r.json").read_text())["results"]
        self.assertEqual([result["seed"] for result in results], [7, 8, 9])

    def test_a_dry_run_tells_names_and_times_and_leaves_nothing(self):
        done, folders = self.run_scenarios("primary_down", "both_up_register", "--dry-run")
        self.assert_exit(done, 0)
        self.assertRegex(done.stdout, r"3min 30s +primary_down +dial, hang_up")
        self.assertIn("2 of 2 runs, 4min 0s in real time; in virtual time, as here, seconds", done.stdout)
        self.assertFalse(folders)
        done, _ = self.run_scenarios("primary_down", "both_up_register", "--dry-run", "--jobs", "2")
        self.assertIn("3min 30s in real time with --jobs 2", done.stdout)

    def test_what_a_device_cannot_play_is_told_before_the_first_run(self):
        file = playable(self.scratch, without="dial")
        done, folders = self.run_scenarios("primary_down", "primary_down_ipv6", "--device", "process:baresip",
                                           "--profile", file)
        self.assert_exit(done, 4)
        self.assertIn("baresip cannot dial", done.stderr)
        self.assertIn("softphones are driven over IPv4", done.stderr)
        self.assertFalse(folders)
        done, _ = self.run_scenarios("--tag", "ipv6", "--device", "process:baresip", "--profile", file, "--json",
                                     self.scratch / "r.json")
        self.assert_exit(done, 3)
        left_out = json.loads((self.scratch / "r.json").read_text())["not_run"]
        self.assertEqual({one["kind"] for one in left_out}, {"left_out"})

    def test_a_batch_that_was_cut_short_is_gone_on_with(self):
        out = self.scratch / "runs"
        whole = ("guide/primary_silent_on_invite", "both_up_register", "call_primary_up", *self.BROKEN)
        sipharness("run", *whole, "--out", out, "--fail-fast")
        self.assertEqual(len([p for p in out.iterdir() if p.is_dir() and not p.is_symlink()]), 1)
        done = sipharness("run", *whole, "--resume", out, "--json", self.scratch / "resumed.json")
        self.assertIn("1 of 3 runs ended before", done.stderr)
        self.assertEqual(len([p for p in out.iterdir() if p.is_dir() and not p.is_symlink()]), 3)
        in_one_go, _ = self.run_scenarios(*whole, "--json", self.scratch / "whole.json")
        self.assertEqual(done.returncode, in_one_go.returncode)
        self.assertEqual(json.loads((self.scratch / "resumed.json").read_text()),
                         json.loads((self.scratch / "whole.json").read_text()))
        changed = sipharness("run", *whole, "--resume", out, "--seed", "2")
        self.assertNotIn("ended before", changed.stderr, "another seed asks for other runs")

    def test_a_run_that_was_killed_is_played_again(self):
        for left in ("all but its end", "nothing"):
            with self.subTest(journal=left):
                out = self.scratch / left.replace(" ", "-")
                sipharness("run", "both_up_register", "call_primary_up", "--out", out, "--quiet")
                journal = next(out.glob("call_primary_up-*")) / "journal.jsonl"
                lines = journal.read_text().splitlines(keepends=True)
                journal.write_text("" if left == "nothing" else "".join(lines[:-1]))
                done = sipharness("run", "both_up_register", "call_primary_up", "--resume", out, "--quiet")
                self.assert_exit(done, 0)
                self.assertIn("1 of 2 runs ended before", done.stderr)
                self.assertEqual(2, len(list(out.glob("call_primary_up-*"))))

    def test_the_plan_for_every_build_takes_a_quarter_of_an_hour_for_any_device(self):
        for device in (["process:baresip", "--profile", playable(self.scratch)], ["external"],
                       ["phone", "--phone-address", "192.0.2.50"]):
            done = sipharness("run", "--plan", "smoke", "--device", *device, "--dry-run")
            self.assert_exit(done, 0)
            self.assertIn("3 of 3 runs", done.stdout)
            self.assertLess(int(re.search(r"runs, (\d+)min \d+s in real time", done.stdout)[1]), 15)
        self.assert_exit(sipharness("run", "--plan", "full", "--dry-run"), 0)

    def test_scenarios_are_found_by_what_they_are(self):
        listed = sipharness("list", "scenarios", "--tag", "tcp").stdout
        self.assertRegex(listed, r"/swallowed +3min 40s +tcp +dial, hang_up, TCP")
        self.assertNotIn("primary_silent_on_invite", listed)
        smoke = sipharness("list", "scenarios", "--tag", "smoke").stdout
        self.assertRegex(smoke, r"primary_down +3min 30s +smoke guide +dial, hang_up")
        self.assertIn("smoke", sipharness("list", "plans").stdout)


class Terminals(EndToEnd):
    def run_at(self, **environment):
        return at_a_terminal("run", "guide/primary_silent_on_invite", "--deviate", "never_falls_back", "--out",
                             self.scratch, **environment)

    def test_sixteen_colours_and_none_where_nobody_wants_them(self):
        shown = self.run_at()
        colours = set(re.findall(r"\x1b\[([0-9;]*)m", shown))
        self.assertTrue(colours)
        self.assertLessEqual(colours, {"0", "1", "", *map(str, range(30, 38)), *map(str, range(90, 98))})
        self.assertNotIn("\x1b", self.run_at(NO_COLOR="1"))
        self.assertNotIn("\x1b", self.run_at(TERM="dumb"))

    def test_no_line_is_longer_than_the_terminal_is_wide(self):
        for columns in (80, 120):
            lines = self.run_at(NO_COLOR="1", columns=columns).splitlines()
            self.assertLessEqual(max(map(len, lines)), columns)
            self.assertTrue([line for line in lines if len(line) > columns - 20])
        capture = ROOT / "tests/data/field/never_again_after_480.pcap"
        for words in (("inspect", capture), ("check", capture, "--ladder"), ("list",), ("explain", "GRP-REG-08", "guide"),
                      ("run", "guide", "--dry-run")):
            lines = at_a_terminal(*words, NO_COLOR="1").splitlines()
            self.assertLessEqual(max(map(len, lines)), 80, words)

    def test_help_fits_eighty_columns(self):
        for command in ("run", "check", "list", "validate", "explain", "serve", "selftest", "doctor", "inspect", "compare",
                        "matrix", "merge", "manual"):
            with self.subTest(command):
                lines = sipharness(command, "--help").stdout.splitlines()
                self.assertLessEqual(max(map(len, lines)), 80)


if __name__ == "__main__":
    unittest.main()
