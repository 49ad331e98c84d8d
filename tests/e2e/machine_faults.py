"""What befalls a machine, at random moments: healthy and broken devices in real time, and meanwhile the harness is
killed, stopped again and again, its disk is full or gone, descriptors, memory and file sizes are taken away, the clock
is stepped. What was written until then can be read, nobody healthy is accused, nobody broken is acquitted.

    machine_faults.py [--count 3] [--seed 1] [--side-by-side 12] [KIND...]
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

from support import PROGRAM, ROOT, sipharness

LONGEST = 14  # seconds of a scenario
ACQUITTED = {"pass", "info", "not_applicable", "inconclusive"}
STEPPED_CLOCK = os.environ.get("STEPPED_CLOCK", str(ROOT / "build/tests/libstepped_clock.so"))
ENDED_BY_ITSELF = (0, 3)
NETWORKS = 150 * 250
FIRST_NETWORK = random.SystemRandom().randrange(NETWORKS)  # not those of another such test at the same time


def step(do, *, after=None, plus="0s", **more):
    return {"do": do, **more, **({"after": after, "plus": plus} if after else {"at": "0s"})}


def rule(**what):
    return {"rules": [{"name": "short", "method": "REGISTER", "accept": {"expires": "6s"}, **what}]}


# With a T1 of 100 ms the timers of a whole failover pass in seconds: a stop of half a second hits one for sure.
SCENARIOS = {
    "register": {"servers": {"primary": rule(), "secondary": rule()}, "timeline": [step("boot")],
                 "expect": ["RFC3261-REG-03"]},
    "call": {"timeline": [step("boot"), step("dial", after="primary.registered", plus="1s", number="2001"),
                          step("hang_up", after="primary.answered", plus="2s")], "expect": ["RFC3261-ACK-2XX"]},
    "deaf": {"timeline": [step("phase", server="primary", phase="silent"), step("boot")],
             "expect": ["RFC3261-TIMER-E", "RFC3261-TIMER-F"]},
    "accepted": {"timeline": [step("boot"), step("call", after="secondary.registered", plus="1s", server="primary",
                                                 withhold_acks=100),
                              step("answer", after="secondary.registered", plus="2s")],
                 "expect": ["RFC3261-UAS-2XX"]},
    "refused": {"timeline": [step("boot"), step("call", after="secondary.registered", plus="1s", server="primary",
                                                withhold_acks=100),
                             step("reject", after="secondary.registered", plus="2s")],
                "expect": ["RFC3261-TIMER-G", "RFC3261-TIMER-H"]},
    "silent": {"timeline": [step("boot"), step("phase", after="secondary.registered", plus="1s", server="primary",
                                               phase="silent"),
                            step("dial", after="secondary.registered", plus="1500ms", number="2001"),
                            step("hang_up", after="secondary.answered", plus="1s")],
               "expect": ["RFC3261-TIMER-A", "RFC3261-TIMER-B", "FO-DET-INV"]},
}
# What a broken device does wrong there, and the requirement that it may not pass.
BROKEN = {"register": ("changes_call_id_at_each_register", "RFC3261-REG-03"),
          "deaf": ("never_caps_timer_e", "RFC3261-TIMER-E"),
          "accepted": ("acknowledges_on_the_invites_branch", None), "refused": ("never_caps_timer_g", "RFC3261-TIMER-G"),
          "call": ("acknowledges_on_the_invites_branch", "RFC3261-ACK-2XX"),
          "silent": ("caps_timer_a_at_t2", "RFC3261-TIMER-A")}
PROFILE = {"name": "hasty", "kind": "reference", "vendor_claims": ["guide"],
           "timers": {"t1": "100ms", "t2": "800ms", "t4": "1s"}, "refresh_margin": "2s"}


class Wrong(Exception):
    pass


def demand(condition, *what):
    if not condition:
        raise Wrong(" ".join(map(str, what)))


class Run:
    """One run, its folder, and what befalls it."""

    def __init__(self, place, number, chance):
        self.chance, self.place = chance, place
        self.name = chance.choice(sorted(SCENARIOS))
        self.transport = chance.choice(("udp", "udp", "tcp")) if self.name in ("register", "call") else "udp"
        self.capture = chance.choice(("tap", "live")) if os.geteuid() == 0 else "tap"
        self.is_broken = chance.random() < 0.3
        self.out = place / "runs"
        own = (FIRST_NETWORK + number) % NETWORKS
        network = f"127.{100 + own // 250}.{1 + own % 250}"
        scenario = {"title": self.name, "duration": f"{LONGEST}s", "servers": {"primary": {}, "secondary": {}},
                    **SCENARIOS[self.name]}
        servers = {name: {**server, "address": f"{network}.{host}", "port": 5060 + host}
                   for (name, server), host in zip(scenario["servers"].items(), (11, 12))}
        self.scenario = place / f"{self.name}.json"
        self.scenario.write_text(json.dumps({**scenario, "servers": servers}))
        self.profile = place / "profile.json"
        self.profile.write_text(json.dumps({**PROFILE, "transport": self.transport}))
        self.process = None
        self.began = 0

    def start(self, **options):
        deviation = ["--deviate", BROKEN[self.name][0]] if self.is_broken else []
        self.process = subprocess.Popen(
            [PROGRAM, "run", self.scenario, "--profile", self.profile, "--clock", "real", "--capture", self.capture,
             "--quiet", "--out", self.out, *deviation], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, **options)
        self.began = time.monotonic()

    def sleep_until(self, moment):
        time.sleep(max(0, self.began + moment - time.monotonic()))

    def random_moment(self):
        self.sleep_until(self.chance.uniform(0, LONGEST + 1))

    def limit(self, which, value):
        try:
            resource.prlimit(self.process.pid, which, (value, value))
        except ProcessLookupError:
            pass  # it has ended already

    def end(self):
        """Exit code and errors, once it has ended by itself."""
        _, stderr = self.process.communicate(timeout=LONGEST + 120)
        until = time.monotonic() + 60
        while self.is_judged() and time.monotonic() < until:
            time.sleep(0.1)
        return self.process.returncode, stderr

    def is_judged(self):
        """Whether a process that makes the verdicts so far lives on: it ends by itself."""
        for command in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = command.read_bytes().split(b"\0")
            except OSError:
                continue
            if b"--so-far" in words and any(word.startswith(bytes(self.out)) for word in words):
                return True
        return False

    @property
    def folder(self):
        return (self.out / "latest").resolve()

    # --- What must be so afterwards -----------------------------------------------------------------------------

    def demand_no_false_verdict(self, result, where, is_whole=False):
        verdicts = collections.defaultdict(set)
        for finding in result["findings"]:
            verdicts[finding["requirement"]].add(finding["verdict"])
        if not self.is_broken:
            accused = {row: seen for row, seen in verdicts.items() if seen - ACQUITTED}
            reasons = [f["message"] for f in result["findings"] if f["requirement"] in accused]
            demand(not accused, where, "accuses a healthy device:", accused, reasons)
        elif is_whole:
            row = BROKEN[self.name][1]
            demand(row is None or "pass" not in verdicts[row], where, "acquits a device that breaks", row)

    def demand_readable(self, folder):
        """The files of a run folder, as far as there are any, and the verdict over them."""
        capture, journal = folder / "capture.pcap", folder / "journal.jsonl"
        for name in ("result.json", "result.partial.json"):
            if (folder / name).exists():
                self.demand_no_false_verdict(json.loads((folder / name).read_text()), name)
        demand(not list(folder.glob(".sipharness-*")), "half-written files stay")
        if not capture.exists() or capture.stat().st_size < 24:
            return
        told = subprocess.run(["capinfos", "-c", "-M", capture], capture_output=True, text=True, timeout=120)
        demand(told.returncode == 0 and "cut short" not in told.stderr, "the capture is cut:", told.stderr)
        if not journal.exists():
            return
        whole, _, rest = journal.read_text().rpartition("\n")
        for line in whole.splitlines():
            json.loads(line)
        done = sipharness("check", folder, "--json", "-")
        if not whole and done.returncode == 2:
            return  # it had not begun
        demand(done.returncode in (0, 1, 3), "cannot be judged:", done.returncode, done.stderr)
        self.demand_no_false_verdict(json.loads(done.stdout), "check",
                                     is_whole=(folder / "result.json").exists())

    def demand_told(self, code, stderr, may_give_up=True):
        lines = [line for line in stderr.strip().splitlines() if "result.partial.json" not in line]
        demand(code in ENDED_BY_ITSELF or (self.is_broken and code == 1) or (may_give_up and code == 4), "exit code",
               code, stderr)
        demand(len(lines) == (1 if code == 4 else 0), "not one clear error:", code, stderr)
        demand(all(re.match("sipharness: ", line) for line in lines), stderr)


# --- What befalls it: each returns the exit code -----------------------------------------------------------------

def killed(run):
    run.start()
    run.random_moment()
    run.process.kill()
    code, stderr = run.end()
    demand(code != 4, stderr)
    return code


def stopped(run):
    """Once or more often, from a moment to longer than Timer B."""
    run.start()
    for _ in range(run.chance.randint(1, 5)):
        time.sleep(run.chance.uniform(0, 4))
        if run.process.poll() is not None:
            break
        run.process.send_signal(signal.SIGSTOP)
        time.sleep(run.chance.choice((0.05, 0.15, 0.3, 0.6, 1.2, 3, 7)) * run.chance.uniform(0.7, 1.3))
        run.process.send_signal(signal.SIGCONT)
    return finish(run, may_give_up=False)


def disk_full(run):
    run.out.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", run.out], check=True)
    run.start()
    run.random_moment()
    with (run.out / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"\0" * 4096)
        except OSError:
            pass
    return finish(run)


def disk_gone(run):
    run.start()
    run.random_moment()
    shutil.rmtree(run.out, ignore_errors=True)
    code, stderr = run.end()
    run.demand_told(code, stderr)
    return code


def no_descriptors(run):
    run.start()
    run.random_moment()
    run.limit(resource.RLIMIT_NOFILE, run.chance.randint(3, 16))
    return finish(run)


def few_descriptors(run):
    few = run.chance.randint(8, 26)
    run.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (few, few)))
    return finish(run)


def no_memory(run):
    run.start()
    run.random_moment()
    run.limit(resource.RLIMIT_AS, 1 << 20)
    return finish(run)


def little_memory(run):
    little = run.chance.randint(24, 64) << 20
    run.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (little, little)))
    return finish(run)


def no_larger_files(run):
    run.start()
    run.random_moment()
    run.limit(resource.RLIMIT_FSIZE, run.chance.choice((0, 4096, 20_000, 60_000)))
    return finish(run)


def clock_stepped(run):
    """By milliseconds or years, while the monotonic clock goes on."""
    run.capture = "tap"  # the kernel's own clock is not stepped
    offset = run.place / "offset"
    offset.write_bytes(bytes(8))
    run.start(env={**os.environ, "LD_PRELOAD": STEPPED_CLOCK, "CLOCK_OFFSET": str(offset)})
    for _ in range(run.chance.randint(1, 4)):
        time.sleep(run.chance.uniform(0.2, 4))
        seconds = run.chance.choice((0.02, 0.3, 2, 40, 3600, 86_400 * 400)) * run.chance.choice((-1, 1))
        with offset.open("r+b") as file:
            file.write(struct.pack("=q", round(seconds * 1e9)))
    return finish(run, may_give_up=False)


def start_many_in_virtual_time(run):
    """Scenario after scenario, four at a time."""
    run.is_broken = False
    run.process = subprocess.Popen([PROGRAM, "run", ROOT / "scenarios", "--jobs", "4", "--quiet", "--out", run.out],
                                   cwd=ROOT, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   stdin=subprocess.DEVNULL, start_new_session=True)


def killed_in_virtual_time(run):
    start_many_in_virtual_time(run)
    time.sleep(run.chance.uniform(0.05, 3))
    run.process.kill()
    run.process.communicate()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.killpg(run.process.pid, 0)
        except ProcessLookupError:
            return run.process.returncode
        time.sleep(0.1)
    raise Wrong("its workers live on")


def disk_full_in_virtual_time(run):
    run.out.mkdir()
    size = run.chance.randint(600, 6000)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", run.out], check=True)
    start_many_in_virtual_time(run)
    code, stderr = run.end()
    demand(code == 4, "exit code", code, stderr)
    demand(all(re.match("sipharness: ", line) for line in stderr.splitlines()), stderr)
    return code


def finish(run, may_give_up=True):
    code, stderr = run.end()
    run.demand_told(code, stderr, may_give_up)
    return code


VIRTUAL = (killed_in_virtual_time, disk_full_in_virtual_time)
KINDS = (killed, stopped, disk_full, disk_gone, no_descriptors, few_descriptors, no_memory, little_memory,
         no_larger_files, clock_stepped, *VIRTUAL)


def befall(kind, number, seed):
    """What is wrong, if anything; the exit code."""
    run, code = None, None
    with tempfile.TemporaryDirectory(prefix="sipharness-fault-") as place:
        try:
            run = Run(pathlib.Path(place), number, random.Random(f"{seed}/{kind.__name__}/{number}"))
            code = kind(run)
            if kind in VIRTUAL:
                for folder in sorted(run.out.glob("*-*"), key=lambda each: each.stat().st_mtime)[-4:]:
                    run.demand_readable(folder)
            else:
                run.demand_readable(run.folder)
            return None, code
        except Exception as error:  # pylint: disable=broad-except
            kept = tempfile.mkdtemp(prefix="sipharness-fault-kept-")
            shutil.copytree(place, kept, symlinks=True, dirs_exist_ok=True)
            what = f"{run.name}, {run.transport}, {run.capture}{', broken' if run.is_broken else ''}" if run else ""
            return f"{kind.__name__} {number} ({what}; kept in {kept}): {type(error).__name__} {error}", code
        finally:
            if run and run.process and run.process.poll() is None:
                run.process.kill()
                run.process.communicate()
            if run and os.path.ismount(run.out):
                subprocess.run(["umount", "-l", run.out], check=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=3, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--side-by-side", type=int, default=12)
    parser.add_argument("kinds", nargs="*", choices=[kind.__name__ for kind in KINDS] + [[]])
    arguments = parser.parse_args()
    kinds = [kind for kind in KINDS if not arguments.kinds or kind.__name__ in arguments.kinds]
    tasks = [(kind, number) for number in range(arguments.count) for kind in kinds]
    codes, wrong = collections.defaultdict(collections.Counter), []
    with concurrent.futures.ThreadPoolExecutor(arguments.side_by_side) as pool:
        done = pool.map(lambda task: befall(task[0], task[1] * len(KINDS) + KINDS.index(task[0]), arguments.seed), tasks)
        for (kind, _), (what, code) in zip(tasks, done):
            codes[kind.__name__][code] += 1
            if what:
                wrong.append(what)
                print(what, flush=True)
    for kind, seen in codes.items():
        print(f"{kind:<26} {sum(seen.values())} runs; exit codes " +
              ", ".join(f"{code}: {times}" for code, times in sorted(seen.items(), key=str)))
    print(f"{len(tasks) - len(wrong)} of {len(tasks)} left what can be read, and no false verdict")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
