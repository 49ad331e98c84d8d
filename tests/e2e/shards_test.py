"""`run --shard`, `merge`, and the recipes of docs/ci: several machines come to what one comes to."""
import json
import os
import shutil
import subprocess
import unittest

import jsonschema
import yaml

from support import EndToEnd, PROGRAM, ROOT, SCENARIOS, sipharness

BROKEN = ("--deviate", "never_falls_back")
WHAT = ("guide", "primary_down", "--repeat", 2, "--strict", *BROKEN)
CI = ROOT / "docs/ci"


class Shards(EndToEnd):
    def shards(self, count, what=WHAT):
        """The folders of all shards."""
        folders = [self.scratch / f"shard-{number}" for number in range(1, count + 1)]
        for number, folder in enumerate(folders, 1):
            done = sipharness("run", *what, "--shard", f"{number}/{count}", "--out", folder, "--quiet")
            self.assertIn(done.returncode, (0, 1, 3), done.stderr)
        return folders

    def merge(self, code, *arguments):
        out = self.scratch / f"merged-{len(list(self.scratch.iterdir()))}"
        done = sipharness("merge", out, *arguments)
        self.assert_exit(done, code)
        return out, done

    def test_come_to_what_one_machine_comes_to(self):
        whole, merged = self.scratch / "whole.json", self.scratch / "merged.json"
        one = sipharness("run", *WHAT, "--out", self.scratch / "whole", "--json", whole, "--quiet")
        folders = self.shards(3)
        out, done = self.merge(one.returncode, *reversed(folders), "--json", merged, "--quiet")
        self.assertEqual(whole.read_bytes(), merged.read_bytes())
        self.assertEqual(one.stdout.split("\n\n")[-2], done.stdout.split("\n\n")[-2])
        data = json.loads((out / "index.html").read_text().split('id="data">')[1].split("</script>")[0])
        self.assertTrue(all((out / run["page"]).is_file() for run in data["runs"]))
        self.assert_exit(sipharness("compare", self.scratch / "whole", out), 0)
        shards = [json.loads((folder / "shard.json").read_text()) for folder in folders]
        schema = json.loads((SCENARIOS / "shard.schema.json").read_text())
        for shard in shards:
            jsonschema.validate(shard, schema)
            self.assertEqual(shard["plan"], shards[0]["plan"])
        self.assertEqual(len(shards[0]["plan"]), sum(len(shard["runs"]) for shard in shards))

    def test_that_are_missing_are_told(self):
        first, second, third = self.shards(3)
        plan = json.loads((first / "shard.json").read_text())["plan"]
        names = [run["name"] for run in plan if run["shard"] == 2]
        _, done = self.merge(1, third, first)
        for name in names:
            self.assertIn(f"NOT RUN  {name}  shard 2 of 3 is missing", done.stdout)
        # A machine that ended early left no shard.json, or says what it did not run.
        (second / "shard.json").unlink()
        self.assertIn("shard.json", self.merge(2, first, second, third)[1].stderr)

    def test_that_do_not_belong_together_are_refused(self):
        first, second = self.shards(2, ("guide",))
        self.assertIn("is shard 1 of 2, as", self.merge(2, first, second, first)[1].stderr)
        other = self.scratch / "other"
        for arguments, said in ((("guide", "--seed", 2), "its runs"), (("guide", "--strict"), "--strict"),
                                (("guide", "--only", "GRP-CALL"), "--only")):
            sipharness("run", *arguments, "--shard", "2/2", "--out", other, "--quiet")
            self.assertIn(said, self.merge(2, first, other)[1].stderr)
        shard = json.loads((second / "shard.json").read_text())
        for change, said in (({"harness": "0.0.1"}, "was run by version 0.0.1"), ({"shard": 9}, "must be 1 to 2"),
                             ({"runs": []}, "of this shard"), ({"format": "other"}, "sipharness-shard/1"),
                             ({"runs": [{**run, "folder": "../x"} for run in shard["runs"]]}, "name of a folder")):
            (second / "shard.json").write_text(json.dumps({**shard, **change}))
            self.assertIn(said, self.merge(2, first, second)[1].stderr)
        self.assertIn("allowed is a new folder", sipharness("merge", first, second).stderr)

    def test_numbers_are_checked(self):
        for wrong in ("0/2", "3/2", "2", "1/", "/2", "a/b", "1/2/3", "-1/2"):
            done = sipharness("run", "guide", "--shard", wrong, "--out", self.scratch / "none")
            self.assert_exit(done, 2)
            self.assertIn("allowed is I/N", done.stderr)
        self.assertIn("there is 1 run", sipharness("run", "primary_down", "--shard", "1/2").stderr)

    # --- Recipes ---

    def checkout(self):
        """What the recipes expect of a clone that is built: with fewer scenarios."""
        place = self.scratch / "clone"
        shutil.copytree(SCENARIOS / "guide", place / "scenarios/guide")
        shutil.copytree(SCENARIOS / "profiles", place / "scenarios/profiles")
        for schema in SCENARIOS.glob("*.schema.json"):
            shutil.copy(schema, place / "scenarios")
        (place / "build").mkdir()
        (place / "build/sipharness").symlink_to(PROGRAM)
        return place

    def shell(self, place, script, **environment):
        return subprocess.run(["bash", "-e", "-c", script], cwd=place, env={**os.environ, **environment},
                              capture_output=True, text=True, timeout=300, check=False)

    def assert_merged(self, place, done):
        self.assert_exit(done, 0)
        self.assertEqual(len([one for one in (place / "merged").iterdir() if one.is_dir()]),
                         len(json.loads((place / "shards/1/shard.json").read_text())["plan"]))

    def test_on_github(self):
        place = self.checkout()
        jobs = yaml.safe_load((CI / "github.yml").read_text())["jobs"]
        run, merge = ([step["run"] for step in job["steps"] if "run" in step and "./dev" not in step["run"]]
                      for job in (jobs["shard"], jobs["merge"]))
        for number in jobs["shard"]["strategy"]["matrix"]["shard"]:
            self.assert_exit(self.shell(place, "\n".join(run), SHARD=str(number)), 0)
        summary = self.scratch / "summary.md"
        self.assert_merged(place, self.shell(place, "\n".join(merge), GITHUB_STEP_SUMMARY=str(summary)))
        self.assertIn("| pass |", summary.read_text())

    def test_on_gitlab(self):
        place = self.checkout()
        jobs = yaml.safe_load((CI / "gitlab.yml").read_text())
        run, merge = ("\n".join(line for line in jobs[job]["script"] if "./dev" not in line) for job in ("shard", "merge"))
        count = jobs["shard"]["parallel"]
        for number in range(1, count + 1):
            done = self.shell(place, run, CI_NODE_INDEX=str(number), CI_NODE_TOTAL=str(count))
            self.assert_exit(done, 0)
        self.assert_merged(place, self.shell(place, merge))
        self.assertIn("<testsuites", (place / jobs["merge"]["artifacts"]["reports"]["junit"]).read_text())

    @unittest.skipUnless(shutil.which("parallel"), "GNU parallel is not installed")
    def test_with_gnu_parallel(self):
        place = self.checkout()
        lines = (ROOT / "docs/ci.md").read_text().splitlines()
        recipe = [line for line in lines if line.startswith("parallel ") or line.startswith("build/sipharness merge ")]
        self.assertEqual(2, len(recipe))
        self.assert_merged(place, self.shell(place, "\n".join(recipe)))


if __name__ == "__main__":
    unittest.main()
