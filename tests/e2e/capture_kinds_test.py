"""Another dissector sees the same messages, row by row, in captures of every kind."""
import os
import subprocess
import unittest

import capture_kinds as kinds
import captured_frames
from support import ROOT, EndToEnd, sip_ports, tshark

MESSAGES = os.environ["MESSAGES"]
UDP = ROOT / "scenarios/primary_down.json"
UDP_OVER_IPV6 = ROOT / "scenarios/primary_down_ipv6.json"
TCP = ROOT / "scenarios/failover/primary_lost_on_tcp.json"
FIELDS = ("frame.number", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "udp.port", "tcp.port", "exported_pdu.src_port",
          "exported_pdu.dst_port", "exported_pdu.ipv4_src", "exported_pdu.ipv4_dst", "exported_pdu.ipv6_src",
          "exported_pdu.ipv6_dst", "sip.Method", "sip.Status-Code",
          "sip.Call-ID", "sip.CSeq.seq")


def rows_of_tshark(capture, *options):
    """What each frame holds: its ends, then methods and status codes, Call-IDs and CSeqs as they come."""
    wanted = [option for field in FIELDS for option in ("-e", field)]
    rows = []
    for row in tshark(capture, *options, "-o", "tcp.reassemble_out_of_order:TRUE", "-Y", "sip", "-T", "fields",
                      "-E", "occurrence=a", "-E", "aggregator=|", *wanted):
        frame, *ends, methods, codes, calls, numbers = row.split("\t")
        src, dst, src6, dst6, udp, tcp, source_port, destination_port, *exported = ends
        ports = (udp or tcp or f"{source_port}|{destination_port}").split("|")
        fours, sixes = (src or exported[0], dst or exported[1]), (src6 or exported[2], dst6 or exported[3])
        ends = [f"[{six}]:{port}" if six else f"{four}:{port}" for four, six, port in zip(fours, sixes, ports)]
        what = sorted((methods.split("|") if methods else []) + (codes.split("|") if codes else []))
        rows.append((int(frame), *ends, what, calls.split("|"), numbers.split("|")))
    return rows


def rows_of_ours(*captures):
    """The same, by frame, and the faults."""
    done = subprocess.run([MESSAGES, *captures], capture_output=True, text=True, check=True, timeout=120)
    lines = done.stdout.splitlines()
    frames = {}
    for line in lines:
        if not line.startswith("fault: "):
            frame, source, destination, what, call, number = line.split(" ")
            frames.setdefault((int(frame), source, destination), []).append((what, call, number))
    rows = [(*key, sorted(m[0] for m in found), [m[1] for m in found], [m[2] for m in found])
            for key, found in sorted(frames.items())]
    return rows, [line for line in lines if line.startswith("fault: ")]


class Kinds(EndToEnd):
    def frames_of(self, scenario):
        _, folders = self.run_scenarios(scenario, "--device", "reference")
        folder = next(iter(folders.values()))
        self.ports = sip_ports(folder)
        return captured_frames.read(folder / "capture.pcap")

    def write(self, data, name="kind"):
        path = self.scratch / name
        path.write_bytes(data)
        return path

    def assert_same(self, ours, theirs=None, least=10):
        """`ours` as we read it, `theirs` as tshark does."""
        rows, faults = rows_of_ours(*(ours if isinstance(ours, list) else [ours]))
        self.assertEqual(faults, [])
        self.assertEqual(rows, rows_of_tshark(theirs or ours, *self.ports))
        self.assertGreater(len(rows), least)

    def test_formats(self):
        frames = self.frames_of(UDP)
        for name, make in kinds.FORMATS.items():
            with self.subTest(name):
                self.assert_same(self.write(make(frames)))
        plain = self.write(kinds.pcap(frames), "plain")
        for name, make in kinds.FORMATS_TO_EXPAND.items():
            with self.subTest(name):
                self.assert_same(self.write(make(frames)), plain)

    def test_formats_of_editcap(self):
        plain = self.write(kinds.pcap(self.frames_of(UDP)), "plain")
        for kind in ("pcap", "nsecpcap", "modpcap", "pcapng", "snoop"):
            with self.subTest(kind):
                converted = self.scratch / kind
                subprocess.run(["editcap", "-F", kind, plain, converted], check=True, timeout=60)
                self.assert_same(converted)

    def test_links(self):
        for scenario in (UDP, UDP_OVER_IPV6):
            frames = self.frames_of(scenario)
            for name in kinds.LINKS:
                with self.subTest(name, scenario=scenario.stem):
                    self.assert_same(self.write(kinds.relinked(frames, name)))
            with self.subTest("exported", scenario=scenario.stem):
                udp = [frame for frame in frames if frame.is_udp()]
                self.assert_same(self.write(kinds.exported(udp)))

    def test_fragments(self):
        for scenario in (UDP, UDP_OVER_IPV6):
            frames = [frame for frame in self.frames_of(scenario) if frame.is_udp()]
            for name in kinds.FRAGMENTS:
                with self.subTest(name, scenario=scenario.stem):
                    self.assert_same(self.write(kinds.fragmented(frames, name)))

    def test_segments(self):
        frames = [frame for frame in self.frames_of(TCP) if frame.is_tcp()]
        for name, change in kinds.SEGMENTS.items():
            with self.subTest(name):
                self.assert_same(self.write(kinds.pcap(change(frames), magic=0xA1B23C4D)))

    def test_several_files(self):
        frames = self.frames_of(UDP)
        third = len(frames) // 3 + 1
        parts = [frames[start:start + third] for start in range(0, len(frames), third)]
        paths = [self.write(kinds.pcapng(part) if n % 2 else kinds.pcap(part), f"part{chr(97 + n)}")
                 for n, part in enumerate(parts)]
        merged = self.scratch / "merged.pcapng"
        subprocess.run(["mergecap", "-w", merged, *paths], check=True, timeout=60)
        rows, _ = rows_of_ours(*reversed(paths))
        self.assertEqual(rows, rows_of_tshark(merged, *self.ports))
        self.assertGreater(len(rows), 10)


if __name__ == "__main__":
    unittest.main()
