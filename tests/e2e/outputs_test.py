"""Where results go: files, devices, pipes and the terminal. Nothing is replaced that a shell would not have
replaced, nothing is lost without a word and exit code 4, and no byte of others reaches a terminal raw."""
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import stat
import subprocess
import threading
import time
import unicodedata
import unittest
import xml.dom.minidom

from capture_writer import CaptureWriter, request, response
from support import EndToEnd, PROGRAM, ROOT, SCENARIOS, sipharness

FLAGSHIP = SCENARIOS / "primary_down.json"
AS_ROOT = unittest.skipUnless(os.geteuid() == 0, "needs root")
BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# What a terminal obeys: an escape sequence, its C1 form as UTF-8 and as a byte, a bell, and what turns text round.
HOSTILE = b"a\x1b[31m\x07\xc2\x9b31m\x9b\xe2\x80\xae\r\nb"


def control_characters(text):
    return {c for c in text if (unicodedata.category(c) == "Cc" and c != "\n") or c in BIDIRECTIONAL}


class Outputs(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.runs = pathlib.Path(cls.enterClassContext(ScratchFolder()))
        done = sipharness("run", FLAGSHIP, "--out", cls.runs, "--quiet")
        assert done.returncode == 0, done.stderr
        cls.run_folder = (cls.runs / "latest").resolve()

    def check(self, *arguments, **options):
        return sipharness("check", self.run_folder, "--quiet", *arguments, **options)

    def assert_refused(self, done, *said, code=4):
        self.assert_exit(done, code)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        for words in said:
            self.assertIn(str(words), done.stderr)

    def assert_result(self, text):
        self.assertEqual(json.loads(text)["scenario"], "primary_down")


class ScratchFolder:
    def __enter__(self):
        self.path = subprocess.run(["mktemp", "-d"], check=True, capture_output=True, text=True).stdout.strip()
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path)


