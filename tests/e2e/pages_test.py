"""The pages of docs/ that `./dev docs` makes, and what README and docs/ show of an output, are what the
program prints today."""
import unittest

from support import EndToEnd, ROOT, sipharness

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
SHOWN = [("README.md", "PASS  primary_down", ("run", "primary_down", "--out", "OUT")),
         ("README.md", "FAIL  primary_silent_on_invite",
          ("run", "primary_silent_on_invite", "--deviate", "never_falls_back", "--out", "OUT")),
         ("docs/captures.md", "PASS  never_again", CAPTURE),
         ("docs/captures.md", "  FAIL  GRP-REG-08", (*CAPTURE, "--profile", "tests/data/field/phone.profile.json")),
         ("docs/captures.md", "  primary    192.0.2.10", ("inspect", CAPTURE[1]))]


class ShownOutput(EndToEnd):
    def block(self, page, beginning):
        """The lines of the block that begins so, without those that stand for others."""
        for block in (ROOT / page).read_text(encoding="utf-8").split("```\n"):
            if block.startswith(beginning):
                return [line for line in block.splitlines() if line.strip() not in ("…", "")]
        return self.fail(f"{page} shows nothing that begins {beginning}")

    def test_is_printed_today_in_this_order(self):
        for page, beginning, command in SHOWN:
            with self.subTest(f"{page}: {beginning}"):
                done = sipharness(*(self.scratch / "runs" if word == "OUT" else word for word in command))
                printed = iter(done.stdout.splitlines())
                for line in self.block(page, beginning):
                    self.assertTrue(any(line == other for other in printed), f"{line}\n{done.stdout}")


if __name__ == "__main__":
    unittest.main()
