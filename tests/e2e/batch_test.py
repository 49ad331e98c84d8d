"""A folder of three scenarios in real time: how long it takes is told before, and what an interrupt cuts short is gone
on with as if it had run in one go."""
import json
import re
import signal
import subprocess
import time
import unittest

from support import EndToEnd, HOST_TOO_BUSY, PROGRAM, ROOT, was_late, sipharness, turns

# Short, and long enough that what a busy host adds to each is less than a tenth.
SECONDS = 3
NAMES = ("first", "second", "third")
SHORT = {
    "title": "The device registers at both servers, and that is all",
    "duration": f"{SECONDS}s",
    "servers": {"primary": {"port": 5070}, "secondary": {"port": 5080}},
    "timeline": [{"at": "0s", "do": "boot"}],
    "expect": ["GRP-REG-01"],
}


def played_for(folder):
    """Seconds by the run's own clock: what a busy host takes to start and to judge it is not in them."""
    return json.loads((folder / "journal.jsonl").read_text().splitlines()[-1])["t_ns"] / 1e9


class Folder(EndToEnd):
    def setUp(self):
        super().setUp()
        self.folder = self.scratch / "scenarios"
        self.folder.mkdir()
        for number, name in enumerate(NAMES):
            content = json.loads(json.dumps(SHORT))
            for host, server in ((11, "primary"), (12, "secondary")):
                content["servers"][server]["address"] = f"127.{91 + number}.0.{host}"
            (self.folder / f"{name}.json").write_text(json.dumps(content))

    def arguments(self, *more):
        return ["run", self.folder, "--clock", "real", "--capture", "tap", "--json", self.scratch / "results.json", *more]

    def verdicts(self):
        document = json.loads((self.scratch / "results.json").read_text())
        return [(result["scenario"], result["verdict"], {f["requirement"]: f["verdict"] for f in result["findings"]})
                for result in document["results"]]

    def in_one_go(self):
        for turn in turns():
            out = self.scratch / f"whole-{turn}"
            begun = time.monotonic()
            done = sipharness(*self.arguments("--out", out))
            taken = time.monotonic() - begun
            folders = [folder for folder in out.iterdir() if folder.is_dir() and not folder.is_symlink()]
            if not any(map(was_late, folders)):
                return done, taken, sum(map(played_for, folders))
        self.skipTest(HOST_TOO_BUSY)

    def cut_short(self, out):
        """Interrupted once, when the first of three is done."""
        run = subprocess.Popen([PROGRAM, *map(str, self.arguments("--out", out, "--quiet"))], cwd=ROOT, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertIn("first", run.stdout.readline())
        time.sleep(SECONDS / 4)
        run.send_signal(signal.SIGINT)
        _, told = run.communicate(timeout=60)
        return run.returncode, told

    def test_eta_and_resumption(self):
        done, taken, played = self.in_one_go()
        self.assert_exit(done, 0)
        forecast = float(re.search(r"3 runs in real time, ([\d.]+)s", done.stderr)[1])
        self.assertAlmostEqual(played, forecast, delta=0.1 * forecast)
        self.assertGreater(taken, 0.9 * forecast)
        whole = self.verdicts()
        self.assertEqual([name for name, *_ in whole], list(NAMES))

        out = self.scratch / "cut"
        code, told = self.cut_short(out)
        self.assertEqual(code, 3, told)
        self.assertIn(f"--resume {out} continues", told)
        self.assertEqual([name for name, verdict, _ in self.verdicts() if verdict == "pass"], ["first"])

        done = sipharness(*self.arguments("--resume", out))
        self.assert_exit(done, 0)
        self.assertIn("1 of 3 runs ended before", done.stderr)
        self.assertRegex(done.stderr, rf"2 runs in real time, {forecast * 2 / 3:g}s")
        self.assertEqual(self.verdicts(), whole)


if __name__ == "__main__":
    unittest.main()
