"""`sipharness compare` and `baseline`: sets of runs, as a lab and a CI job hold them against each other."""
import json
import unittest

import jsonschema

from support import EndToEnd, SCENARIOS, sipharness

FLAGSHIP, CALL = "scenarios/primary_down.json", "scenarios/guide/call_primary_up.json"


class Compare(EndToEnd):
    def runs(self, name, *arguments):
        """A batch: its folder and its file of results."""
        out, results = self.scratch / name, self.scratch / f"{name}.json"
        self.assertIn(sipharness("run", "--out", out, "--json", results, "--quiet", *arguments).returncode, (0, 1))
        return out, results

    def compare(self, before, after, code, *arguments):
        done = sipharness("compare", before, after, *arguments)
        self.assert_exit(done, code)
        return done

    def assert_follows_schema(self, document, name):
        jsonschema.validate(document, json.loads((SCENARIOS / f"{name}.schema.json").read_text()))

    def test_tells_two_builds_of_a_firmware_apart(self):
        good, _ = self.runs("good", FLAGSHIP, CALL)
        bad, bad_file = self.runs("bad", FLAGSHIP, CALL, "--deviate", "skips_a_refresh")
        said = self.compare(good, bad_file, 1).stdout
        self.assertIn("WORSE: 2 newly failing", said.splitlines()[0])
        self.assertIn("GRP-REG-05 primary_down", said)
        self.assertIn("took    132.000 s, then 182.000 s (tolerance 0.600 s)", said)
        self.assertIn("2 newly passing", self.compare(bad, good, 0, "--quiet").stdout)

        document = json.loads(self.compare(good, bad, 1, "--json", "-").stdout)
        self.assert_follows_schema(document, "comparison")
        self.assertEqual({change["requirement"] for change in document["changes"]}, {"GRP-REG-05", "FO-DET-REG"})
        moved = next(c for c in document["changes"] if c["requirement"] == "FO-DET-REG")
        self.assertEqual((moved["before"]["measured_s"], moved["after"]["measured_s"]), (132, 182))
        table = self.compare(good, bad, 1, "--markdown", "-").stdout
        self.assertIn("| newly failing | GRP\\-REG\\-05 | primary\\_down |", table)

    def test_shows_two_builds_of_a_firmware_in_a_matrix(self):
        good, good_file = self.runs("good", FLAGSHIP, CALL)
        bad, _ = self.runs("bad", FLAGSHIP, CALL, "--deviate", "skips_a_refresh")
        page, table = self.scratch / "page.html", self.scratch / "table.md"
        done = sipharness("matrix", good, bad, "--label", "1.0", "--label", "1.1", "--html", page, "--markdown", table)
        self.assert_exit(done, 0)
        self.assertRegex(done.stdout, r"(?m)^primary_down +PASS +FAIL$")
        self.assertRegex(done.stdout, r"(?m)^GRP-REG-05 +PASS +FAIL$")
        self.assertIn("| primary\\_down | PASS", table.read_text())
        data = json.loads(page.read_text().split('id="data">')[1].split("</script>")[0])
        self.assertEqual(["1.0", "1.1"], [firmware["name"] for firmware in data["firmwares"]])
        for _, _, run_page in data["runs"]:
            self.assertTrue((page.parent / run_page).is_file(), run_page)
        # Builds that call themselves alike are one firmware; results in one file have no pages.
        alike = sipharness("matrix", good_file, bad, "--html", "-")
        self.assert_exit(alike, 0)
        self.assertTrue(alike.stdout.startswith("<!doctype html>"))
        self.assertRegex(sipharness("matrix", good_file, bad).stdout, r"(?m)^primary_down +FAIL 1 of 2, flaky$")
        for wrong in (("--label", "1.0"), ("--html", good_file), ("nowhere",)):
            self.assert_exit(sipharness("matrix", good_file, bad, *wrong), 2)

    def test_finds_a_folder_and_its_file_alike(self):
        out, results = self.runs("same", FLAGSHIP, CALL)
        for before, after in ((out, results), (results, out), (out / "latest", out / "latest/result.json")):
            self.assertTrue(self.compare(before, after, 0).stdout.startswith("NO WORSE: "))

    def test_says_what_was_not_run_again(self):
        both, _ = self.runs("both", FLAGSHIP, CALL)
        one, _ = self.runs("one", CALL)
        self.assertIn("not run again  primary_down", self.compare(both, one, 3).stdout)
        self.assertIn("not run before  primary_down", self.compare(one, both, 0).stdout)

    def test_refuses_what_is_no_result(self):
        out, results = self.runs("some", CALL)
        cut = self.scratch / "cut.json"
        cut.write_text(results.read_text()[:2000])
        empty = self.scratch / "empty"
        empty.mkdir()
        for what, said in ((self.scratch / "nowhere", "No such file"), (cut, "syntax error"),
                           (empty, "holds no result.json"), (FLAGSHIP, '"format" is missing'),
                           (out / "latest/capture.pcap", "not UTF-8 text")):
            self.assertIn(said, self.compare(what, results, 2).stderr)
        self.compare(out, results, 2, "--json", results)
        self.compare(out, results, 4, "--json", "/dev/full")

    def test_accepts_known_failures_and_no_others(self):
        bad, _ = self.runs("bad", FLAGSHIP, "--deviate", "skips_a_refresh")
        known = self.scratch / "known.json"
        self.assert_exit(sipharness("baseline", "write", bad, "--out", known), 0)
        self.assert_follows_schema(json.loads(known.read_text()), "baseline")

        def again(code, *arguments):
            done = sipharness("run", FLAGSHIP, "--out", self.scratch / "again", "--baseline", known, *arguments)
            self.assert_exit(done, code)
            return done.stdout

        self.assertIn("Baseline: 2 known failures accepted", again(0, "--deviate", "skips_a_refresh"))
        self.assertIn("passes now: GRP-REG-05 in primary_down", again(0))
        again(1, "--strict")
        # A known failure ends no batch, and where a document is printed the rest goes to standard error.
        both = sipharness("run", FLAGSHIP, CALL, "--out", self.scratch / "both", "--baseline", known, "--fail-fast",
                          "--json", "-", "--deviate", "skips_a_refresh")
        self.assert_exit(both, 0)
        self.assertEqual(len(json.loads(both.stdout)["results"]), 2)
        self.assertIn("Baseline: 2 known failures accepted", both.stderr)
        again(1, "--deviate", "omits_max_forwards")
        content = json.loads(known.read_text())
        for entry in content["known"]:
            entry["until"] = "2020-02-29"
        known.write_text(json.dumps(content))
        self.assertIn("no longer accepted since 2020-02-29: GRP-REG-05", again(1, "--deviate", "skips_a_refresh"))
        known.write_text("{}")
        again(2)
        self.assertEqual(known.read_text(), "{}")


if __name__ == "__main__":
    unittest.main()
