"""A harness that stands still for a while, and one that may not capture: real time, on loopback."""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import threading
import time
import unittest

from support import EndToEnd, PROGRAM, ROOT, only_the_host_is_blamed, result_of


class StoppedHarness(EndToEnd):
    """A harness that stood still for 3 s at any moment knows it, and holds it against no device."""
    SCENARIO = "scenarios/guide/call_primary_up.json"
    LONGEST = 30  # seconds into the run

    def test_accuses_nobody(self):
        out = self.scratch / "stopped"
        run = subprocess.Popen([PROGRAM, "run", "--clock", "real", "--jobs", "2", "--quiet", "--out", out,
                                self.SCENARIO, self.SCENARIO], cwd=ROOT, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(run.kill)
        moments = [random.uniform(0, self.LONGEST) for _ in range(2)]
        for child, moment in zip(self.children_of(run.pid), moments):
            threading.Thread(target=self.stop, args=(child, moment)).start()
        said, _ = run.communicate(timeout=400)
        folders = [path for path in out.iterdir() if path.is_dir() and not path.is_symlink()]
        self.assertEqual(len(folders), 2, said)
        for folder in folders:
            result = result_of(folder)
            self.assertGreater(result["lag"]["worst_s"], 2.9)
            accused = [f"{f['requirement']}: {f['message']}" for f in result["findings"]
                       if f["verdict"] in ("fail", "warn")]
            self.assertEqual(accused, [], f"stopped at {moments}, lag at {result['lag']['at_s']}")

    def children_of(self, parent):
        children, deadline = [], time.monotonic() + 30
        while len(children) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
            children = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        self.assertEqual(len(children), 2)
        return [int(child) for child in children]

    @staticmethod
    def stop(process, moment):
        time.sleep(moment)
        os.kill(process, signal.SIGSTOP)
        time.sleep(3)
        os.kill(process, signal.SIGCONT)


class WithoutPrivilege(EndToEnd):
    def test_without_capture_privilege_the_tap_is_used_and_said(self):
        if os.geteuid() != 0:
            self.skipTest("only root can give up the privilege to capture")
        # A copy that nobody may run, in a folder that nobody may write.
        self.scratch.chmod(0o777)
        program = self.scratch / "sipharness"
        shutil.copy(PROGRAM, program)
        program.chmod(0o755)
        shutil.copytree(ROOT / "scenarios", self.scratch / "scenarios")
        done = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all",
             "--inh-caps=-all", program, "run", "--clock", "real", "--out", self.scratch / "runs",
             "scenarios/guide/call_primary_up.json"],
            cwd=self.scratch, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
        folder = (self.scratch / "runs/latest").resolve()
        # Without privilege the harness cannot go before other work: what it says of time does not count here.
        if done.returncode != 3 or not only_the_host_is_blamed([folder]):
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        result = result_of(folder)
        self.assertEqual(result["capture"]["source"], "tap")
        self.assertIn("live capture", result["capture"]["note"])


if __name__ == "__main__":
    unittest.main()
