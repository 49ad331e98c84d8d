"""What the end-to-end tests share: the program, scratch folders, tshark as an independent witness."""
import itertools
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import result_schema
import started_once

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("SIPHARNESS", ROOT / "build/sipharness"))
SCENARIOS = ROOT / "scenarios"
REFUSED = ROOT / "tests/data/scenarios"
# A host that was late gives no verdict, and what waits for one runs once more. This is said after that.
BEGUN = time.monotonic()
LAST_TURN = 780  # seconds after BEGUN; a turn takes up to 215
HOST_TOO_BUSY = f"the host was late for {LAST_TURN} s: too busy for real time"
NETWORKS = itertools.count()


def turns():
    """Numbers of turns, the first and those after it: for what a late host spoils."""
    for turn in itertools.count():
        yield turn
        if time.monotonic() > BEGUN + LAST_TURN:
            return


def own_network():
    """127.x.y that no other test uses. A harness that chooses addresses itself takes hosts below 15 of such networks
    (harness/stage/place/addresses.cpp), so tests take others."""
    number = (os.getpid() * 64 + next(NETWORKS)) % (254 * 254)
    return f"127.{number // 254 + 1}.{number % 254 + 1}"


def sipharness(*arguments, timeout=300, **options):
    """Runs the program from the source folder; text output, never raises on its exit code. A result that it
    writes is held to its schema."""
    if started_once.PRELOADED and arguments and not options:
        done = started_once.run(PROGRAM, [*map(str, arguments)], ROOT, timeout)
    else:
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True,
                              timeout=timeout, stdin=subprocess.DEVNULL, **options)
    validate_results(done, [str(argument) for argument in arguments])
    return done


def validate_results(done, arguments):
    if "--json" not in arguments[:-1] or arguments[0] not in ("check", "run") or done.returncode not in (0, 1, 3):
        return
    path = arguments[arguments.index("--json") + 1]
    if path == "-":
        result_schema.validate(json.loads(done.stdout))
    elif pathlib.Path(path).is_file() and not path.startswith(("/dev", "/proc")):
        result_schema.validate(json.loads(pathlib.Path(path).read_text()))


def scenario_files():
    return sorted(p for p in SCENARIOS.rglob("*.json")
                  if not p.stem.endswith(".schema") and p.parent.name not in ("profiles", "plans"))


def tshark(capture, *arguments):
    """Lines that tshark prints about a capture."""
    done = subprocess.run(["tshark", "-n", "-r", capture, *arguments], capture_output=True, text=True,
                          timeout=300, check=True)
    return [line for line in done.stdout.splitlines() if line]


def sip_ports(folder):
    """-d options that make tshark read the scenario's ports as SIP."""
    scenario = json.loads((folder / "scenario.json").read_text())
    ports = {server["port"] for server in scenario["servers"].values()}
    return [o for port in sorted(ports) for o in ("-d", f"udp.port=={port},sip", "-d", f"tcp.port=={port},sip")]


class EndToEnd(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="sipharness-test-")
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)

    def run_scenarios(self, *arguments, **options):
        """`sipharness run --out SCRATCH …`; the process and the run folders by scenario name."""
        out = self.scratch / f"runs-{len(list(self.scratch.iterdir()))}"
        done = sipharness("run", "--out", out, *arguments, **options)
        folders = {}
        if out.exists():
            for folder in sorted(p for p in out.iterdir() if p.is_dir() and not p.is_symlink()):
                folders[folder.name.rsplit("-", 2)[0]] = folder
        return done, folders

    def run_on_a_punctual_host(self, *arguments, **options):
        """As run_scenarios, again when the host was late."""
        for _ in turns():
            done, folders = self.run_scenarios(*arguments, **options)
            if not any(map(was_late, folders.values())):
                return done, folders
        self.skipTest(HOST_TOO_BUSY)

    def assert_exit(self, done, code):
        self.assertEqual(done.returncode, code, f"\n{done.stdout}\n{done.stderr}")


def result_of(folder):
    return result_schema.validate(json.loads((folder / "result.json").read_text()))


def verdicts_of(folder):
    return {f["requirement"]: f["verdict"] for f in result_of(folder)["findings"]}


def only_the_host_is_blamed(folders):
    """Nothing of these run folders is undecided but for a host that was late."""
    findings = [f for folder in folders for f in result_of(folder)["findings"]]
    return {f["blame"] for f in findings if f["verdict"] == "inconclusive"} == {"host"}


def was_late(folder):
    """The host kept itself or the device waiting, which says nothing of either."""
    return (folder / "result.json").exists() and any(f["blame"] == "host" for f in result_of(folder)["findings"])
