"""A stand-in phone, written from the vendor's papers, is provisioned, driven over HTTP and judged; and
whatever can be wrong with a phone's web interface, or come to the harness's own, is told and survived."""
import concurrent.futures
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import unittest
import urllib.error

from phone_standin import read_configuration
from support import (EndToEnd, HOST_TOO_BUSY, PROGRAM, ROOT, SCENARIOS, only_the_host_is_blamed, own_network,
                     result_of, turns, verdicts_of)

PASSCODE, PASSWORD = "pass code&1", "account-secret<2>"
MAC = "c074ad0b63ee"


class Bench:
    """Two servers' addresses and a phone's, of this process alone."""

    def __init__(self, scratch):
        self.net = own_network()
        self.scratch = scratch / f"bench-{self.net}"
        self.scratch.mkdir()
        self.phone, self.web = f"{self.net}.101", f"{self.net}.111:8080"
        self.environment = {**os.environ, "SIPHARNESS_PASSWORD": PASSWORD, "PHONE_PASSCODE": PASSCODE}
        self.standin = None

    def start_phone(self, *options, passcode=PASSCODE):
        log = open(self.scratch / "phone.log", "a", encoding="utf-8")
        self.standin = subprocess.Popen(
            [sys.executable, ROOT / "tests/e2e/phone_standin.py", "--address", self.phone, "--http-port", "8081",
             "--config-server", self.web, "--passcode-env", "STANDIN_PASSCODE", "--mac", MAC, *options],
            env={**self.environment, "STANDIN_PASSCODE": passcode}, stdout=log, stderr=subprocess.STDOUT)
        log.close()
        self.await_log("stands")

    def log(self):
        return (self.scratch / "phone.log").read_text()

    def await_log(self, text, timeout=60):
        until = time.monotonic() + timeout
        while text not in self.log():
            if time.monotonic() > until or self.standin.poll() is not None:
                raise AssertionError(f"the stand-in never said {text!r}:\n{self.log()}")
            time.sleep(0.05)

    def stop_phone(self):
        if self.standin:
            self.standin.send_signal(signal.SIGTERM)
            self.standin.wait()

    def scenario(self, source, /, **changes):
        """A copy of a scenario at this bench's addresses."""
        scenario = {**json.loads((SCENARIOS / source).read_text()), **changes}
        for server, host in (("primary", 111), ("secondary", 112)):
            scenario["servers"][server]["address"] = f"{self.net}.{host}"
        path = self.scratch / pathlib.Path(source).name
        path.write_text(json.dumps(scenario))
        return path

    def profile(self, **phone):
        profile = json.loads((SCENARIOS / "profiles/grp26xx.json").read_text())
        profile["phone"].update(phone)
        path = self.scratch / "profile.json"
        path.write_text(json.dumps(profile))
        return path

    def start_run(self, scenario, *options, passcode=("--phone-passcode-env", "PHONE_PASSCODE"), address=None):
        return subprocess.Popen(
            [PROGRAM, "run", scenario, "--device", "phone", "--phone-address", address or f"{self.phone}:8081",
             "--out", self.scratch / "runs", *passcode, *options],
            cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)

    def run(self, scenario, *options, **others):
        for _ in turns():
            done = self.run_once(scenario, *options, **others)
            if done.returncode != 3 or not only_the_host_is_blamed([self.folder]):
                return done
        raise unittest.SkipTest(HOST_TOO_BUSY)

    def run_once(self, scenario, *options, **others):
        run = self.start_run(scenario, *options, **others)
        output, errors = run.communicate(timeout=400)
        return subprocess.CompletedProcess(run.args, run.returncode, output, errors)

    @property
    def folder(self):
        return (self.scratch / "runs/latest").resolve()

    def reported(self):
        """What the harness heard of the phone: verb -> whether it was well, the last of each."""
        lines = (self.folder / "journal.jsonl").read_text().splitlines()
        events = [json.loads(line) for line in lines]
        return {e["verb"]: e["ok"] for e in events if e["event"] == "reported"}


class PhoneTest(EndToEnd):
    def bench(self):
        bench = Bench(self.scratch)
        self.addCleanup(bench.stop_phone)
        return bench

    def tearDown(self):
        """Whatever happened, no secret may be in any run folder."""
        for path in filter(pathlib.Path.is_file, self.scratch.rglob("runs/*/**/*")):
            content = path.read_bytes()
            for secret in (PASSCODE, PASSWORD, "pass%20code", "account-secret"):
                self.assertNotIn(secret.encode(), content, path)

    def assert_told(self, done, *words):
        for word in words:
            self.assertIn(word, done.stderr)
        for secret in (PASSCODE, PASSWORD, "pass%20code"):
            self.assertNotIn(secret, done.stdout + done.stderr)


