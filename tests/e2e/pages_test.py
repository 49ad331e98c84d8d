"""The pages of docs/ that `./dev docs` makes, and what README and docs/ show of an output, are what the
program prints today."""
import re
import unittest

from support import EndToEnd, ROOT, SCENARIOS, sipharness

PAGES = {"coverage.md": ("list", "coverage"), "keys.md": ("list", "keys"),
         "selftest.md": ("selftest", "--markdown")}


class Pages(EndToEnd):
    def test_are_current(self):
        for page, command in PAGES.items():
            with self.subTest(page):
                done = sipharness(*command)
                self.assert_exit(done, 0)
                self.assertTrue((ROOT / "docs" / page).read_text(encoding="utf-8") == done.stdout,
                                f"docs/{page} is old; ./dev docs writes it anew")


CAPTURE = ("check", "tests/data/field/never_again_after_480.pcap")
PLAYED = ("run", "primary_down", "--out", "OUT")
BROKEN = ("run", "primary_silent_on_invite", "--deviate", "never_falls_back", "--out", "OUT")
# Page, how its block begins, the commands of which the last prints it; OUT is a folder of runs.
SHOWN = [("README.md", "PASS  primary_down", [(*PLAYED, "--verbose")]), ("README.md", "FAIL  primary_silent_on_invite", [BROKEN]),
         ("docs/inspect.md", "capture.pcap", [PLAYED, ("inspect", "OUT/latest/capture.pcap")]),
         ("docs/reports.md", "   seconds  frame", [BROKEN, ("check", "OUT/latest", "--ladder")]),
         ("docs/fleets.md", "  Fleet  1000", [("run", "herd_returns", "--devices", "1000", "--out", "OUT")]),
         ("docs/captures.md", "PASS  never_again", [CAPTURE]),
         ("docs/captures.md", "  FAIL  GRP-REG-08", [(*CAPTURE, "--profile", "tests/data/field/phone.profile.json")]),
         ("docs/captures.md", "  primary    192.0.2.10", [("inspect", CAPTURE[1])])]


def blocks(page):
    """What stands between its fences, each as text."""
    return re.findall(r"^```\w*\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


class ShownOutput(EndToEnd):
    def block(self, page, beginning):
        """The lines of the block that begins so, without those that stand for others."""
        for block in blocks(page):
            if block.startswith(beginning):
                return [line for line in block.splitlines() if line.strip() not in ("…", "")]
        return self.fail(f"{page} shows nothing that begins {beginning}")

    def assert_printed(self, lines, printed):
        others = iter(printed.splitlines())
        for line in lines:
            self.assertTrue(any(line == other for other in others), f"{line}\n{printed}")

    def test_is_printed_today_in_this_order(self):
        for page, beginning, commands in SHOWN:
            with self.subTest(f"{page}: {beginning}"):
                for command in commands:
                    done = sipharness(*(word.replace("OUT", str(self.scratch / "runs")) for word in command))
                self.assert_printed(self.block(page, beginning), done.stdout)

    def test_of_a_mistake_is_what_validate_tells(self):
        told, = self.block("README.md", "mine.json:")
        scenario = (SCENARIOS / "primary_down.json").read_text(encoding="utf-8").replace('"number"', '"numbr"', 1)
        file = self.scratch / "mine.json"
        file.write_text(scenario, encoding="utf-8")
        errors = sipharness("validate", file).stderr.replace(str(file), "mine.json").splitlines()
        self.assertIn(told, errors)


COMMAND = re.compile(r"(?:build/sipharness|sipharness|\./dev)(?: [^`#|]*)?$")
OPTION = re.compile(r"(?<!\S)--[a-z-]+")
FILE = re.compile(r"(?<![\w/.$])(?:scenarios|tests|docs|harness)/[\w/.]*\w")


class ShownCommands(EndToEnd):
    """Every command that a page shows: its subcommand, its options, and the files and devices it names."""

    def commands(self):
        """(page, command) of each line of a block, and each piece of code in the text."""
        for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
            page = str(path.relative_to(ROOT))
            lines = [line.replace("\\\n", " ") for block in blocks(page)
                     for line in block.replace("\\\n", " ").splitlines()]
            text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
            for line in lines + re.findall(r"`([^`]+)`", text):
                line = re.sub(r"\s+# .*", "", line).strip().removeprefix("- run: ").removeprefix("- ")
                if COMMAND.fullmatch(line):
                    yield page, line.split()

    def test_are_there_today(self):
        helps, seen = {}, 0
        dev = (ROOT / "dev").read_text()
        for page, words in self.commands():
            if len(words) < 2 or words[1].startswith("-") or words[1].isupper():
                continue
            seen += 1
            with self.subTest(page, command=" ".join(words)):
                if words[0] == "./dev" and words[1] != "run":
                    self.assertIn(f"./dev {words[1]}", dev)
                    continue
                command = tuple(words[1:3] if words[1] == "baseline" else words[1:2])
                if command not in helps:
                    helps[command] = sipharness("help", *command)
                    self.assert_exit(helps[command], 0)
                for option in OPTION.findall(" ".join(words)):
                    self.assertRegex(helps[command].stdout, rf"(?m)[ ,]{option}(?![a-z-])")
                for file in FILE.findall(" ".join(words)):
                    self.assertTrue((ROOT / file).exists(), file)
        self.assertGreater(seen, 80)


if __name__ == "__main__":
    unittest.main()
