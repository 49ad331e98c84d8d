"""Every shipped scenario in virtual time: it passes, it repeats, others agree with it."""
import itertools
import json
import unittest

import captured_frames
from support import EndToEnd, result_of, scenario_files, sip_ports, sipharness, tshark

INVITE_OFFSETS = [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
REGISTER_OFFSETS = [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
CHECKSUMS = [word for layer in ("ip", "udp", "tcp") for word in ("-o", f"{layer}.check_checksum:TRUE")]


def sends(folder, method, server):
    """Capture times (seconds) of every transmission of `method` to `server`, by branch."""
    scenario = json.loads((folder / "scenario.json").read_text())
    port = scenario["servers"][server]["port"]
    rows = tshark(folder / "capture.pcap", *sip_ports(folder), "-Y",
                  f"sip.Method == {method} && udp.dstport == {port}", "-T", "fields",
                  "-e", "frame.time_epoch", "-e", "sip.Via.branch")
    by_branch = {}
    for row in rows:
        at, branch = row.split("\t")
        by_branch.setdefault(branch, []).append(float(at))
    return list(by_branch.values())


def loses_segments(folder):
    """The scenario takes a server off the wire under its connections: TCP must send again."""
    timeline = json.loads((folder / "scenario.json").read_text())["timeline"]
    return any(step["do"] in ("swallow_syns", "unplug") for step in timeline)


class VirtualTime(EndToEnd):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files = scenario_files()

    def test_every_shipped_scenario_passes(self):
        done, folders = self.run_scenarios(*self.files)
        self.assert_exit(done, 0)
        self.assertGreaterEqual(len(folders), len(self.files))

    def test_check_of_a_run_folder_gives_byte_identical_findings(self):
        _, folders = self.run_scenarios(*self.files)
        for folder in folders.values():
            again = self.scratch / "again.json"
            sipharness("check", folder, "--json", again, "--quiet")
            self.assertEqual((folder / "result.json").read_bytes(), again.read_bytes(), folder.name)

    def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_tags(self):
        flagship = "scenarios/primary_down.json"
        captures = []
        for seed in (7, 7, 8):
            _, folders = self.run_scenarios(flagship, "--seed", seed)
            captures.append((folders["primary_down"] / "capture.pcap").read_bytes())
        self.assertEqual(captures[0], captures[1])
        self.assertNotEqual(captures[0], captures[2])

    def test_another_seed_changes_tags_and_branches(self):
        seen = []
        for seed in (1, 2):
            _, folders = self.run_scenarios("scenarios/primary_down.json", "--seed", seed)
            folder = folders["primary_down"]
            for field in ("sip.Via.branch", "sip.from.tag"):
                seen.append(set(tshark(folder / "capture.pcap", *sip_ports(folder), "-Y", "sip.Method",
                                       "-T", "fields", "-e", field)))
        self.assertFalse(seen[0] & seen[2], "branches")
        self.assertFalse(seen[1] & seen[3], "tags")

    def test_tshark_reads_every_capture_without_a_complaint(self):
        _, folders = self.run_scenarios(*self.files)
        # tshark takes long to start, so one reads all captures without connections; those it would take for one
        # that goes on from capture to capture.
        together = []
        for folder in folders.values():
            if all(frame.is_udp() for frame in captured_frames.read(folder / "capture.pcap")):
                together.append(folder)
            else:
                self.assert_read_without_a_complaint([folder])
        self.assertGreater(len(together), 50)
        self.assert_read_without_a_complaint(together)

    def assert_read_without_a_complaint(self, folders):
        captures = [captured_frames.read(folder / "capture.pcap") for folder in folders]
        joined = captured_frames.write(self.scratch / "joined.pcap", itertools.chain(*captures))
        options = {option for folder in folders for option in zip(*[iter(sip_ports(folder))] * 2)}
        tcp = "tcp.analysis.flags"
        if any(map(loses_segments, folders)):
            tcp = "(tcp.analysis.flags && !tcp.analysis.retransmission)"
        messages, complaints = (
            [int(frame) for frame in tshark(joined, *itertools.chain(*options), *CHECKSUMS, "-Y", wanted, "-T",
                                            "fields", "-e", "frame.number")]
            for wanted in ("sip && !icmp && !icmpv6",
                           f"_ws.malformed || {tcp} || ip.checksum.status == Bad || udp.checksum.status == Bad || "
                           "tcp.checksum.status == Bad || icmp.checksum.status == Bad"))
        end = 0
        for folder, capture in zip(folders, captures):
            first, end = end, end + len(capture)
            with self.subTest(folder.name):
                self.assertEqual(sum(first < frame <= end for frame in messages),
                                 result_of(folder)["capture"]["sip_messages"])
                self.assertEqual([frame - first for frame in complaints if first < frame <= end], [])

    def test_times_on_the_wire_equal_the_tables_of_rfc_3261_to_the_microsecond(self):
        _, folders = self.run_scenarios("scenarios/primary_down.json")
        folder = folders["primary_down"]
        # The first call meets a silent primary; the refresh finds the outage.
        silent_invites = [s for s in sends(folder, "INVITE", "primary") if len(s) > 1]
        silent_registers = [s for s in sends(folder, "REGISTER", "primary") if len(s) > 1]
        self.assertEqual(len(silent_invites), 1)
        self.assertGreaterEqual(len(silent_registers), 1)
        for expected, seen in ((INVITE_OFFSETS, silent_invites[0]),
                               (REGISTER_OFFSETS, silent_registers[0])):
            offsets = [round(at - seen[0], 6) for at in seen]
            self.assertEqual(offsets, expected)
        first_at_secondary = sends(folder, "INVITE", "secondary")[0][0]
        self.assertAlmostEqual(first_at_secondary - silent_invites[0][0], 32.0, places=6)

    def test_the_flagship_also_runs_over_ipv6(self):
        done, folders = self.run_scenarios("scenarios/primary_down_ipv6.json")
        self.assert_exit(done, 0)
        folder = folders["primary_down_ipv6"]
        self.assertEqual(tshark(folder / "capture.pcap", "-Y", "ip"), [])
        self.assertGreater(len(tshark(folder / "capture.pcap", "-Y", "ipv6")), 20)

    def test_selftest_catches_every_deviation(self):
        done = sipharness("selftest")
        self.assert_exit(done, 0)
        self.assertNotIn("ESCAPED", done.stdout)


if __name__ == "__main__":
    unittest.main()