HELD = {"title": "Called, held, taken up again", "source": "test", "duration": "24s",
        "configure": {"register_expiration": "2min", "reregister_before": "20s"},
        "timeline": [{"at": "0s", "do": "boot"},
                     {"after": "secondary.registered", "plus": "2s", "do": "call", "server": "primary"},
                     {"after": "primary.registered", "plus": "4s", "do": "answer"},
                     {"after": "primary.answered", "plus": "3s", "do": "hold"},
                     {"at": "13s", "do": "resume"},
                     {"at": "17s", "do": "hang_up"}],
        "expect": ["GRP-REG-01", "DUT-ALIVE", "DUT-PARSE"]}


class Driven(PhoneTest):
    """In real time, beside each other."""

    def test_scenarios(self):
        cases = [self.registers_by_aliases, self.calls, self.falls_back, self.never_falls_back,
                 self.is_called_and_holds, self.fetches_when_notified]
        with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
            running = {pool.submit(case, self.bench()): case.__name__ for case in cases}
            for future in concurrent.futures.as_completed(running):
                with self.subTest(running[future]):
                    future.result()

    def registers_by_aliases(self, bench):
        bench.start_phone("--off")
        done = bench.run(bench.scenario("guide/both_up_register.json"),
                         "--profile", bench.profile(provisioning="aliases"))
        self.assert_exit(done, 0)
        self.assertEqual(verdicts_of(bench.folder)["GRP-REG-01"], "pass")
        reported = bench.reported()
        for verb in ("remote_control", "boot", "fetch", "setupCompleted", "registered", "register"):
            self.assertTrue(reported.get(verb), verb)
        device = result_of(bench.folder)["devices"][0]
        self.assertEqual((device["user_agent"], device["mac"]), ("Grandstream GRP2614 1.0.5.15", MAC))

    def calls(self, bench):
        bench.start_phone("--off")
        done = bench.run(bench.scenario("guide/call_primary_up.json"))
        self.assert_exit(done, 0)
        verdicts = verdicts_of(bench.folder)
        self.assertEqual((verdicts["GRP-CALL-01"], verdicts["GRP-CALL-02"]), ("pass", "pass"))
        for verb in ("dial", "outgoingCall", "establishedCall", "hang_up", "terminatedCall"):
            self.assertTrue(bench.reported().get(verb), verb)

    def falls_back(self, bench):
        bench.start_phone("--off")
        done = bench.run(bench.scenario("guide/primary_silent_on_invite.json"))
        self.assert_exit(done, 0)
        verdicts = verdicts_of(bench.folder)
        for requirement in ("GRP-CALL-03", "GRP-CALL-05", "FO-DET-INV", "RFC3261-GEN-10", "GRP-REG-03"):
            self.assertEqual(verdicts[requirement], "pass", requirement)

    def never_falls_back(self, bench):
        bench.start_phone("--off", "--never-falls-back")
        done = bench.run(bench.scenario("guide/primary_silent_on_invite.json"), "--no-bracket")
        self.assert_exit(done, 1)
        verdicts = verdicts_of(bench.folder)
        self.assertEqual(verdicts["GRP-CALL-03"], "fail")
        self.assertEqual((verdicts["GRP-REG-01"], verdicts["RFC3261-TIMER-A"]), ("pass", "pass"))

    def is_called_and_holds(self, bench):
        bench.start_phone("--off")
        done = bench.run(bench.scenario("guide/call_primary_up.json", **HELD))
        self.assert_exit(done, 0)
        reported = bench.reported()
        for verb in ("answer", "hold", "resume", "hang_up", "incomingCall", "holdCall", "unholdCall"):
            self.assertTrue(reported.get(verb), verb)

    def fetches_when_notified(self, bench):
        """Provisioned by one run; the next one changes its configuration by a NOTIFY that it challenges."""
        bench.start_phone("--off", "--challenge-notify")
        self.assert_exit(bench.run(bench.scenario("guide/both_up_register.json", duration="7s")), 0)
        configure = {"register_expiration": "3min", "reregister_before": "20s"}
        changed = bench.scenario("guide/both_up_register.json", duration="10s", configure=configure)
        done = bench.run(changed, "--reprovision", "resync")
        self.assert_exit(done, 0)
        self.assertTrue(bench.reported()["boot"])
        self.assertIn("obeys NOTIFY resync", bench.log())
        self.assertIn("registers for 180 s", bench.log())
        done = bench.run(changed, "--reprovision", "reboot", passcode=())
        self.assert_exit(done, 0)
        self.assertIn("obeys NOTIFY check-sync;reboot=true", bench.log())


