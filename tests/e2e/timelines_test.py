"""The catalogue's timelines (table T-7) on the wire: when each request first leaves, and how often it is
sent, read by tshark. Scenario zero is the virtual epoch; answers take a millisecond."""
import unittest

from support import EndToEnd, result_of
from virtual_time_test import sends

ZERO = 1704067200  # 2024-01-01T00:00:00Z
SLACK = 0.05

# A request sent once, by Timer E until F, by Timer A until B.
ONCE, E, A = 1, 11, 7

# By folder and name of the scenario, and its variant if it has any.
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
    "calls/hang_up_around_the_switch": {
        ("INVITE", "primary"): [(10, A), (90, A)],
        ("INVITE", "secondary"): [(122, ONCE)],
        ("CANCEL", "primary"): [],
    },
    "dialogs/primary_dies_in_call/hung_up_soon": {
        ("BYE", "primary"): [(40, E)],
        ("INVITE", "primary"): [(10, ONCE), (44, A)],
        ("INVITE", "secondary"): [(76, ONCE)],
    },
    # SE 90, answered at 8 s: refreshed after 45 s, or ended 30 s before it is over.
    "dialogs/session_timer/device_refreshes": {
        ("INVITE", "primary"): [(5, ONCE), (53, ONCE), (98, ONCE)],
    },
    "dialogs/session_timer/refresh_never_comes": {
        ("BYE", "primary"): [(68, ONCE)],
    },
    "registration/soak_four_hours": {
        ("REGISTER", server): [(3595 * k, ONCE) for k in range(5)]
        for server in ("primary", "secondary")
    },
    # Table T-3: a provisional response 0.2, 0.7 and 2 s after the first send.
    "registration/only_trying_for_register/at_200ms": {("REGISTER", "primary"): [(0, 9), (52, 9)]},
    "registration/only_trying_for_register/at_700ms": {("REGISTER", "primary"): [(0, 10), (52, 10)]},
    "registration/only_trying_for_register/at_2s": {("REGISTER", "primary"): [(0, E), (52, E)]},
}

# Table T-9: how long a loss may go unnoticed, as the findings measure it.
DETECTION = [
    ("guide/primary_silent_on_invite", "FO-DET-INV", 32.0),
    ("guide/primary_lost_at_refresh", "FO-DET-REG", 132.0),
]


class Timelines(EndToEnd):
    def folder_of(self, scenario):
        topic, name, *variant = scenario.split("/")
        done, folders = self.run_scenarios(f"scenarios/{topic}/{name}.json")
        self.assert_exit(done, 0)
        return folders["-".join([name, *variant])]

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
