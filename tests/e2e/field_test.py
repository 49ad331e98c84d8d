"""Captures as support engineers are handed them, without a journal: what is said of each is right.

tests/data/field holds captures, each beside a NAME.json with what holds of it:
  arguments    of `sipharness check` beside the capture; files are beside it
  exit         the exit code
  fails        all requirements that fail, each "ID" or "ID (device)"; none unless listed
  warns        all that warn, in the same way
  findings     other verdicts: {"ID": "pass"}; "absent" is not applicable, or no such finding
  roles        who is who: {"192.0.2.10:5060": "primary"}
  says         what the console output contains; does_not_say the reverse

tests/e2e/field holds situations made up by scripts, one file a kind.
"""
import json
import pathlib
import unittest

from support import EndToEnd, ROOT, sipharness

DATA = ROOT / "tests/data/field"


def verdicts(result):
    """Every finding that is more than not applicable, by requirement, and by requirement and device."""
    found = {}
    for finding in result["findings"]:
        for name in (finding["requirement"], f"{finding['requirement']} ({finding.get('device', '')})"):
            found.setdefault(name, set()).add(finding["verdict"])
    return found


class FieldTest(EndToEnd):
    def check(self, capture, *arguments):
        """(process, result) of `sipharness check CAPTURE …`, run beside the capture."""
        capture = pathlib.Path(capture)
        out = self.scratch / "result.json"
        arguments = [DATA / a if isinstance(a, str) and a.endswith((".json", ".jsonl")) else a for a in arguments]
        done = sipharness("check", capture, *arguments, "--verbose", "--json", out)
        return done, json.loads(out.read_text()) if out.exists() else {"findings": []}

    def assert_told(self, capture, arguments=(), exit=0, fails=(), warns=(), findings=(), roles=(), says=(),
                    does_not_say=()):
        done, result = self.check(capture, *arguments)
        told = verdicts(result)
        for verdict, expected in (("fail", fails), ("warn", warns)):
            ids = {name for name, held in told.items() if verdict in held}
            self.assertEqual({name for name in ids if "(" not in name}, {name.split(" (")[0] for name in expected},
                             f"what is told as {verdict}\n{done.stdout}")
            self.assertLessEqual({name for name in expected if "(" in name}, ids, done.stdout)
        for name, verdict in dict(findings).items():
            held = told.get(name, {"not_applicable"})
            self.assertIn("not_applicable" if verdict == "absent" else verdict, held, f"{name}\n{done.stdout}")
        known = {role["endpoint"]: role["role"] for role in result.get("roles", [])}
        for endpoint, role in dict(roles).items():
            self.assertEqual(role, known.get(endpoint), f"{endpoint}\n{done.stdout}")
        for text in says:
            self.assertIn(text, done.stdout)
        for text in does_not_say:
            self.assertNotIn(text, done.stdout)
        self.assertNotRegex(done.stdout, r"(?<!margin )-\d+\.\d+ s", "only a margin is negative")
        counts = result.get("messages")
        if counts:
            left_out = sum(some["count"] for some in counts["left_out"])
            self.assertEqual(counts["seen"], counts["judged"] + left_out, "what was seen is judged or left out")
        if exit is not None:
            self.assert_exit(done, exit)


class Captures(FieldTest):
    def test_each_is_told_right(self):
        for page in sorted(DATA.glob("*.json")):
            held = json.loads(page.read_text())
            if "capture" not in held and not page.with_suffix(".pcap").exists():
                continue  # a profile or a scenario that others name
            with self.subTest(page.stem):
                capture = DATA / held.pop("capture", page.stem + ".pcap")
                held.pop("title")
                self.assert_told(capture, **held)


def load_tests(loader, tests, _):
    """The situations of tests/e2e/field beside those of this file."""
    folder = pathlib.Path(__file__).parent / "field"
    tests.addTests(loader.discover(str(folder), pattern="*.py", top_level_dir=str(folder)))
    return tests


if __name__ == "__main__":
    unittest.main(verbosity=1)
