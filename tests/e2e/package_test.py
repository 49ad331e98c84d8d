"""The Debian package: made, installed, run and removed in a root of its own; manual page and completions."""
import os
import shutil
import subprocess
import unittest

from support import EndToEnd, PROGRAM, sipharness

# A root over this machine's, thrown away with its mount namespace; nothing of the sources is in it.
IN_A_ROOT = r"""
set -e
mount -t tmpfs tmpfs "$SCRATCH/root"
cd "$SCRATCH/root" && mkdir upper work merged
mount -t overlay overlay -o "lowerdir=/,upperdir=$PWD/upper,workdir=$PWD/work" merged
mkdir -p "merged$SOURCES"
mount -t tmpfs tmpfs "merged$SOURCES"
mount --rbind /dev merged/dev
cp "$PACKAGE" merged/package.deb
mount -t proc proc merged/proc
exec chroot merged /bin/sh -e -c "$0"
"""
LIFE = r"""
cd /
dpkg --install /package.deb
stat --format '%U:%G %a' /usr/bin/sipharness
getcap /usr/bin/sipharness
sipharness run primary_down --out /tmp/runs
useradd --groups sipharness lab
su lab -s /bin/sh -c 'sipharness run call_primary_up --quiet --out /tmp/of-lab'
if su nobody -s /bin/sh -c 'sipharness --version' 2>/dev/null; then exit 9; fi
test -f /usr/share/sipharness/scenarios/result.schema.json
man --warnings -l /usr/share/man/man1/sipharness.1* >/tmp/page
grep -c -- --shard /tmp/page
dpkg --remove sipharness
test ! -e /usr/bin/sipharness -a ! -e /usr/share/sipharness
echo removed
"""


def can_mount():
    tried = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    return os.geteuid() == 0 and subprocess.run(tried, capture_output=True, check=False).returncode == 0


class Package(EndToEnd):
    def made(self):
        done = subprocess.run(["cpack", "-B", self.scratch], cwd=PROGRAM.parent, capture_output=True, text=True,
                              timeout=300, check=False)
        self.assert_exit(done, 0)
        package, = self.scratch.glob("*.deb")
        return package

    @unittest.skipUnless(can_mount(), "needs root, and leave to mount")
    def test_is_installed_run_and_removed(self):
        package = self.made()
        depends = subprocess.check_output(["dpkg-deb", "--field", package, "Depends"], text=True)
        self.assertIn("libpcap0.8", depends)
        (self.scratch / "root").mkdir()
        environment = {**os.environ, "SCRATCH": str(self.scratch), "PACKAGE": str(package),
                       "SOURCES": str(PROGRAM.parents[1])}
        done = subprocess.run(["unshare", "--mount", "bash", "-c", IN_A_ROOT, LIFE], env=environment,
                              capture_output=True, text=True, timeout=300, check=False)
        self.assert_exit(done, 0)
        for said in ("root:sipharness 750", "cap_net_raw=ep", "PASS  primary_down", "PASS  call_primary_up", "removed"):
            self.assertIn(said, done.stdout)
        self.assertNotIn("warning", done.stderr)

    def test_completes_what_the_command_line_has(self):
        script = self.scratch / "completion"
        script.write_text(sipharness("manual", "bash").stdout)

        def completed(*words):
            shell = ('source "$0"; COMP_WORDS=(sipharness "$@"); COMP_CWORD=$#; _sipharness; '
                     'printf "%s\\n" "${COMPREPLY[@]}"')
            return subprocess.check_output(["bash", "-c", shell, script, *words], text=True).split()

        self.assertEqual(["matrix", "manual"], completed("ma"))
        self.assertEqual(["--shard"], completed("run", "--sha"))
        self.assertEqual(["write"], completed("baseline", "w"))
        self.assertEqual([], completed("run", "scenarios"))
        page = sipharness("manual", "zsh").stdout
        self.assertTrue(page.startswith("#compdef sipharness\n"))
        self.assertIn("'*--shard[", page)
        if shutil.which("zsh"):
            subprocess.run(["zsh", "-n"], input=page, text=True, check=True, timeout=30)


if __name__ == "__main__":
    unittest.main()
