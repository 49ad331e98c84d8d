"""Another dissector sees the same: transactions, their copies and their answers, in every capture."""
import os
import subprocess
import unittest

from support import EndToEnd, SCENARIOS, scenario_files, sip_ports, sipharness, tshark

TRANSACTIONS = os.environ["TRANSACTIONS"]
FIELDS = ("frame.number", "udp.srcport", "udp.dstport", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
          "sip.Method", "sip.CSeq.method", "sip.Via.branch", "sip.Via.sent-by.address")


def endpoint(v4, v6, port):
    return f"[{v6}]:{port}" if v6 else f"{v4}:{port}"


def seen_by_tshark(folder):
    """Frames of requests, responses and ACKs by (method, branch, server), over UDP."""
    wanted = [option for field in FIELDS for option in ("-e", field)]
    rows = tshark(folder / "capture.pcap", *sip_ports(folder), "-Y", "sip && udp && !icmp && !icmpv6",
                  "-T", "fields", "-E", "occurrence=f", *wanted)
    found = {}
    for row in rows:
        frame, sport, dport, src, dst, src6, dst6, method, cseq, branch, sent_by = row.split("\t")
        answerer = endpoint(dst, dst6, dport) if method else endpoint(src, src6, sport)
        name = "INVITE" if cseq == "ACK" else cseq
        kinds = found.setdefault((name, branch, answerer, sent_by), ([], [], []))
        kinds[2 if method == "ACK" else 0 if method else 1].append(int(frame))
    # An ACK to a 2xx is a transaction of its own, and no client transaction of ours; a response
    # with a foreign sent-by answers nothing.
    return {key[:3]: kinds for key, kinds in found.items() if kinds[0]}


def seen_by_us(folder):
    lines = subprocess.run([TRANSACTIONS, folder], capture_output=True, text=True, check=True,
                           timeout=120).stdout.splitlines()
    found = {}
    for line in lines:
        method, branch, server, *kinds = line.split(" ")
        found[(method, branch, server)] = tuple(
            [] if frames == "-" else [int(f) for f in frames.split(",")] for frames in kinds)
    return found


class OtherDissector(EndToEnd):
    def test_sees_the_same_transactions_with_the_same_copies_and_answers(self):
        _, folders = self.run_scenarios(*scenario_files())
        compared = 0
        for name, folder in folders.items():
            if '"from_other_port"' in (folder / "scenario.json").read_text():
                continue  # tshark takes a response from there for another server's
            with self.subTest(name):
                theirs, ours = seen_by_tshark(folder), seen_by_us(folder)
                for key, kinds in theirs.items():
                    self.assertEqual(ours.get(key), kinds, key)
                    compared += 1
        self.assertGreater(compared, len(folders))


class FindingsAsComments(EndToEnd):
    def test_stand_on_the_frames_they_cite(self):
        _, folders = self.run_scenarios(SCENARIOS / "guide/primary_silent_on_invite.json", "--deviate",
                                        "never_falls_back", "--quiet")
        capture = next(iter(folders.values())) / "capture.pcap"
        annotated = self.scratch / "annotated.pcapng"
        self.assert_exit(sipharness("check", capture.parent, "--annotate", annotated, "--quiet"), 1)
        fields = ("-T", "fields", "-E", "aggregator=|", "-e", "frame.number", "-e", "frame.time_epoch", "-e", "frame.len")
        self.assertEqual(tshark(capture, *fields), tshark(annotated, *fields))
        commented = dict(line.split("\t", 1) for line in tshark(
            annotated, "-Y", "frame.comment", "-T", "fields", "-e", "frame.number", "-e", "frame.comment"))
        self.assertEqual({"5"}, set(commented))
        for row in ("fail GRP-CALL-03: no INVITE at the secondary", "fail FO-DET-INV", "warn RFC3263-01"):
            self.assertIn(row, commented["5"])
        about = subprocess.run(["capinfos", "-k", annotated], capture_output=True, text=True, check=True).stdout
        self.assertIn("fail primary_silent_on_invite: no INVITE at the secondary", about)


if __name__ == "__main__":
    unittest.main()
