"""Runs test files that mostly sleep as processes of their own, side by side, and prints what each said.
Usage: side_by_side.py FILE..., each beside this one."""
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
LONGEST = 1000  # seconds; less than the limit of the test that this is
# What starts softphones or a browser keeps every processor busy for seconds and the host late for the others, and
# what a late host spoilt is played anew from its beginning. So each begins when the host is calm, or after so long.
APART = 5, 25  # seconds from one beginning to the next, at least and at most
CALM = 0.8  # of what the processors had to give in a second


def begin(file):
    return subprocess.Popen([sys.executable, HERE / file], stdin=subprocess.DEVNULL, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def idle_seconds():
    """Of all processors, since the host began."""
    _, idle = pathlib.Path("/proc/uptime").read_text().split()
    return float(idle)


def wait_for_calm():
    least, most = APART
    time.sleep(least)
    for _ in range(most - least):
        before = idle_seconds()
        time.sleep(1)
        if idle_seconds() - before > CALM * os.cpu_count():
            return


def main(files):
    runs = {}
    for file in files:
        if runs:
            wait_for_calm()
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
