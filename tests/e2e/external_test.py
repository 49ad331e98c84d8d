"""Devices that nobody started: known from their first REGISTER, driven by prompts, judged only where nothing
else was wrong. The device is hand_phone.py, in a network namespace of its own where that is permitted."""
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
import unittest

from support import (EndToEnd, HOST_TOO_BUSY, PROGRAM, ROOT, own_network, result_of, sipharness, turns, verdicts_of,
                     was_late)

PHONE = pathlib.Path(__file__).with_name("hand_phone.py")
NETWORK = own_network()


def address(host):
    return f"{NETWORK}.{host}"


def scenario(duration, timeline, expect, phases=True, **more):
    silent = {"rules": [{"phase": "silent", "drop": True}]} if phases else {}
    return {"title": "A test", "duration": duration, "configure": {"register_expiration": "1min"},
            "servers": {"primary": {"port": 5070, **silent}, "secondary": {"port": 5080}},
            "timeline": [{"at": "0s", "do": "boot"}, *timeline], "expect": expect, **more}


SILENCE = {"at": "3s", "do": "phase", "server": "primary", "phase": "silent"}
DIAL = [{"after": "secondary.registered", "plus": "500ms", "deadline": "10s", "do": "dial", "number": "2001"},
        {"after": "primary.answered", "plus": "500ms", "deadline": "20s", "do": "hang_up"}]


class Lab(EndToEnd):
    def setUp(self):
        super().setUp()
        self.servers = address(111)

    def phone(self, user="1001", expires=60, servers=None, host=1, where=()):
        servers = servers or [f"{self.servers}:5070", f"{self.servers}:5080"]
        local = "10.77.0.2:5062" if where else f"{address(100 + host)}:0"
        process = subprocess.Popen([*where, sys.executable, PHONE, local, user, str(expires), *servers],
                                   stdin=subprocess.PIPE, text=True)

        def end():
            process.kill()
            process.wait()
            process.stdin.close()
        self.addCleanup(end)
        return process

    def file(self, content):
        path = self.scratch / "a_test.json"
        path.write_text(json.dumps(content))
        return path

    def run_external(self, content, *arguments, timeout=180):
        out = self.scratch / "runs"
        done = sipharness("run", "--device", "external", "--bind", self.servers, "--out", out,
                          self.file(content), *arguments, timeout=timeout)
        return done, (out / "latest").resolve()

    def run_external_punctually(self, content, *arguments):
        """As run_external, again when the host was late."""
        for _ in turns():
            done, folder = self.run_external(content, *arguments)
            if not was_late(folder):
                return done, folder
        self.skipTest(HOST_TOO_BUSY)

    def assert_same_again(self, folder):
        """`check` says what `run` said, byte for byte."""
        again = self.scratch / "again.json"
        sipharness("check", folder, "--json", again, "--quiet")
        self.assertEqual(again.read_text(), (folder / "result.json").read_text())


