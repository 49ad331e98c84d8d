"""The pages of docs/ that `./dev docs` makes are what the program prints today."""
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


if __name__ == "__main__":
    unittest.main()