class Trouble(PhoneTest):
    """What is wrong with a phone is told at once, with its remedy."""

    def refuses_to_run(self, *options, passcode=PASSCODE, **profile):
        bench = self.bench()
        if options != ("nobody",):
            bench.start_phone("--off", *options, passcode=passcode)
        done = bench.run(bench.scenario("guide/call_primary_up.json"), "--profile", bench.profile(**profile))
        self.assert_exit(done, 4)
        self.assertFalse((bench.folder / "result.json").exists())
        return done

    def test_wrong_passcode(self):
        self.assert_told(self.refuses_to_run(passcode="another"), "wrong passcode", "P32052")

    def test_time_out(self):
        self.assert_told(self.refuses_to_run("--web", "hangs", answer_within="1s"),
                         "no answer within 1s", "P32051=0", "--phone-address")

    def test_closed_port(self):
        self.assert_told(self.refuses_to_run("nobody"), "connection refused", "--phone-address", "P1650")

    def test_garbage(self):
        self.assert_told(self.refuses_to_run("--web", "garbage"), "not that of a GRP26xx", "P32050=1")

    def test_no_passcode(self):
        bench = self.bench()
        scenario = bench.scenario("guide/call_primary_up.json")
        done = bench.run(scenario, passcode=())
        self.assert_exit(done, 4)
        self.assert_told(done, "--phone-passcode-env")
        done = bench.run(scenario, passcode=("--phone-passcode-env", "NOT_SET_ANYWHERE"))
        self.assert_exit(done, 4)
        self.assert_told(done, "NOT_SET_ANYWHERE")

    def test_prompts_without_a_person(self):
        """Whom nobody can ask has told so, and the run goes on to its end."""
        bench = self.bench()
        bench.start_phone("--off", passcode="another")
        scenario = bench.scenario("guide/call_primary_up.json")
        done = bench.run(scenario, "--prompts", "--wait", "3s")
        self.assert_exit(done, 3)
        self.assert_told(done, "wrong passcode", "asked of you")
        journal = (bench.folder / "journal.jsonl").read_text()
        self.assertIn("no terminal", journal)

    def test_wrong_options(self):
        bench = self.bench()
        scenario = bench.scenario("guide/call_primary_up.json")
        self.assert_exit(bench.run(scenario, "--phone-mac", "c074"), 2)
        self.assert_exit(bench.run(scenario, "--phone-behind-nat"), 2)
        self.assert_exit(bench.run(scenario, "--phone-passcode-file", "x"), 2)
        self.assert_exit(bench.run(scenario, "--jobs", "2"), 2)
        for address, says, code in (("192.0.2.50", "--bind", 4), ("phone.example", "an IP address", 2)):
            done = bench.run(scenario, address=address)
            self.assert_exit(done, code)
            self.assert_told(done, says)

    def test_unknown_mac(self):
        bench = self.bench()
        bench.start_phone("--off")
        done = bench.run(bench.scenario("guide/both_up_register.json"), "--phone-mac", "c0:74:ad:00:00:01",
                         "--wait", "4s")
        self.assert_exit(done, 3)
        self.assert_told(done, f"--phone-mac {MAC}", "under test is c074ad000001")
        self.assertFalse(bench.reported()["fetch"])
        self.assertIn(f"GET /cfg{MAC}.xml -> 404", bench.log())


