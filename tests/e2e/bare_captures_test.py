"""Every deviation of the reference UA, judged by what a customer has: the capture, the profile and the
servers' addresses, but no journal; and by the capture alone. Either may know less than the run; it never
says the opposite."""
import concurrent.futures
import os
import re
import unittest

from judged_again import JudgedAgain, opposites, verdicts_in, what_is_named
from support import ROOT, result_of, scenario_files, sipharness

SEEDS = range(1, 6)
LEAST_CAUGHT = {"phone and servers": 140, "nothing": 105}
PASSED_UNSEEN = {
    # The program ended, which only the journal tells: a bare capture ends there, with its bindings in order.
    "dies_at_a_broken_answer": {"GRP-REG-02", "RFC3261-REG-09"},
}


def deviations():
    """Name, scenario (and its variant) and the requirement that it breaks."""
    rows = re.findall(r"^\| (\w+) \| ([\w/]+) \| ([A-Z][\w-]+) \|", (ROOT / "docs/selftest.md").read_text(), re.M)
    return [row for row in rows if row[1].split("/")[0] in FILES]


FILES = {path.stem: path for path in scenario_files()}


def accused(verdicts):
    return {name for name, verdict in verdicts.items() if verdict in ("fail", "warn")}


class BareCaptures(JudgedAgain):
    def judge_bare(self, deviation, scenario, seed):
        """Of each run folder: its name, the verdicts of the run, and those of the bare capture by what is named."""
        out = self.scratch / deviation / str(seed)
        sipharness("run", FILES[scenario.split("/")[0]], "--deviate", deviation, "--seed", seed, "--out", out,
                   "--quiet")
        return [(folder.name.rsplit("-", 2)[0], verdicts_in(result_of(folder)),
                 {"phone and servers": self.judge(folder / "capture.pcap", *what_is_named(folder), "--jobs", 1),
                  "nothing": self.judge(folder / "capture.pcap", "--jobs", 1)})
                for folder in sorted(out.iterdir()) if folder.is_dir() and not folder.is_symlink()]

    def test_no_bare_capture_contradicts_its_run(self):
        rows = deviations()
        self.assertGreater(len(rows), 150)
        jobs = [(*row, seed) for row in rows for seed in SEEDS]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            judged = list(pool.map(lambda job: self.judge_bare(job[0], job[1], job[3]), jobs))
        escaped = {named: set() for named in LEAST_CAUGHT}
        for (deviation, scenario, breaks, seed), runs in zip(jobs, judged):
            for name, run, by_what_is_named in runs:
                for named, bare in by_what_is_named.items():
                    with self.subTest(deviation=deviation, run=name, seed=seed, named=named):
                        turned = opposites(bare, run)
                        self.assertLessEqual(set(turned), PASSED_UNSEEN.get(deviation, set()),
                                             f"the verdict of the run, that of the bare capture: {turned}")
                        self.assertLessEqual(accused(bare), accused(run), "accused by the bare capture alone")
                    if name == scenario.replace("/", "-") and breaks not in accused(bare):
                        escaped[named].add(deviation)
        for named, least in LEAST_CAUGHT.items():
            caught = len(rows) - len(escaped[named])
            print(f"{caught} of {len(rows)} deviations caught from their bare captures with {named} named")
            self.assertGreaterEqual(caught, least, sorted(escaped[named]))


if __name__ == "__main__":
    unittest.main(verbosity=1)