class External(Lab):
    # --- Met, and left alone ----------------------------------------------------------------------
    def test_a_healthy_phone_is_met_and_judged_between_healthy_runs(self):
        self.phone(expires="60/4")
        content = scenario("8s", [SILENCE], ["GRP-REG-01", "DUT-ALIVE"])
        done, folder = self.run_external_punctually(content, "--wait", "40s")
        self.assert_exit(done, 0)
        result = result_of(folder)
        self.assertTrue(result["bracket"]["before"]["ok"])
        self.assertTrue(result["bracket"]["after"]["ok"])
        self.assertGreater(result["lag"]["worst_s"], 0)
        self.assertEqual([d["kind"] for d in result["devices"]], ["external"])
        self.assertTrue((folder / "before" / "capture.pcap").exists())
        self.assert_same_again(folder)

    def test_one_that_registers_at_one_server_only_is_told_so_and_nothing_else(self):
        self.phone(servers=[f"{self.servers}:5070"])
        content = scenario("8s", [SILENCE], ["GRP-REG-01", "DUT-ALIVE"])
        done, folder = self.run_external(content, "--wait", "20s")
        self.assert_exit(done, 1)
        result = result_of(folder)
        self.assertFalse(result["bracket"]["before"]["ok"])
        self.assertIn("never registered at the secondary", result["bracket"]["before"]["reason"])
        judged = [f for f in result["findings"] if f["verdict"] in ("pass", "fail", "warn")]
        self.assertEqual([f["requirement"] for f in judged], ["GRP-REG-01"])
        self.assertIn("before/capture.pcap", judged[0]["message"])
        self.assertTrue(judged[0]["frames"])
        blames = {f["blame"] for f in result["findings"] if f["verdict"] == "inconclusive"}
        self.assertEqual(blames, {"device"})
        self.assert_same_again(folder)
        self.assert_told_of_one_that_was_there_before(folder / "before")

    def assert_told_of_one_that_was_there_before(self, before):
        """A late host notes the boot after the first REGISTER: a phone in the middle of its life, which shows within a
        period that it leaves a server out."""
        folder, told = shutil.copytree(before, self.scratch / "late"), self.scratch / "late.json"
        entries = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
        for entry in entries:
            entry["t_ns"] += 1_500_000_000 if entry.get("verb") == "boot" else 0
        entries.sort(key=lambda entry: entry["t_ns"])
        (folder / "journal.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
        sipharness("check", folder, "--json", told, "--quiet")
        findings = json.loads(told.read_text())["findings"]
        self.assertEqual([f["verdict"] for f in findings if f["requirement"] == "GRP-REG-01"], ["fail"])

    def test_one_set_to_another_expiration_gets_no_verdict(self):
        self.phone(expires=3600)
        content = scenario("8s", [SILENCE], ["GRP-CFG-03"])
        done, folder = self.run_external(content)
        self.assert_exit(done, 3)
        self.assertIn("Register Expiration of 1min", result_of(folder)["bracket"]["before"]["reason"])

    def test_without_bracket_the_same_phone_is_judged(self):
        self.phone(servers=[f"{self.servers}:5070"])
        # 64*T1, the grace and 10 s more, 45 s after its first REGISTER: only then is a server left out for good.
        content = scenario("55s", [{**SILENCE, "at": "54s"}], ["GRP-REG-01"])
        done, folder = self.run_external(content, "--no-bracket")
        self.assertEqual(verdicts_of(folder)["GRP-REG-01"], "fail", done.stdout)
        self.assertIsNone(result_of(folder)["bracket"])

    def test_one_that_never_shows_up_ends_the_run_with_what_was_seen(self):
        self.phone(servers=[f"{self.servers}:5071"])
        content = scenario("10min", [], ["GRP-REG-01"], phases=False)
        done, folder = self.run_external(content, "--wait", "15s")
        self.assert_exit(done, 3)
        stopped = result_of(folder)["stopped"]
        self.assertIn("the first REGISTER of the device did not occur by 15s; seen instead", stopped)
        self.assertIn("REGISTER for 1001", stopped)
        self.assertIn(":5071, where no server is", stopped)

    # --- Several ----------------------------------------------------------------------------------
    def test_two_phones_have_findings_of_their_own_and_a_third_is_a_note(self):
        for number, user in enumerate(("1001", "1002", "7777")):
            self.phone(user, host=1 + number)
        content = scenario("5s", [], ["GRP-REG-01"], phases=False, devices=2)
        done, folder = self.run_external_punctually(content, "--account", "1001", "--wait", "60s")
        self.assert_exit(done, 0)
        result = result_of(folder)
        self.assertEqual({d["name"] for d in result["devices"]}, {"phone-1001", "phone-1002"})
        judged = {f["device"] for f in result["findings"]}
        self.assertEqual(judged, {"phone-1001", "phone-1002"})
        self.assertTrue(any("account 7777" in note for note in result["notes"]), result["notes"])

    def test_several_phones_of_any_account_are_refused(self):
        content = scenario("5s", [], ["GRP-REG-01"], phases=False, devices=2)
        done, _ = self.run_external(content)
        self.assert_exit(done, 4)
        self.assertIn("--account", done.stderr)

    # --- Prompts ----------------------------------------------------------------------------------
    def test_without_terminal_a_prompt_is_not_done_and_blames_the_user(self):
        self.phone()
        done, folder = self.run_external(scenario("21s", DIAL, ["GRP-CALL-01"], phases=False))
        self.assert_exit(done, 3)
        finding = next(f for f in result_of(folder)["findings"] if f["requirement"] == "GRP-CALL-01")
        self.assertEqual((finding["verdict"], finding["blame"]), ("inconclusive", "user"))
        self.assertIn("no terminal", finding["message"])

    def test_through_a_terminal_a_person_dials_and_restarts_the_device_between_the_parts(self):
        phone = self.phone()
        commands = {"dial": "dial 2001", "hang": "hangup", "restart": "restart"}
        content = scenario("26s", [*DIAL, {"after": "ended", "plus": "1s", "do": "phase", "server": "primary",
                                           "phase": "silent"}], ["GRP-CALL-01", "GRP-CALL-02"])
        folder, asked = self.at_terminal(content, phone, commands)
        self.assertEqual(asked, ["dial", "hang", "restart", "dial", "hang", "restart", "dial", "hang"])
        self.assertEqual(verdicts_of(folder)["GRP-CALL-01"], "pass")
        for side in result_of(folder)["bracket"].values():
            self.assertEqual((side["ok"], side["started_anew"]), (True, True), side)
        events = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
        told = [(e["verb"], e["what"]) for e in events if e["event"] == "reported"]
        self.assertEqual(told, [(verb, "operator: done") for verb in ("boot", "dial", "hang_up")])
        self.assert_same_again(folder)

    def at_terminal(self, content, phone, commands):
        """Runs with a terminal; whoever sits there does on the phone what each prompt says, then presses Enter.
        The run folder, and the first word of each prompt."""
        out = self.scratch / "runs"
        arguments = ["run", "--device", "external", "--bind", self.servers, "--out", out, self.file(content)]
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(ROOT)
            os.execv(PROGRAM, [str(PROGRAM), *map(str, arguments)])
        screen, asked, end = "", [], time.monotonic() + 150
        while time.monotonic() < end:
            ready, _, _ = select.select([terminal], [], [], 1)
            try:
                screen += os.read(terminal, 65536).decode("utf-8", "replace") if ready else ""
            except OSError:
                break
            prompts = re.findall(r">>> (\w+)[^\n]*press Enter", screen)
            for prompt in prompts[len(asked):]:
                asked.append(prompt)
                time.sleep(1)  # a person is no machine
                phone.stdin.write(commands[prompt] + "\n")
                phone.stdin.flush()
                time.sleep(0.2)
                os.write(terminal, b"\n")
        _, status = os.waitpid(child, 0)
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0, screen)
        return (out / "latest").resolve(), asked


