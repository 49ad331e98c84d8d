"""The situations that docs/scenarios.md lists: each names a scenario that is there, and that plays."""
import re
import unittest

from support import ROOT, EndToEnd, sipharness

ROW = re.compile(r"^\| (\d+) \| .* \| `([\w/]+)` \|$", re.MULTILINE)
SITUATIONS = 33
NOT_STAGED = {3}


class Situations(EndToEnd):
    def setUp(self):
        super().setUp()
        self.listed = {int(number): name for number, name in
                       ROW.findall((ROOT / "docs/scenarios.md").read_text())}

    def test_every_situation_is_listed(self):
        self.assertEqual(set(self.listed) | NOT_STAGED, set(range(1, SITUATIONS + 1)))

    def test_each_is_staged_by_its_scenario(self):
        own = sorted(ROOT.glob("tests/data/situations/*.json"))
        shipped = [name for name in self.listed.values() if "/" in name]
        self.assertEqual([path.stem for path in own],
                         sorted(name for name in self.listed.values() if "/" not in name))
        done = sipharness("run", *own, *shipped, "--clock", "virtual", "--out", self.scratch, "--quiet")
        self.assertIn(done.returncode, (0, 3), done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
