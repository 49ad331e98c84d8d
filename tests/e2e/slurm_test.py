"""The recipes for Slurm on its real daemons: a job array of shards, a task that is killed and queued again, and
phones that the queue hands out. CAMPAIGN in the environment is what the array runs instead of what fits into
the gate; the test prints how long it took: CAMPAIGN="scenarios --repeat 20" python3 tests/e2e/slurm_test.py"""
import filecmp
import os
import shutil
import socket
import subprocess
import time
import unittest

from support import EndToEnd, PROGRAM, ROOT, sipharness

CI = ROOT / "docs/ci"
WHAT = os.environ.get("CAMPAIGN", "guide --repeat 2").split()
LONGEST = 1800 if "CAMPAIGN" in os.environ else 120
CONFIGURATION = """
ClusterName=lab
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MpiDefault=none
GresTypes=phone
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 Gres=phone:grp2614:2 State=UNKNOWN
PartitionName=lab Nodes=ALL Default=YES State=UP
"""
# The first time, the program of the second task is killed when it has judged something, and the task hangs.
HANGING = """#!/bin/bash
if [ "$SLURM_ARRAY_TASK_ID" = 2 ] && [ -z "${{SLURM_RESTART_COUNT:-}}" ]; then
  {program} "$@" &
  until compgen -G 'shards/2/*/result.json' >/dev/null; do sleep 0.02; done
  kill -KILL $!
  touch hangs
  sleep 600
fi
exec {program} "$@"
"""
STAND_IN = """#!/bin/bash
echo "$@" >"phone-$SLURM_JOB_ID"
while [ ! -e go ]; do sleep 0.1; done
"""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("slurmctld") and shutil.which("slurmd"),
                     "needs root, slurmctld, slurmd and munge")
class Slurm(EndToEnd):
    def setUp(self):
        super().setUp()
        self.folder = folder = self.scratch / "slurm"
        (folder / "state").mkdir(parents=True)
        (folder / "spool").mkdir()
        host = socket.gethostname().split(".")[0]
        (folder / "slurm.conf").write_text(CONFIGURATION.format(host=host, ports=free_ports(2), folder=folder))
        (folder / "gres.conf").write_text(f"Name=phone Type=grp2614 File={folder}/grp2614-[0-1]\n")
        for index in range(2):
            (folder / f"grp2614-{index}").write_text(f"192.0.2.5{index}\n")
        (folder / "key").write_bytes(os.urandom(1024))
        (folder / "key").chmod(0o600)
        self.place = self.scratch / "place"
        self.place.mkdir()
        self.environment = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf"),
                            "PATH": f"{self.place}:{os.environ['PATH']}"}
        self.daemon("munged", "--force", "--foreground", *(f"--{name}-file={folder / name}" for name in
                                                          ("key", "pid", "log", "seed")), f"--socket={folder}/socket")
        self.wait_for(lambda: (folder / "socket").exists())
        self.daemon("slurmctld", "-D", "-c")
        self.daemon("slurmd", "-D", "-c")
        self.wait_for(lambda: "idle" in self.slurm("sinfo", "--noheader", "--format=%T", check=False))

    def daemon(self, *command):
        log = open(self.scratch / f"{command[0]}.out", "w", encoding="utf-8")
        self.addCleanup(log.close)
        process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)

    def wait_for(self, condition):
        end = time.monotonic() + LONGEST
        while not condition():
            logs = "\n".join(path.read_text()[-2000:] for path in self.scratch.glob("*.out"))
            self.assertLess(time.monotonic(), end, logs)
            time.sleep(0.1)

    def slurm(self, *command, check=True, **environment):
        return subprocess.run(command, cwd=self.place, env={**self.environment, **environment}, text=True,
                              capture_output=True, check=check, timeout=60).stdout

    def program(self, text):
        path = self.place / "sipharness"
        path.write_text(text)
        path.chmod(0o755)

    def submit(self, *arguments, **environment):
        return self.slurm("sbatch", "--parsable", *map(str, arguments), **environment).strip()

    def states(self):
        return self.slurm("squeue", "--array", "--noheader", "--format=%T").split()

    def test_an_array_comes_to_what_one_machine_comes_to(self):
        self.program(HANGING.format(program=PROGRAM))
        (self.place / "scenarios").symlink_to(ROOT / "scenarios")
        began = time.monotonic()
        job = self.submit("--array=1-4%2", CI / "slurm.sh", *WHAT)
        self.wait_for((self.place / "hangs").exists)
        self.slurm("scontrol", "requeue", f"{job}_2")
        # Slurm lets two minutes pass, the life of a credential.
        self.wait_for(lambda: "PENDING" in self.slurm("squeue", "--noheader", "--format=%T", f"--jobs={job}_2"))
        self.slurm("scontrol", "update", f"JobId={job}_2", "StartTime=now")
        self.wait_for(lambda: not self.states())
        array = time.monotonic() - began
        shards = sorted((self.place / "shards").iterdir())
        self.assertEqual(4, len(shards))
        # Not by "--json FILE": of a whole campaign it takes an hour to hold half a gigabyte to its schema.
        whole, merged = self.scratch / "whole.json", self.scratch / "merged.json"
        alone = self.run_timed("run", *WHAT, "--out", self.scratch / "whole", f"--json={whole}", "--quiet")
        merge = self.run_timed("merge", self.scratch / "merged", *shards, f"--json={merged}", "--quiet")
        self.assertTrue(filecmp.cmp(whole, merged, shallow=False))
        runs = len(list((self.scratch / "whole").glob("*-*/result.json")))
        print(f"{runs} runs: array {array:.1f} s, merge {merge:.1f} s, single run {alone:.1f} s; "
              f"{whole.stat().st_size} bytes of results, equal")

    def run_timed(self, *arguments):
        began = time.monotonic()
        self.assert_exit(sipharness(*arguments, timeout=LONGEST), 0)
        return time.monotonic() - began

    def test_the_queue_hands_out_phones(self):
        self.program(STAND_IN)
        for _ in range(3):
            self.submit("--gres=phone:grp2614:1", CI / "slurm_phone.sh", "guide", PHONES=str(self.folder))

        def addresses():
            called = [path.read_text().split() for path in self.place.glob("phone-*")]
            return sorted(words[words.index("--phone-address") + 1] for words in called if words)

        self.wait_for(lambda: len(addresses()) == 2)
        self.assertEqual(["192.0.2.50", "192.0.2.51"], addresses())
        self.assertEqual(["PENDING", "RUNNING", "RUNNING"], sorted(self.states()))
        (self.place / "go").touch()
        self.wait_for(lambda: not self.states())
        self.assertEqual(3, len(addresses()))


if __name__ == "__main__":
    unittest.main()
