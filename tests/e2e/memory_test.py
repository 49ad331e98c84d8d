"""Memory that runs out: an error like others, and what is on the disk stays."""
import resource
import unittest

from support import EndToEnd, SCENARIOS, sipharness


class Memory(EndToEnd):
    def test_that_runs_out_exits_4_with_one_line_and_keeps_the_capture(self):
        herd, found = SCENARIOS / "failover/herd_returns.json", set()
        for mebibytes in (32, 36, 40, 44, 52, 60):
            limit = mebibytes << 20

            def limited():
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

            out = self.scratch / f"runs-{mebibytes}"
            with self.subTest(mebibytes):
                done = sipharness("run", herd, "--out", out, "--quiet", preexec_fn=limited)
                found.add(done.returncode)
                if done.returncode != 0:
                    self.assert_exit(done, 4)
                    self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
                    self.assertIn("no more memory", done.stderr)
                if (out / "latest/capture.pcap").exists():
                    self.assert_exit(sipharness("inspect", out / "latest/capture.pcap"), 0)
                done = sipharness("check", out / "latest", "--quiet", "--jobs", "8", preexec_fn=limited)
                self.assertIn(done.returncode, (0, 1, 3, 4), done.stderr)
        self.assertIn(4, found)


if __name__ == "__main__":
    unittest.main()
