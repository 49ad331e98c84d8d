"""Runs test files that mostly sleep as processes of their own, side by side, and prints what each said.
Usage: side_by_side.py FILE..., each beside this one, the longest first."""
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
LONGEST = 1000  # seconds; less than the limit of the test that this is
# Seconds from one beginning to the next. Begun at once, they make the host late for each other, and
# what a late host spoilt is played anew from its beginning.
APART = 3


def begin(file):
    return subprocess.Popen([sys.executable, HERE / file], stdin=subprocess.DEVNULL, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def main(files):
    runs = {}
    for file in files:
        if runs:
            time.sleep(APART)
        runs[file] = begin(file)
    failed, skipped = [], False
    for file, run in runs.items():
        try:
            said, _ = run.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            run.kill()
            said, _ = run.communicate()
        print(f"--- {file}\n{said}", flush=True)
        if run.returncode != 0:
            failed.append(file)
        skipped = skipped or "OK (skipped=" in said
    print("failed: " + ", ".join(failed) if failed else
          "all passed, some skipped" if skipped else "all passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
