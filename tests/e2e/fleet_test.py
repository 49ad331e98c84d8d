"""More devices than are listed one by one: what they come to together, and the load on their servers."""
import collections
import json
import unittest

from support import EndToEnd, result_of, sip_ports, sipharness, tshark

DEVICES = 230


class Fleet(EndToEnd):
    def run_fleet(self, code, *arguments):
        done, folders = self.run_scenarios("herd_returns", "--devices", DEVICES, *arguments)
        self.assert_exit(done, code)
        return done.stdout, folders["herd_returns"], result_of(folders["herd_returns"])

    def rows_of(self, result):
        return {row["requirement"]: row["devices"] for row in result["fleet"]["rows"]}

    def test_is_told_as_one(self):
        said, folder, result = self.run_fleet(0)
        self.assertEqual(DEVICES, len(result["devices"]))
        self.assertEqual(DEVICES, result["fleet"]["devices"])
        rows = self.rows_of(result)
        for requirement, devices in rows.items():
            self.assertEqual(DEVICES, sum(devices.values()), requirement)
            kept = collections.Counter(finding["verdict"] for finding in result["findings"]
                                       if finding["requirement"] == requirement)
            self.assertEqual({verdict: min(10, count) for verdict, count in devices.items() if count}, kept, requirement)
        for verdict, count in result["counts"].items():
            self.assertEqual(count, sum(devices[verdict] for devices in rows.values()), verdict)
        self.assertEqual(DEVICES, rows["FO-HERD-01"]["pass"])
        for storm in result["fleet"]["storms"]:
            self.assertEqual((10, 290), (storm["down_at_s"], storm["up_at_s"]))
            self.assertEqual((DEVICES, 0), (storm["back"]["count"], storm["not_back"]))
            self.assertEqual(DEVICES, storm["registers"][0])
        registers = sum(sum(storm["registers"]) for storm in result["fleet"]["storms"])
        methods = tshark(folder / "capture.pcap", *sip_ports(folder), "-Y", "sip.Method", "-T", "fields", "-e",
                         "sip.Method")
        self.assertEqual(methods.count("REGISTER"), registers)
        self.assertIn(f"Fleet  {DEVICES} devices", said)
        self.assertIn(f"{DEVICES} devices back after its return", said)
        again = sipharness("check", folder, "--json", "-")
        self.assertEqual(result["fleet"], json.loads(again.stdout)["fleet"])
        nothing = sipharness("check", folder, "--only", "RFC3842")
        self.assert_exit(nothing, 3)
        self.assertIn("none of the 2 requirements named was exercised", nothing.stdout)

    def test_tells_how_many_devices_are_wrong(self):
        said, folder, result = self.run_fleet(0, "--deviate", "registers_again_at_once")
        row = self.rows_of(result)["RFC3261-REG-11"]
        self.assertEqual(DEVICES, row["warn"])
        self.assertIn(f"RFC3261-REG-11 (all {DEVICES} devices)", said)
        self.assertIn(f"… and {DEVICES - 5} more devices like this", said)
        page = (folder / "report.html").read_text()
        data = json.loads(page.split('id="data">')[1].split("</script>")[0])
        self.assertLess(len(data["phones"]), 30)
        _, healthy, _ = self.run_fleet(0)
        compared = sipharness("compare", healthy, folder)
        self.assert_exit(compared, 1)
        self.assertIn("RFC3261-REG-11 herd_returns", compared.stdout)
        self.assert_exit(sipharness("compare", folder, folder), 0)

    def test_is_refused_where_no_scenario_has_several_devices(self):
        done = sipharness("run", "primary_down", "--devices", "300", "--out", self.scratch)
        self.assert_exit(done, 2)
        self.assertIn("--devices 300: none of these scenarios has several", done.stderr)
        self.assert_exit(sipharness("run", "herd_returns", "--devices", "1"), 2)
        self.assert_exit(sipharness("run", "herd_returns", "--devices", "10001"), 2)


if __name__ == "__main__":
    unittest.main()
