"""What a person at a terminal sees of a run in real time: a few lines that stay in their place, whatever becomes of
the terminal. A screen of ours obeys what the run writes, and nothing else it could write."""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unittest

from external_test import Lab, address, scenario
from support import PROGRAM, ROOT

TITLE = re.compile(r"^a_test  \d+\.\d s of \d+(s|min), [\d.]+s left$")


class Screen:
    """Rows of text as a terminal of that size shows them, and every row that left it at the top."""
    SEQUENCE = re.compile(r"\x1b\[(\?7[lh]|\d*[AJK]|[\d;]*m)")

    def __init__(self, columns, rows):
        self.columns, self.height = columns, rows
        self.rows, self.left = [""] * rows, []
        self.row = self.column = 0
        self.wraps = True
        self.pending = ""

    def resize(self, columns, rows):
        """As terminals do that keep lines whole: what is too long now goes on in the row below."""
        above = "\n".join(self.rows[:self.row])
        here = [row[at:at + columns] for row in self.rows for at in range(0, max(len(row), 1), columns)]
        before = sum(max(1, -(-len(row) // columns)) for row in self.rows[:self.row]) if above else self.row
        over = max(0, before + 1 - rows)
        self.left += here[:over]
        self.columns, self.height = columns, rows
        self.rows = (here[over:] + [""] * rows)[:rows]
        self.row = before - over

    def feed(self, text):
        text = self.pending + text
        self.pending = ""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                found = self.SEQUENCE.match(text, at)
                if not found:
                    if len(text) - at < 8:
                        self.pending = text[at:]
                        return
                    raise AssertionError(f"no sequence that this run needs: {text[at:at + 12]!r}")
                self.obey(found[1])
                at = found.end()
                continue
            self.show(text[at])
            at += 1

    def obey(self, sequence):
        if sequence.startswith("?7"):
            self.wraps = sequence == "?7h"
        elif sequence.endswith("m"):
            pass  # a colour
        elif sequence.endswith("A"):
            self.row = max(0, self.row - int(sequence[:-1] or 1))
        else:
            self.rows[self.row] = self.rows[self.row][:self.column]
            if sequence == "J":
                self.rows[self.row + 1:] = [""] * (self.height - self.row - 1)

    def show(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.feed_line()
        else:
            if self.column == self.columns:
                if not self.wraps:
                    return
                self.column = 0
                self.feed_line()
            row = self.rows[self.row].ljust(self.column)
            self.rows[self.row] = row[:self.column] + character + row[self.column + 1:]
            self.column += 1

    def feed_line(self):
        self.row += 1
        if self.row == self.height:
            self.left.append(self.rows.pop(0))
            self.rows.append("")
            self.row -= 1

    def text(self):
        return "\n".join(self.rows).rstrip("\n")

    def all(self):
        return "\n".join([*self.left, self.text()])


class AtTerminal(Lab):
    def setUp(self):
        super().setUp()
        self.runs = 0

    def start(self, content, *arguments, columns=80, rows=24, **environment):
        """A run that a person watches on a screen of that size."""
        self.runs += 1
        if self.runs > 1:  # several side by side
            self.servers = address(111 + self.runs)
        folder = self.scratch / f"{self.runs}"
        folder.mkdir()
        file = folder / "a_test.json"
        file.write_text(json.dumps(content))
        command = [PROGRAM, "run", "--clock", "real", "--bind", self.servers, "--out", folder / "runs", file, *arguments]
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(ROOT)
            os.environ.update({"TERM": "xterm", **environment})
            time.sleep(0.2)  # until the terminal has its size
            os.execv(PROGRAM, [str(PROGRAM), *map(str, command[1:])])
        self.addCleanup(os.close, terminal)
        watched = Watched(child, terminal, Screen(columns, rows))
        watched.resize(columns, rows)
        return watched


class Watched:
    def __init__(self, child, terminal, screen):
        self.child, self.terminal, self.screen = child, terminal, screen
        self.raw, self.exit_code = "", None

    def resize(self, columns, rows):
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(columns, rows)

    def read(self, wait=0.5):
        """Shows what came; false once the run has ended."""
        ready, _, _ = select.select([self.terminal], [], [], wait)
        if not ready:
            return True
        try:
            text = os.read(self.terminal, 65536).decode("utf-8", "replace")
        except OSError:
            self.exit_code = os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])
            return False
        self.raw += text
        self.screen.feed(text)
        return True

    def until(self, condition, what, limit=60):
        end = time.monotonic() + limit
        while not condition():
            if not self.read(0.1) or time.monotonic() > end:
                raise AssertionError(f"{what} never came; the screen:\n{self.screen.all()}")

    def interrupted(self):
        os.kill(self.child, signal.SIGINT)
        return self.to_the_end()

    def to_the_end(self, limit=60):
        end = time.monotonic() + limit
        while self.read():
            if time.monotonic() > end:
                raise AssertionError(f"it never ended; the screen:\n{self.screen.all()}")
        return self.exit_code


SHORT = [{"at": "1s", "do": "phase", "server": "primary", "phase": "silent"},
         {"at": "1500ms", "do": "dial", "number": "2001"},
         {"after": "secondary.answered", "deadline": "4s", "do": "hang_up"}]


class ARunAtATerminal(AtTerminal):
    def run_of(self, seconds, *arguments, timeline=(), **options):
        content = scenario(f"{seconds}s", list(timeline), ["GRP-REG-01"], phases=bool(timeline))
        return self.start(content, "--only", "GRP-REG-01", *arguments, **options)

    def assert_view(self, run, servers):
        """The screen shows the view and nothing beside it, with the cursor at its beginning."""
        run.until(lambda: run.raw.endswith("\r"), "a whole view")
        screen = run.screen
        rows = screen.text().split("\n")
        self.assertRegex(rows[0], TITLE)
        self.assertEqual([], screen.left)
        self.assertEqual((0, 0), (screen.row, screen.column))
        text = re.sub(r"\s+", " ", " ".join(rows))
        for server in servers:
            self.assertIn(server, text)
        self.assertEqual(1, text.count("a_test"), text)

    def test_a_view_that_stays_in_its_place(self):
        runs = {size: self.run_of(5, timeline=SHORT, columns=size[0], rows=size[1], NO_COLOR=colour)
                for size, colour in (((80, 24), ""), ((40, 24), "1"), ((80, 3), ""))}
        wide, narrow, low = runs.values()
        for run in (wide, narrow):
            with self.subTest(run.screen.columns):
                run.until(lambda run=run: "phase silent" in run.screen.text(), "the phase")
                run.until(lambda run=run: "1 call, 0" in re.sub(r"\s+", " ", run.screen.text()), "the call")
                self.assert_view(run, ["primary phase silent registered once; 1 call, 0 answered",
                                              "secondary serving registered once"])
                self.assertRegex(re.sub(r"\s+", " ", run.screen.text()),
                                 r"awaiting secondary.answered, then hang_up \(until 4.0 s, \d+\.\d s to go\)")
        low.until(lambda: "awaiting" in low.screen.text(), "the view")
        self.assertEqual(2, len(low.screen.text().split("\n")))
        for run in runs.values():
            with self.subTest(run.screen.columns):
                self.assertIn(run.to_the_end(), (0, 1, 3), run.screen.all())
                # What the view was drawn over is gone: the first row is that of the verdict.
                self.assertRegex(run.screen.all(), r"^(\w+ )*[A-Z]+  a_test")
                self.assertNotIn("awaiting", run.screen.all())
        self.assertNotRegex(narrow.raw, r"\x1b\[[\d;]*m")

    def test_a_terminal_that_changes_its_size(self):
        run = self.run_of(60, timeline=SHORT)
        run.until(lambda: "phase silent" in run.screen.text(), "the view")
        for columns, rows in ((41, 24), (132, 10), (60, 24)):
            run.resize(columns, rows)
            drawn = len(run.raw)
            run.until(lambda drawn=drawn: run.raw.count("\x1b[?7h", drawn) > 2, "the view in another size")
            self.assert_view(run, ["primary phase silent", "secondary serving"])
        self.assertEqual(3, run.interrupted(), run.screen.all())
        self.assertNotIn("awaiting", run.screen.all())

    def test_verdicts_so_far_and_a_dumb_terminal_that_gets_lines_and_no_sequence(self):
        dumb = self.run_of(11, TERM="dumb")
        run = self.run_of(60, "--deviate", "registers_only_at_primary")
        run.until(lambda: "FAIL so far: " in run.screen.text() or "no failure so far" in run.screen.text(), "verdicts")
        self.assert_view(run, ["primary serving registered once", "secondary serving registered 0 times"])
        run.interrupted()
        self.assertEqual(0, dumb.to_the_end(), dumb.screen.all())
        self.assertNotIn("\x1b", dumb.raw)
        self.assertEqual(1, dumb.screen.all().count("awaiting the end"))

    def test_interrupted_once_and_twice(self):
        runs = {times: self.run_of(60) for times in (1, 2)}
        for times, run in runs.items():
            with self.subTest(times):
                run.until(lambda run=run: "registered once" in run.screen.text(), "the view")
                if times == 2:  # the second comes before anything was done about the first
                    os.kill(run.child, signal.SIGSTOP)
                    os.kill(run.child, signal.SIGTERM)
                os.kill(run.child, signal.SIGINT)
                os.kill(run.child, signal.SIGCONT)
                self.assertEqual(3 if times == 1 else 130, run.to_the_end(), run.screen.all())
                self.assertNotIn("awaiting", run.screen.all())
                if times == 2:
                    self.assertEqual(("", 0), (run.screen.text(), run.screen.column))
                self.assertTrue(run.screen.wraps)

    def test_prompts_stand_above_the_view(self):
        phone = self.phone()
        timeline = [{"at": "2s", "do": "dial", "number": "2001"}, {"at": "3s", "do": "dial", "number": "2002"}]
        run = self.start(scenario("60s", timeline, ["GRP-REG-01"], phases=False), "--device", "external", "--no-bracket")
        for number in ("2001", "2002"):
            run.until(lambda number=number: f">>> dial {number}" in run.screen.text(), "the prompt")
            phone.stdin.write(f"dial {number}\n")
            phone.stdin.flush()
            os.write(run.terminal, b"\n")
        run.until(lambda: "awaiting the end" in run.screen.text(), "the end of the prompts")
        drawn = len(run.raw)
        run.until(lambda: run.raw.count("\x1b[?7h", drawn) > 2, "the view once more")
        rows = run.screen.text().split("\n")
        title = next(index for index, row in enumerate(rows) if TITLE.match(row))
        self.assertEqual(1, sum("a_test  " in row for row in rows), run.screen.all())
        self.assertTrue(all(row for row in rows), run.screen.all())
        self.assertIn(">>> dial 2002", " ".join(rows[:title]))
        self.assertEqual(3, run.interrupted(), run.screen.all())
        self.assertNotIn("awaiting the end", run.screen.all())


if __name__ == "__main__":
    unittest.main()