class InPlace(Outputs):
    @AS_ROOT
    def test_a_device_stays_one(self):
        node = self.scratch / "null"
        os.mknod(node, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        link = self.scratch / "link"
        link.symlink_to(node)
        for option in ("--json", "--junit"):
            for path in (node, link):
                self.assert_exit(self.check(option, path), 0)
                self.assertTrue(stat.S_ISCHR(node.stat().st_mode))
        self.assertTrue(link.is_symlink())

    @AS_ROOT
    def test_a_full_device_exits_4_and_stays(self):
        node = self.scratch / "full"
        os.mknod(node, 0o666 | stat.S_IFCHR, os.makedev(1, 7))
        self.assert_refused(self.check("--json", node), node, "No space left on device")
        self.assertTrue(stat.S_ISCHR(node.stat().st_mode))

    def test_a_pipe_gets_it_once(self):
        pipe = self.scratch / "pipe"
        os.mkfifo(pipe)
        got = []
        reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
        reader.start()
        self.assert_exit(self.check("--json", pipe), 0)
        reader.join(timeout=60)
        self.assert_result(got[0])
        self.assertTrue(stat.S_ISFIFO(pipe.stat().st_mode))

    def test_a_pipe_that_nobody_reads_on_exits_4(self):
        pipe = self.scratch / "pipe"
        os.mkfifo(pipe)
        reader = threading.Thread(target=lambda: pipe.open().close())
        reader.start()
        self.assert_refused(self.check("--json", pipe), pipe, "Broken pipe")
        reader.join(timeout=60)

    def test_what_leads_to_a_descriptor_is_that(self):
        stdout = self.scratch / "stdout"
        stdout.symlink_to("/proc/self/fd/1")  # as /dev/stdout is, wherever the system has it
        for path in ("-", "/proc/self/fd/1", "/dev/fd/1", "/proc/thread-self/fd/1", stdout):
            for option, read in (("--json", self.assert_result), ("--junit", xml.dom.minidom.parseString)):
                done = self.check(option, path)
                self.assert_exit(done, 0)
                read(done.stdout)
        self.assertTrue(stdout.is_symlink())
        self.assert_result(sipharness("inspect", self.run_folder, "--json", "/dev/fd/1").stdout.replace(
            '"format"', '"scenario": "primary_down", "format"', 1))

    def test_a_descriptor_may_be_a_socket_or_a_file_that_has_something_already(self):
        ours, theirs = socket.socketpair()
        got = []
        reader = threading.Thread(target=lambda: got.append(ours.makefile().read()))
        reader.start()
        done = self.check("--json", f"/dev/fd/{theirs.fileno()}", pass_fds=[theirs.fileno()])
        theirs.close()
        reader.join(timeout=60)
        ours.close()
        self.assert_exit(done, 0)
        self.assert_result(got[0])
        log = self.scratch / "log"
        with log.open("w") as file:
            file.write("before\n")
            file.flush()
            done = self.check("--json", f"/proc/self/fd/{file.fileno()}", pass_fds=[file.fileno()])
            self.assert_exit(done, 0)
        before, result = log.read_text().split("\n", 1)
        self.assertEqual(before, "before")
        self.assert_result(result)

    def test_a_descriptor_for_reading_or_none_exits_4_before_anything_is_read(self):
        with FLAGSHIP.open() as file:
            for path in (f"/dev/fd/{file.fileno()}", "/dev/fd/777"):
                done = sipharness("check", "no such capture", "--json", path, pass_fds=[file.fileno()])
                self.assert_refused(done, path, "Bad file descriptor")


class Replaced(Outputs):
    def test_what_a_link_names_is_replaced_and_the_link_stays(self):
        (self.scratch / "below").mkdir()
        named = self.scratch / "below/named"
        for there in (True, False):
            named.unlink(missing_ok=True)
            if there:
                named.write_text("old")
            link, second = self.scratch / "link", self.scratch / "second"
            for made, target in ((link, "below/named"), (second, link)):
                made.unlink(missing_ok=True)
                made.symlink_to(target)
            self.assert_exit(self.check("--json", second), 0)
            self.assertTrue(link.is_symlink() and second.is_symlink())
            self.assert_result(named.read_text())

    def test_links_in_a_ring_exit_4(self):
        (self.scratch / "a").symlink_to("b")
        (self.scratch / "b").symlink_to("a")
        self.assert_refused(self.check("--json", self.scratch / "a"), self.scratch / "a", "symbolic links")

    def test_nothing_that_lies_beside_it_is_touched(self):
        precious = self.scratch / "precious"
        precious.write_text("precious")
        for name in ("r.json.new", "r.json.tmp", ".r.json"):
            (self.scratch / name).symlink_to(precious)
        before = set(self.scratch.iterdir())
        self.assert_exit(self.check("--json", self.scratch / "r.json"), 0)
        self.assertEqual(precious.read_text(), "precious")
        self.assertEqual(set(self.scratch.iterdir()) - before, {self.scratch / "r.json"})
        self.assertTrue((self.scratch / "r.json").is_file() and not (self.scratch / "r.json").is_symlink())

    def test_a_mode_is_kept_and_a_new_one_is_that_of_the_umask(self):
        file = self.scratch / "r.json"
        self.assert_exit(self.check("--json", file, umask=0o027), 0)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o640)
        file.chmod(0o604)
        self.assert_exit(self.check("--json", file, umask=0o077), 0)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o604)

    def test_what_cannot_be_written_whole_leaves_the_old_one(self):
        file = self.scratch / "r.json"
        file.write_text("old")
        limit = 20_000

        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        self.assert_refused(self.check("--json", file, preexec_fn=limited), file, "File too large")
        self.assertEqual(file.read_text(), "old")
        self.assertEqual(list(self.scratch.iterdir()), [file])

    @AS_ROOT
    def test_a_file_of_others_stays_and_so_does_one_that_may_not_be_written(self):
        self.scratch.chmod(0o777)
        shutil.copy(PROGRAM, self.scratch / "sipharness")
        run = self.scratch / "run"
        shutil.copytree(self.run_folder, run)
        file = self.scratch / "r.json"
        file.write_text("old")
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

        def check_as_nobody():
            return subprocess.run([*nobody, self.scratch / "sipharness", "check", run, "--quiet", "--json", file],
                                  capture_output=True, text=True, timeout=120)

        file.chmod(0o644)
        self.assert_refused(check_as_nobody(), file, "Permission denied")
        self.assertEqual(file.read_text(), "old")
        # It may be written, but nothing can be made beside it.
        file.chmod(0o666)
        self.scratch.chmod(0o755)
        self.assert_exit(check_as_nobody(), 0)
        self.assert_result(file.read_text())
        # Root replaces a file of another: it stays theirs.
        os.chown(file, 65534, 65534)
        self.assert_exit(self.check("--json", file), 0)
        self.assertEqual((file.stat().st_uid, file.stat().st_gid), (65534, 65534))

    @AS_ROOT
    def test_a_mounted_file_is_written_where_it_is(self):
        outside, mounted = self.scratch / "outside", self.scratch / "mounted"
        outside.write_text("old")
        mounted.touch()
        subprocess.run(["mount", "--bind", outside, mounted], check=True)
        self.addCleanup(subprocess.run, ["umount", mounted], check=True)
        self.assert_exit(self.check("--json", mounted), 0)
        self.assert_result(outside.read_text())