class WhoIsTested(Lab):
    """Of accounts that nobody named the first is a guess. Two reference UAs in virtual time stand for two phones."""

    def run_of(self, devices):
        content = scenario("5s", [], ["GRP-REG-01"], phases=False, devices=devices)
        _, folders = self.run_scenarios(self.file(content))
        meta = folders["a_test"] / "run.json"
        meta.write_text(meta.read_text().replace('"reference"', '"external"'))
        return folders["a_test"]

    def judged(self, code, folder, profile="external"):
        done = sipharness("check", folder, "--profile", profile, "--json", "-")
        self.assert_exit(done, code)
        return json.loads(done.stdout)

    def assert_nothing_stands(self, result, account):
        judged = [f for f in result["findings"] if f["verdict"] != "not_applicable"]
        reason = (f"account 1001 was taken for the device under test, as it registered first; {account} registered "
                  "too: --account says which it is")
        self.assertEqual({(f["verdict"], f["blame"], f["reason"]) for f in judged}, {("inconclusive", "user", reason)})

    def test_one_that_came_alone_is_judged_and_called_a_guess(self):
        result = self.judged(0, self.run_of(1))
        self.assertIn("account 1001 was taken for the device under test, as no other registered: --account names it",
                      result["notes"])

    def test_of_two_nobody_is_judged_unless_one_is_named(self):
        folder = self.run_of(2)
        self.assert_nothing_stands(self.judged(3, folder), "1002")
        profile = json.loads((ROOT / "scenarios/profiles/external.json").read_text())
        profile["account"]["user"] = "1002"
        named = self.scratch / "named.json"
        named.write_text(json.dumps(profile))
        result = self.judged(0, folder, named)
        self.assertEqual([device["account"] for device in result["devices"]], ["1002"])
        self.assertIn("account 1001", " ".join(result["notes"]))

    def test_one_that_came_to_a_control_run_counts_as_well(self):
        folder = self.run_of(1)
        shutil.copytree(self.run_of(2), folder / "after")
        shutil.copy(ROOT / "scenarios/profiles/external.json", folder / "after/profile.json")
        self.assert_nothing_stands(self.judged(3, folder), "1002")


