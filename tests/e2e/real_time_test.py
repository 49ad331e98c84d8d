"""The flagship and two short scenarios in real time on loopback, side by side, captured live."""
import unittest

from support import EndToEnd, result_of, sip_ports, tshark
from virtual_time_test import INVITE_OFFSETS, REGISTER_OFFSETS, sends


class RealTime(EndToEnd):
    def test_three_scenarios_side_by_side_with_live_capture(self):
        files = ["scenarios/primary_down.json", "scenarios/guide/both_up_register.json",
                 "scenarios/guide/call_primary_up.json"]
        done, folders = self.run_on_a_punctual_host(*files, "--clock", "real", "--capture", "live",
                                                    "--jobs", "3", timeout=300)
        self.assert_exit(done, 0)
        self.assertEqual(len(folders), 3)
        for name, folder in folders.items():
            with self.subTest(name):
                result = result_of(folder)
                self.assertEqual(result["capture"]["source"], "live")
                self.assertEqual(result["capture"]["health"], "complete")
                self.assertEqual(result["verdict"], "pass")
                messages = tshark(folder / "capture.pcap", *sip_ports(folder), "-Y", "sip")
                self.assertEqual(len(messages), result["capture"]["sip_messages"])
        self.assert_times_within_tolerance(folders["primary_down"])

    def assert_times_within_tolerance(self, folder):
        """max(20 ms, 2 %) late for each interval, as the reference profile says."""
        invites = max(sends(folder, "INVITE", "primary"), key=len)
        registers = max(sends(folder, "REGISTER", "primary"), key=len)
        for expected, seen in ((INVITE_OFFSETS, invites), (REGISTER_OFFSETS, registers)):
            self.assertEqual(len(seen), len(expected))
            for k in range(1, len(seen)):
                nominal = expected[k] - expected[k - 1]
                self.assertAlmostEqual(seen[k] - seen[k - 1], nominal,
                                       delta=max(0.02, 0.02 * nominal))


if __name__ == "__main__":
    unittest.main()