class BeforeTheRun(Outputs):
    def refused(self, path, *said, option="--json"):
        out = self.scratch / "runs"
        done = sipharness("run", FLAGSHIP, "--clock", "real", "--capture", "tap", "--out", out, option, path)
        self.assert_refused(done, *said)
        self.assertFalse(out.exists(), "nothing may begin")

    def test_a_place_that_cannot_be_written_is_told(self):
        (self.scratch / "folder").mkdir()
        (self.scratch / "file").touch()
        for option in ("--json", "--junit"):
            self.refused(self.scratch / "missing/r", "missing/r", "No such file", option=option)
            self.refused(self.scratch / "folder", "folder", "Is a directory", option=option)
            self.refused(self.scratch / "file/r", "file/r", "Not a directory", option=option)
        self.refused("/proc/r", "/proc/r")

    @AS_ROOT
    def test_a_disk_without_room_is_told(self):
        disk = self.scratch / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=True)
        self.refused(disk / "r", "disk/r", "No space left on device")
        self.assertEqual(list(disk.iterdir()), [])

    @AS_ROOT
    def test_a_disk_that_is_read_only_is_told(self):
        disk = self.scratch / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=True)
        self.refused(disk / "r", "disk/r", "Read-only file system")
        self.assert_refused(sipharness("run", FLAGSHIP, "--out", disk / "runs"), "disk/runs", "Read-only file system")

    def test_no_input_is_replaced_and_no_document_by_the_other(self):
        shutil.copytree(self.run_folder, self.scratch / "run")
        run, link = self.scratch / "run", self.scratch / "link"
        link.symlink_to(run / "capture.pcap")
        for arguments in (["--json", run / "capture.pcap"], ["--junit", link], ["--json", run / "journal.jsonl"],
                          ["--json", run / "../run/run.json"], ["--json", "-", "--junit", "-"],
                          ["--html", run / "capture.pcap"], ["--annotate", link], ["--html", "-", "--markdown", "-"],
                          ["--json", self.scratch / "r", "--junit", self.scratch / "run/../r"]):
            with self.subTest(arguments):
                self.assert_refused(sipharness("check", run, *arguments), "would be written over", code=2)
        capture = run / "capture.pcap"
        for command in ("check", "inspect"):
            self.assert_refused(sipharness(command, capture, "--json", capture), "would be written over", code=2)
        scenario = self.scratch / "mine.json"
        shutil.copy(FLAGSHIP, scenario)
        self.assert_refused(sipharness("run", scenario, "--json", scenario), "would be written over", code=2)
        self.assertEqual(scenario.read_bytes(), FLAGSHIP.read_bytes())
        self.assert_exit(self.check("--json", "/dev/null", "--junit", "/dev/null"), 0)

    def test_one_that_fails_in_the_end_does_not_keep_the_other_from_being_written(self):
        out = self.scratch / "runs"
        done = sipharness("run", FLAGSHIP, "--out", out, "--json", "/dev/full", "--junit", self.scratch / "junit")
        self.assert_refused(done, "/dev/full", "No space left on device")
        self.assertTrue((out / "latest/result.json").is_file())
        xml.dom.minidom.parse(str(self.scratch / "junit"))
        done = self.check("--html", "/dev/full", "--annotate", "/dev/full", "--json", self.scratch / "json")
        self.assert_refused(done, "/dev/full", "No space left on device")
        self.assertIn("PASS", done.stdout)
        self.assert_result((self.scratch / "json").read_text())

    def test_a_document_on_standard_output_stands_there_alone(self):
        for option, beginning in (("--json", "{"), ("--junit", "<?xml"), ("--markdown", "| verdict"),
                                  ("--html", "<!doctype html>")):
            done = sipharness("check", self.run_folder, "--ladder", option, "-")
            self.assert_exit(done, 0)
            self.assertTrue(done.stdout.startswith(beginning), done.stdout[:100])
            self.assertNotIn("\nPASS  ", done.stdout)
            self.assert_refused(self.check("--github", option, "-"), "--github", "name a file", code=2)


