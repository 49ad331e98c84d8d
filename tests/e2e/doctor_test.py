"""`sipharness doctor` tries what a run needs and says what to do about what is missing."""
import os
import shutil
import socket
import subprocess
import unittest

from support import EndToEnd, PROGRAM, ROOT, SCENARIOS, sipharness

FLAGSHIP = SCENARIOS / "primary_down.json"


def lines_of(done):
    """{what: (ok, warning or missing; what was found)} and the remedies in their order."""
    found, remedies = {}, []
    for line in done.stdout.splitlines():
        if line.strip().startswith("-> "):
            remedies.append(line.strip()[3:])
        elif line.split(" ")[0] in ("ok", "warning", "missing"):
            found[line[9:37].strip()] = (line[:9].strip(), line[38:])
    return found, remedies


class Doctor(EndToEnd):
    def test_finds_everything_where_tests_run_for_real(self):
        done = sipharness("doctor", "--out", self.scratch)
        found, _ = lines_of(done)
        for what in ("live capture on lo", "address 127.0.0.11", "ports", "priority", "clock", "time of day", "lag",
                     "capture of a burst", "TCP half-open", "receive buffer", "disk", "softphone baresip", "tshark"):
            self.assertIn(what, found, done.stdout)

    def test_names_the_program_that_has_taken_a_port(self):
        holders = [socket.socket(socket.AF_INET, kind) for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM)]
        file = self.scratch / "taken.json"
        with holders[0] as udp, holders[1] as tcp:
            udp.bind(("127.78.1.11", 0))
            port = udp.getsockname()[1]
            tcp.bind(("127.78.1.11", port))
            tcp.listen()
            text = FLAGSHIP.read_text().replace('"port": 5070', f'"address": "127.78.1.11", "port": {port}')
            file.write_text(text)
            done = sipharness("doctor", file)
        self.assert_exit(done, 4)
        found, _ = lines_of(done)
        for transport in ("UDP", "TCP"):
            health, text = found[f"port 127.78.1.11:{port} ({transport})"]
            self.assertEqual(health, "missing")
            self.assertIn(f"(process {os.getpid()})", text)

    def test_an_address_that_is_not_here_is_missing_with_the_command_that_adds_it(self):
        file = self.scratch / "elsewhere.json"
        file.write_text(FLAGSHIP.read_text().replace('"port": 5070', '"address": "192.0.2.11", "port": 5070'))
        done = sipharness("doctor", file)
        self.assert_exit(done, 4)
        found, remedies = lines_of(done)
        self.assertEqual(found["address 192.0.2.11"][0], "missing")
        self.assertIn("sudo ip address add 192.0.2.11/32 dev lo", remedies)

    def test_looks_at_the_interface_that_the_servers_are_bound_to(self):
        found, _ = lines_of(sipharness("doctor", "--bind", "lo"))
        self.assertEqual(found["address 127.0.0.1"], ("ok", "on lo"))
        self.assertNotIn("address 127.0.0.11", found)
        done = sipharness("doctor", "--bind", "no-such-card")
        self.assert_exit(done, 4)
        self.assertIn("--bind no-such-card: neither an address nor an interface here", done.stderr)

    def test_a_softphone_that_is_not_here_is_told_with_its_package(self):
        done = subprocess.run([PROGRAM, "doctor", FLAGSHIP], cwd=ROOT, capture_output=True, text=True, timeout=120,
                              env={"PATH": str(self.scratch)})
        found, remedies = lines_of(done)
        self.assertEqual(found["softphone baresip"], ("warning", "baresip not found in PATH"))
        self.assertIn("sudo apt-get install --no-install-recommends baresip-core", remedies)

    def test_a_scenario_that_is_wrong_exits_2(self):
        self.assert_exit(sipharness("doctor", "no/such.json"), 2)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give privileges up")
    def test_without_privileges_says_which_are_missing_and_how_to_give_them(self):
        self.scratch.chmod(0o777)
        program = self.scratch / "sipharness"
        shutil.copy(PROGRAM, program)
        done = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all",
             program, "doctor", FLAGSHIP, "--out", self.scratch], cwd=ROOT, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)  # the tap does for the reference UA
        found, remedies = lines_of(done)
        for what in ("live capture on lo", "priority", "capture of a burst", "TCP half-open"):
            self.assertEqual(found[what][0], "warning", done.stdout)
        self.assertTrue(any(r.startswith("sudo setcap cap_net_raw,") and r.endswith(f"+ep {program}") for r in remedies))

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("unshare"), "needs a network of its own")
    def test_where_loopback_is_down_it_says_so(self):
        done = subprocess.run(["unshare", "--net", PROGRAM, "doctor", FLAGSHIP], cwd=ROOT, capture_output=True,
                              text=True, timeout=120)
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        found, remedies = lines_of(done)
        self.assertEqual(found["live capture on lo"], ("missing", "the interface lo is down"))
        self.assertIn("sudo ip link set lo up", remedies)


if __name__ == "__main__":
    unittest.main()
