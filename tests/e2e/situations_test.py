"""The situations that docs/scenarios.md lists: each names a scenario that is there, and that plays in virtual time.
Called with Situations.in_real_time, in real time on loopback too: eight at once, a quarter of an hour in all."""
import json
import re
import unittest

from support import ROOT, EndToEnd, sipharness

ROW = re.compile(r"^\| (\d+) \| .* \| `([\w/]+)` \|$", re.MULTILINE)
SITUATIONS = 33
LISTED = {int(number): name for number, name in ROW.findall((ROOT / "docs/scenarios.md").read_text())}
OWN = sorted(ROOT.glob("tests/data/situations/*.json"))
SHIPPED = list(dict.fromkeys(name for name in LISTED.values() if "/" in name))


class Situations(EndToEnd):
    def test_every_situation_is_listed(self):
        self.assertEqual(set(LISTED), set(range(1, SITUATIONS + 1)))

    def test_each_is_staged_by_its_scenario(self):
        self.assertEqual([path.stem for path in OWN], sorted(name for name in LISTED.values() if "/" not in name))
        done = sipharness("run", *OWN, *SHIPPED, "--clock", "virtual", "--out", self.scratch, "--quiet")
        self.assertIn(done.returncode, (0, 3), done.stdout + done.stderr)

    def in_real_time(self):
        """Where the host was late once more, and what that leaves undecided is no difference."""
        played, virtual, late = [*OWN, *SHIPPED], self.verdicts("virtual", [*OWN, *SHIPPED])[0], []
        for _ in range(3):
            real, late = self.verdicts("real", played)
            self.assertEqual({name: virtual[name] for name in real if name not in late},
                             {name: verdict for name, verdict in real.items() if name not in late})
            if not late:
                return
            played = [one for one in played if str(one).removesuffix(".json").endswith(tuple(late))]
        self.skipTest(f"the host was too late three times: {', '.join(late)}")

    def verdicts(self, clock, played):
        """By scenario; and of which the host was too late for one."""
        done, _ = self.run_scenarios(*played, "--clock", clock, "--jobs", "8", "--json", self.scratch / "all.json",
                                     "--quiet", timeout=1200)
        self.assertIn(done.returncode, (0, 1, 3), done.stderr)
        results = json.loads((self.scratch / "all.json").read_text())["results"]
        names = ["/".join(filter(None, (one["scenario"], one.get("variant")))) for one in results]
        verdicts = {name: one["verdict"] for name, one in zip(names, results, strict=True)}
        print(f"{clock}: " + ", ".join(f"{name} {verdict}" for name, verdict in verdicts.items()))
        blamed = {name for name, one in zip(names, results, strict=True) if one["verdict"] == "inconclusive"
                  and any(finding.get("blame") == "host" for finding in one["findings"])}
        return verdicts, sorted(blamed)


if __name__ == "__main__":
    unittest.main()