class StandardOutput(Outputs):
    def commands(self):
        return (["list"], ["explain", "GRP-CALL-03"], ["check", self.run_folder], ["inspect", self.run_folder],
                ["check", self.run_folder, "--json", "-"], ["inspect", self.run_folder, "--json", "-"], ["--help"],
                ["check", self.run_folder, "--junit", "-"], ["validate", FLAGSHIP], ["--version"],
                ["run", FLAGSHIP, "--out", self.scratch / "runs"])

    def into(self, stdout, command, **options):
        return subprocess.run([PROGRAM, *map(str, command)], cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, text=True,
                              timeout=120, **options)

    def test_that_is_full_exits_4(self):
        with open("/dev/full", "w") as full:
            for command in self.commands():
                with self.subTest(command):
                    done = self.into(full, command)
                    self.assertEqual(done.returncode, 4)
                    self.assertEqual(done.stderr,
                                     "sipharness: cannot write to standard output: No space left on device\n")
        self.assertTrue((self.scratch / "runs/latest/result.json").is_file())

    def test_that_is_closed_exits_4_and_no_file_gets_its_place(self):
        for command in self.commands():
            with self.subTest(command):
                done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", PROGRAM, *map(str, command)], cwd=ROOT,
                                      stderr=subprocess.PIPE, text=True, timeout=120)
                self.assertEqual((done.returncode, done.stderr),
                                 (4, "sipharness: cannot write to standard output: Bad file descriptor\n"))
        self.assert_exit(sipharness("check", self.scratch / "runs/latest"), 0)

    def test_that_nobody_reads_ends_it_quietly_but_not_before_a_run_is_judged(self):
        for ignored in (False, True):
            for command in self.commands():
                with self.subTest(command, ignored=ignored):
                    reading, writing = os.pipe()
                    os.close(reading)
                    done = self.into(writing, command, restore_signals=not ignored)
                    os.close(writing)
                    expected = (4, "sipharness: cannot write to standard output: Broken pipe\n")
                    self.assertEqual((done.returncode, done.stderr), expected if ignored else (-signal.SIGPIPE, ""))
            self.assertTrue((self.scratch / "runs/latest/result.json").is_file())
            shutil.rmtree(self.scratch / "runs")

    def test_that_takes_no_more_at_the_moment_is_waited_for(self):
        whole = sipharness("check", self.run_folder, "--json", "-").stdout
        self.assertGreater(len(whole), 1 << 16, "it must be more than a pipe holds")
        for arguments in (["--json", "-"], ["--json", "/dev/fd/1"]):
            reading, writing = os.pipe()
            os.set_blocking(writing, False)  # as programs leave it that share it
            process = subprocess.Popen([PROGRAM, "check", self.run_folder, *arguments], cwd=ROOT, stdout=writing)
            os.close(writing)
            time.sleep(0.5)
            with os.fdopen(reading) as pipe:
                self.assertEqual(json.loads(pipe.read()), json.loads(whole))
            self.assertEqual(process.wait(timeout=60), 0)

    def test_a_standard_error_that_takes_nothing_harms_nothing(self):
        for command, code in ((["run", FLAGSHIP, "--out", self.scratch / "runs", "--deviate", "nobody"], 2),
                              (["check", "no such file"], 2), (["check", self.run_folder, "--json", "/no/place"], 4)):
            for redirection in ("2>/dev/full", "2>&-"):
                with self.subTest(command, redirection=redirection):
                    done = subprocess.run(["sh", "-c", f'exec "$@" {redirection}', "sh", PROGRAM, *map(str, command)],
                                          cwd=ROOT, stdout=subprocess.PIPE, timeout=120)
                    self.assertEqual(done.returncode, code)


