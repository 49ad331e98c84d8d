#!/usr/bin/env python3
"""Holds the links between requirements and scenarios: tests/data/catalogue.csv lists in which of the
catalogue's numbered scenarios a requirement must be seen, scenario_numbers.csv what the numbers are
called here, and each of those files names the requirement in its `expect`."""
import csv
import json
import pathlib
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "tests/data"


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ids(expectations):
    return {e if isinstance(e, str) else e["requirement"] for e in expectations}


def expected_in(file):
    """What a scenario names, in any of its variants."""
    scenario = json.loads((ROOT / "scenarios" / f"{file}.json").read_text(encoding="utf-8"))
    return set().union(*(ids(part.get("expect", ())) for part in [scenario, *scenario.get("variants", ())]))


# Links that a device which does right gives nothing to judge by; one that leaves is judged anyway.
ONLY_WHEN_LEFT = {("FO-NOPAR", "s24"), ("FO-NOPAR", "s26"), ("FO-NODUP", "s26")}


class Links(unittest.TestCase):
    def setUp(self):
        files = {row["number"]: row["files"].split() for row in rows("scenario_numbers.csv")}
        self.named = {number: set().union(*map(expected_in, names)) for number, names in files.items()}
        self.judged = [row for row in rows("catalogue.csv")
                       if row["when"] == "now" and row["severity"] != "duty"]

    def test_every_number_of_now_is_a_file(self):
        wanted = {number for row in self.judged for number in row["scenarios"].split()}
        later = {"s40", "s41", "s44", "s47"}  # names and transports
        self.assertEqual(wanted - set(self.named) - later - {"all"}, set())

    def test_every_listed_requirement_is_expected_where_it_is_listed(self):
        for row in self.judged:
            for number in set(row["scenarios"].split()) & set(self.named):
                wanted = (row["id"], number) not in ONLY_WHEN_LEFT
                with self.subTest(row["id"], scenario=number):
                    self.assertTrue(not wanted or row["id"] in self.named[number])

    def test_every_requirement_is_expected_somewhere(self):
        files = [path.relative_to(ROOT / "scenarios").with_suffix("")
                 for path in (ROOT / "scenarios").rglob("*.json")
                 if not path.stem.endswith(".schema") and path.parent.name not in ("profiles", "plans")]
        everywhere = set().union(*map(expected_in, files))
        self.assertEqual({row["id"] for row in self.judged} - everywhere, set())


if __name__ == "__main__":
    unittest.main()