class Served(PhoneTest):
    """The harness's own web server, while a run waits for its phone."""

    def setUp(self):
        super().setUp()
        self.at_bench = self.bench()
        self.run_ = None
        self.start_options = ()

    def start(self, **phone):
        bench = self.at_bench
        self.run_ = bench.start_run(bench.scenario("guide/both_up_register.json"), "--reprovision", "none",
                                    "--wait", "8s", "--profile", bench.profile(**phone), *self.start_options)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                return socket.create_connection((f"{bench.net}.111", 8080)).close()
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the harness never listened")

    def finish(self):
        output, errors = self.run_.communicate(timeout=120)
        self.assertEqual(self.run_.returncode, 3, output + errors)
        return errors

    def fetch(self, name, agent=f"Grandstream Model HW GRP2601W V1.0A SW 1.0.7.32 DevId {MAC.upper()}"):
        return self.exchange_http(name, agent, self.at_bench.phone)

    def exchange_http(self, name, agent, address):
        """What a client at `address` gets; HTTPError where it is refused."""
        connection = http.client.HTTPConnection(f"{self.at_bench.net}.111", 8080, 5, (address, 0))
        connection.request("GET", f"/{name}", headers={"User-Agent": agent})
        reply = connection.getresponse()
        body = reply.read()
        connection.close()
        if reply.status != 200:
            raise urllib.error.HTTPError(name, reply.status, reply.reason, reply.headers, None)
        return body

    def exchange(self, request):
        """What comes back for these bytes until the connection ends."""
        with socket.create_connection((f"{self.at_bench.net}.111", 8080), 10, (self.at_bench.phone, 0)) as connection:
            reply = b""
            try:
                connection.sendall(request)
                while piece := connection.recv(65536):
                    reply += piece
            except ConnectionError:
                pass
            return reply

    def test_both_forms_say_the_same_to_an_independent_reader(self):
        found = []
        for form in ("p_values", "aliases"):
            self.start(provisioning=form)
            found.append(read_configuration(self.fetch(f"cfg{MAC}.xml"), MAC))
            self.finish()
        by_number, by_alias = ({name: {"Yes": "1", "No": "0", "0.5sec": "50", "4sec": "400"}.get(value, value)
                                for name, value in values.items()} for values in found)
        self.assertEqual(by_number, by_alias)
        self.assertEqual(by_number["primary"], f"{self.at_bench.net}.111:5070")
        self.assertEqual(by_number["secondary"], f"{self.at_bench.net}.112:5080")
        self.assertEqual(by_number["password"], PASSWORD)
        self.assertEqual((by_number["expiration"], by_number["reregister_before"]), ("2", "20"))
        self.assertEqual(by_number["allowed"], f"{self.at_bench.net}.111")

    def test_hostile_requests(self):
        self.start()
        for name in ("cfg.xml", "cfggrp2614.xml", "../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "grp2600fw.bin",
                     f"../cfg{MAC}.xml", "cfg000000000000.xml", ""):
            with self.assertRaises(urllib.error.HTTPError) as refused:
                self.fetch(name)
            self.assertEqual(refused.exception.code, 404, name)
        cases = [(b"GET /../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", b"404"),
                 (b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n", b"431"),
                 (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n", b"413"),
                 (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
                 (b"\r\n" * 5000, b"400")]
        for request, status in cases:
            # A refusal may be overtaken by the reset that ends the flood.
            self.assertIn(self.exchange(request)[9:12], (status, b"") if len(request) > 50_000 else (status,))
        self.assertIn(b"200 OK", self.exchange(
            b"GET /action/incomingCall?local=John Doe&remote=$remote HTTP/1.1\r\nHost: x\r\n\r\n"))
        errors = self.finish()
        self.assertIn("--phone-mac 000000000000", errors)
        journal = (self.at_bench.folder / "journal.jsonl").read_text()
        self.assertIn("action URL: local=John Doe", journal)

    def test_strangers_get_nothing(self):
        self.start()
        agent = f"Grandstream Model HW GRP2614 SW 1.0.5.15 DevId {MAC}"
        for address in ("127.0.0.1", f"{self.at_bench.net}.77"):
            for name in (f"cfg{MAC}.xml", "action/terminatedCall?local=x", ""):
                with self.assertRaises(urllib.error.HTTPError) as refused:
                    self.exchange_http(name, agent, address)
                self.assertEqual(refused.exception.code, 403, name)
        self.assertIn(PASSWORD, read_configuration(self.fetch(f"cfg{MAC}.xml"), MAC)["password"])
        errors = self.finish()
        self.assertIn("--phone-behind-nat", errors)
        journal = (self.at_bench.folder / "journal.jsonl").read_text()
        self.assertEqual(journal.count('"event":"remark"'), 2)
        self.assertNotIn("terminatedCall", journal)

    def test_behind_nat(self):
        self.start_options = ("--phone-behind-nat", "--phone-mac", MAC)
        self.start()
        found = self.exchange_http(f"cfg{MAC}.xml", "a phone", f"{self.at_bench.net}.77")
        self.assertEqual(read_configuration(found, MAC)["password"], PASSWORD)
        self.finish()

    def test_slow_and_many_connections(self):
        self.start()
        idle = [socket.create_connection((f"{self.at_bench.net}.111", 8080)) for _ in range(100)]
        idle[0].sendall(b"GET /cfg")
        self.finish()
        for connection in idle:
            connection.close()


if __name__ == "__main__":
    unittest.main()