class Names(Outputs):
    def scenario(self, file="scenario.json", **changes):
        scenario = json.loads(FLAGSHIP.read_text())
        scenario.pop("$schema", None)
        path = self.scratch / file
        path.write_text(json.dumps(scenario | changes))
        return path

    WRONG = ("../../../pwned", "/tmp/pwned", "a/b", "..", ".", "", "a\nb", "a\x1b[31m", "a\0b", "a\x7f", "a\u009bb",
             "a\u202eb", "x" * 101, "\u96fb" * 34)

    def test_that_leave_the_folder_of_runs_are_refused_with_their_place(self):
        out = self.scratch / "out"
        for name in self.WRONG:
            for changes in ({"name": name}, {"variant": name}, {"variants": [{"name": name}]}):
                with self.subTest(name, key=list(changes)):
                    done = sipharness("run", self.scenario(**changes), "--out", out)
                    self.assert_exit(done, 2)
                    self.assertRegex(done.stderr, r"scenario\.json:1:\d+: /[a-z/0]+: found .*; allowed is text of 1 to 100")
                    self.assertEqual(control_characters(done.stderr), set())
                    self.assertFalse(out.exists())

    def test_of_files_are_names_too(self):
        for name in ("a\nb.json", "a\x1b[31m.json", "\u202e.json", ".json"):
            with self.subTest(name):
                done = sipharness("run", self.scenario(name), "--out", self.scratch / "out")
                self.assert_exit(done, 2)
                self.assertIn("that of the file", done.stderr)
                self.assertEqual(control_characters(done.stderr), set())

    def test_of_any_script_make_a_folder(self):
        out = self.scratch / "out"
        for name in ("Ausfall K\u00f6ln 2", "\u96fb\u8a71", "-x", "...", "x" * 100):
            done = sipharness("run", self.scenario(variants=[{"name": "v" * 100}], name=name), "--out", out)
            self.assert_exit(done, 0)
            self.assertTrue(json.loads((out / "latest/result.json").read_text())["scenario"] == name)
        self.assertEqual(len([folder for folder in out.iterdir() if folder.is_dir() and not folder.is_symlink()]), 5)

    def test_of_devices_are_refused_the_same_way(self):
        for name in self.WRONG:
            profile = self.scratch / "profile.json"
            profile.write_text(json.dumps({"name": name, "kind": "reference"}))
            done = sipharness("run", FLAGSHIP, "--profile", profile, "--out", self.scratch / "out")
            self.assert_exit(done, 2)
            self.assertRegex(done.stderr, r"profile\.json:1:\d+: /name: found .*; allowed is text of 1 to 100")
        profile.write_text(json.dumps({"name": "p", "kind": "reference", "account": {"user": "a\r\nVia: x"}}))
        self.assert_exit(sipharness("run", FLAGSHIP, "--profile", profile, "--out", self.scratch / "out"), 2)

    def test_in_a_run_folder_that_somebody_wrote_are_refused(self):
        run = self.scratch / "run"
        shutil.copytree(self.run_folder, run)
        written = json.loads((run / "scenario.json").read_text())
        (run / "scenario.json").write_text(json.dumps(written | {"name": "../../pwned\x1b[31m"}))
        done = sipharness("check", run)
        self.assert_refused(done, "/name: found", code=2)
        self.assertEqual(control_characters(done.stderr), set())