class InTheLab(Lab):
    """Servers and device on two machines: a network namespace each, and a cable between them."""

    def test_a_phone_on_another_machine_is_captured_on_the_interface(self):
        if os.geteuid() != 0:
            self.skipTest("only root can lay the cable")
        lab, cable = f"lab{os.getpid()}", f"cable{os.getpid() % 10000}"
        self.ip("netns", "add", lab)
        self.addCleanup(self.ip, "netns", "del", lab)
        self.ip("link", "add", cable, "type", "veth", "peer", "name", "phone0", "netns", lab)
        self.ip("addr", "add", "10.77.0.1/24", "dev", cable)
        self.ip("link", "set", cable, "up")
        self.ip("-n", lab, "addr", "add", "10.77.0.2/24", "dev", "phone0")
        self.ip("-n", lab, "link", "set", "phone0", "up")
        self.servers = cable
        self.phone(servers=["10.77.0.1:5070", "10.77.0.1:5080"], where=("ip", "netns", "exec", lab))
        done, folder = self.run_external_punctually(scenario("5s", [], ["GRP-REG-01"], phases=False))
        self.assert_exit(done, 0)
        result = result_of(folder)
        self.assertEqual(result["capture"]["source"], "live")
        self.assertEqual(result["capture"]["health"], "complete")
        self.assertEqual(verdicts_of(folder)["GRP-REG-01"], "pass")

    def ip(self, *arguments):
        subprocess.run(["ip", *arguments], check=True, timeout=10)


class Bind(EndToEnd):
    def test_what_is_not_there_is_refused_with_what_is(self):
        for word in ("203.0.113.9", "wlan77"):
            with self.subTest(word):
                done = sipharness("run", "--device", "external", "--bind", word, "--out", self.scratch,
                                  "scenarios/guide/both_up_register.json")
                self.assert_exit(done, 4)
                self.assertIn("127.0.0.1 (lo)", done.stderr)


class Serve(Lab):
    def test_serves_until_interrupted_and_can_be_judged(self):
        out = self.scratch / "served"
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(ROOT)
            os.execv(PROGRAM, [str(PROGRAM), "serve", str(self.file(scenario("60s", [SILENCE], ["GRP-REG-01"]))),
                               "--bind", self.servers, "--out", str(out)])
        screen, typed, end = "", 0, time.monotonic() + 120
        self.phone()
        while time.monotonic() < end:
            ready, _, _ = select.select([terminal], [], [], 0.5)
            try:
                screen += os.read(terminal, 65536).decode("utf-8", "replace") if ready else ""
            except OSError:
                break
            if typed == 0 and screen.count("200 (REGISTER)") == 2:
                os.write(terminal, b"primary silent\nprimary options\nsecondary options\nnonsense\n")
                typed = 1
            if typed == 1 and "is no server" in screen and "(OPTIONS)" in screen:
                os.kill(child, signal.SIGINT)
                typed = 2
        _, status = os.waitpid(child, 0)
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0, screen)
        self.assertIn("primary is now in phase silent", screen)
        self.assertIn("did not send", screen)
        done = sipharness("check", (out / "latest").resolve(), "--verbose")
        self.assertIn(done.returncode, (0, 3), done.stdout)
        self.assertIn("GRP-REG-01", done.stdout)


if __name__ == "__main__":
    unittest.main()
