"""The catalogue's timelines (table T-7) on the wire: when each request first leaves, and how often it is
sent, read by tshark. Scenario zero is the virtual epoch; answers take a millisecond."""
import unittest

from support import EndToEnd, result_of
from virtual_time_test import sends

ZERO = 1704067200  # 2024-01-01T00:00:00Z
SLACK = 0.05

# A request sent once, by Timer E until F, by Timer A until B.
ONCE, E, A = 1, 11, 7

TIMELINES = {
    "guide/primary_silent_from_boot": {
        ("REGISTER", "primary"): [(at, E) for at in (0, 52, 104, 156, 208, 260)],
        ("REGISTER", "secondary"): [(0, ONCE), (100, ONCE), (200, ONCE)],
        ("INVITE", "primary"): [],
        ("INVITE", "secondary"): [(60, ONCE)],
    },
    "guide/primary_silent_on_invite": {
        ("INVITE", "primary"): [(35, A)],
        ("INVITE", "secondary"): [(67, ONCE)],
        ("CANCEL", "primary"): [],
    },
    "guide/primary_lost_at_refresh": {
        ("REGISTER", "primary"): [(0, ONCE), (100, E), (152, E), (204, E), (256, E), (308, 6)],
        ("INVITE", "primary"): [],
        ("INVITE", "secondary"): [(140, ONCE)],
    },
    "guide/refresh_before_expiry": {
        ("REGISTER", server): [(at, ONCE) for at in (0, 100, 200, 300, 400)]
        for server in ("primary", "secondary")
    },
    "guide/refresh_without_margin": {
        ("REGISTER", server): [(at, ONCE) for at in (0, 115, 230, 345)]
        for server in ("primary", "secondary")
    },
    "failover/primary_returns": {
        ("REGISTER", "primary"): [(0, ONCE), (100, E), (152, E), (204, E), (256, ONCE), (356, ONCE),
                                  (456, ONCE)],
        ("INVITE", "secondary"): [(160, ONCE)],
        ("INVITE", "primary"): [(430, ONCE), (450, ONCE)],
        ("BYE", "secondary"): [(420, ONCE)],
    },
    "failover/primary_answers_too_late": {
        ("INVITE", "primary"): [(10, A)],
        ("INVITE", "secondary"): [(42, ONCE)],
        ("BYE", "primary"): [(50, ONCE)],
    },
    "failover/both_servers_return": {
        ("INVITE", "primary"): [(40, A), (200, A), (700, ONCE)],
        ("INVITE", "secondary"): [(72, A), (232, A)],
    },
}

# Table T-9: how long a loss may go unnoticed, as the findings measure it.
DETECTION = [
    ("guide/primary_silent_on_invite", "FO-DET-INV", 32.0),
    ("guide/primary_lost_at_refresh", "FO-DET-REG", 132.0),
]


class Timelines(EndToEnd):
    def folder_of(self, scenario):
        done, folders = self.run_scenarios(f"scenarios/{scenario}.json")
        self.assert_exit(done, 0)
        return next(iter(folders.values()))

    def test_are_those_of_the_table(self):
        for scenario, requests in TIMELINES.items():
            folder = self.folder_of(scenario)
            for (method, server), expected in requests.items():
                seen = sorted((copies[0] - ZERO, len(copies)) for copies in sends(folder, method, server))
                with self.subTest(scenario, method=method, server=server):
                    self.assertEqual([count for _, count in seen], [count for _, count in expected])
                    for (at, _), (nominal, _) in zip(seen, expected):
                        self.assertAlmostEqual(at, nominal, delta=SLACK)

    def test_detection_takes_what_the_table_allows(self):
        for scenario, requirement, seconds in DETECTION:
            findings = result_of(self.folder_of(scenario))["findings"]
            measured = [f["measured_s"] for f in findings if f["requirement"] == requirement]
            with self.subTest(scenario, requirement=requirement):
                self.assertEqual(len(measured), 1)
                self.assertAlmostEqual(measured[0], seconds, delta=SLACK)


if __name__ == "__main__":
    unittest.main()