class Escapes(Outputs):
    """Whatever is quoted in an error is quoted in characters that a terminal only shows."""

    def clean(self, *arguments, code=2):
        done = subprocess.run([PROGRAM, *arguments], cwd=ROOT, capture_output=True, timeout=120,
                              stdin=subprocess.DEVNULL)
        with self.subTest(arguments):
            self.assertEqual(done.returncode, code, done.stderr)
            for text in (done.stdout, done.stderr):
                self.assertEqual(control_characters(text.decode("utf-8")), set())
            self.assertNotIn(b"\nb", done.stderr)
        return done.stderr.decode()

    def test_of_the_command_line(self):
        word = HOSTILE
        for command in (["explain", word], ["list", word], [word], ["list", b"--" + word], ["check", word],
                        ["inspect", word], ["validate", word], ["run", word], ["doctor", word],
                        ["run", FLAGSHIP, "--only", word], ["run", FLAGSHIP, "--deviate", word],
                        ["run", FLAGSHIP, "--device", word], ["run", FLAGSHIP, "--device", b"process:" + word],
                        ["run", FLAGSHIP, "--profile", word], ["run", FLAGSHIP, "--account", word],
                        ["run", FLAGSHIP, "--wait", word], ["run", FLAGSHIP, "--clock", word],
                        ["run", FLAGSHIP, "--seed", word], ["run", FLAGSHIP, "--phone-mac", word],
                        ["serve", FLAGSHIP, "--variant", word], ["check", "x", "--primary", word]):
            self.clean(*command)
        for command in (["check", self.run_folder, "--json", b"/no/" + word], ["run", FLAGSHIP, "--out", b"/proc/" + word],
                        ["run", FLAGSHIP, "--bind", word, "--clock", "real"]):
            self.assertIn("\\x1b[31m", self.clean(*command, code=4))

    def test_of_files(self):
        folder = os.fsencode(self.scratch) + b"/" + HOSTILE
        os.mkdir(folder)
        bad = folder + b"/bad.json"
        key = HOSTILE.decode("utf-8", "replace")
        for text in (json.dumps({key: 1, "title": 3}), '{"a\x1b[31m"', json.dumps({"name": "p", "kind": key}),
                     json.dumps({"title": "t", "servers": {key: {}}, "timeline": [{key: key}]}),
                     json.dumps({"$schema": "profile.schema.json", "drive": {"command": [key + "${" + key + "}"]}})):
            with open(bad, "w") as file:
                file.write(text)
            self.assertIn("\\x1b[31m", self.clean("validate", bad))
            self.clean("run", bad)
            self.clean("run", FLAGSHIP, "--profile", bad)
        with open(bad, "wb") as file:
            file.write(b"no capture")
        self.clean("check", bad)
        self.clean("inspect", bad)
        self.clean("run", folder + b"/missing")

    def test_of_a_run_folder(self):
        key = HOSTILE.decode("utf-8", "replace")
        for file, text in (("journal.jsonl", json.dumps({"t_ns": 0, "event": key}) + "\n{}\n"),
                           ("journal.jsonl", json.dumps({"t_ns": 0, key: key}) + "\n{}\n"),
                           ("run.json", json.dumps({"clock": key})), ("run.json", key), ("profile.json", key),
                           ("scenario.json", json.dumps({key: key}))):
            run = self.scratch / "run"
            shutil.rmtree(run, ignore_errors=True)
            shutil.copytree(self.run_folder, run)
            (run / file).write_text(text)
            self.clean("check", run)

    def test_in_reports_are_none(self):
        run = self.scratch / "run"
        shutil.copytree(self.run_folder, run)
        scenario = json.loads((run / "scenario.json").read_text())
        scenario["title"] = HOSTILE.decode("utf-8", "replace") + "".join(map(chr, range(1, 0x100))) + "\ufffe\uffff\u2028"
        (run / "scenario.json").write_text(json.dumps(scenario))
        shown = sipharness("check", run)
        self.assertEqual(control_characters(shown.stdout), set())
        document = sipharness("check", run, "--json", "-").stdout
        self.assertEqual(control_characters(document), set())
        self.assertEqual(json.loads(document)["title"], scenario["title"])
        junit = sipharness("check", run, "--junit", "-").stdout
        self.assertEqual(control_characters(junit), set())
        xml.dom.minidom.parseString(junit)


class Bytes(Outputs):
    """Every byte that a peer can send, in every place of a message that a report quotes."""

    def capture(self, dirt):
        """Two phones that register, subscribe, call and are refused, with `dirt` in all they may choose."""
        dirt = dirt.decode("latin-1")
        capture, path = CaptureWriter(), self.scratch / "dirty.pcap"

        def send(at, sender, receiver, text):
            capture.udp(at, sender, receiver, text.encode("latin-1"))

        for phone, host in enumerate(("192.0.2.50:5060", "192.0.2.51:5060")):
            server, user = "192.0.2.10:5060", f"u{dirt}{phone}"
            for number, (method, status) in enumerate((("REGISTER", 200), ("INVITE", 486), ("SUBSCRIBE", 489), (f"X{dirt}", 501),
                                                       ("REGISTER", 403), ("INVITE", None))):
                at = 10 * number + phone
                sender = f'"d{dirt}" <sip:{user}@x{dirt}.test>;tag=t{dirt}'
                named = (f"SIP/2.0/UDP {host};branch=z9hG4bK{phone}{number}{dirt}", sender, f"<sip:{user}@x.test>",
                         f"c{dirt}@{phone}{number if number else ''}", number + 1)
                send(at, host, server, request(method, f"sip:{dirt}@x.test", *named, f"User-Agent: ua{dirt}",
                                               f"Contact: <sip:{user}@{host}>;x={dirt}", f"Event: e{dirt}", f"X{dirt}: {dirt}"))
                if status:
                    send(at + 0.1, server, host, response(status, f"r{dirt}", *named, method, f"Warning: 399 x \"{dirt}\"",
                                                          f"Server: s{dirt}", f"Reason: SIP;text=\"{dirt}\""))
        return capture.write(path)

    def test_leaves_every_report_readable(self):
        alone = [bytes([byte]) for byte in range(256)]
        for dirt in (HOSTILE.replace(b"\r\n", b""), *(b"".join(alone[start:start + 32]) for start in range(0, 256, 32)),
                     b"\xed\xa0\x80\xf4\x90\x80\x80\xc0\x80", b"\xef\xbf\xbe\xef\xbf\xbf", b"]]><&\"'", b"\xe2\x80\xae"):
            with self.subTest(dirt):
                capture = self.capture(dirt)
                for command in ("check", "inspect"):
                    shown = subprocess.run([PROGRAM, command, capture], cwd=ROOT, capture_output=True, timeout=120)
                    self.assertIn(shown.returncode, (0, 1, 3), shown.stderr)
                    self.assertEqual(control_characters((shown.stdout + shown.stderr).decode("utf-8")), set())
                    document = subprocess.run([PROGRAM, command, capture, "--json", "-"], cwd=ROOT, capture_output=True,
                                              timeout=120).stdout.decode("utf-8")
                    self.assertEqual(control_characters(document), set())
                    json.loads(document)
                junit = subprocess.run([PROGRAM, "check", capture, "--junit", "-"], cwd=ROOT, capture_output=True,
                                       timeout=120).stdout
                self.assertEqual(control_characters(junit.decode("utf-8")), set())
                self.assertTrue(xml.dom.minidom.parseString(junit).getElementsByTagName("testcase"))


if __name__ == "__main__":
    unittest.main()
