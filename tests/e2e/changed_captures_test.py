"""What a capture shows does not depend on how it was taken, and what it no longer shows gives no other
verdict: every run folder of the shipped scenarios, judged again from changed captures.
"""
import os
import random
import unittest

import captured_frames
import changed_captures
from judged_again import JudgedAgain, what_is_named
from support import result_of

SEEDS = int(os.environ.get("SIPHARNESS_LOSS_SEEDS", "1"))


class ChangedCaptures(JudgedAgain):
    def folders(self):
        """Of runs with one phone: its profile, and the addresses of its servers."""
        _, folders = self.run_scenarios("scenarios", "--quiet")
        self.assertGreater(len(folders), 90)
        for name, folder in folders.items():
            if len(result_of(folder)["devices"]) > 1:
                continue
            yield name, folder, what_is_named(folder)

    def test_knowledge_taken_away_turns_no_verdict_round(self):
        for name, folder, named in self.folders():
            original = self.judge(folder)
            frames = captured_frames.read(folder / "capture.pcap")
            with self.subTest(name, change="no journal"):
                self.assert_never_opposite(self.judge(folder / "capture.pcap", *named), original)
            with self.subTest(name, change="no journal, nothing named"):
                self.assert_never_opposite(self.judge(folder / "capture.pcap"), original)
            for change in changed_captures.LOSSY:
                if not (kept := change(frames)):
                    continue
                with self.subTest(name, change=change.__name__):
                    self.assert_never_opposite(self.judge_frames(kept, *named), original)
            with self.subTest(name, change="headers only"):
                self.assert_never_opposite(self.judge_frames(frames, *named, snap_length=80), original)

    def test_no_cut_and_no_loss_turns_a_verdict_round(self):
        for name, folder, named in self.folders():
            original = self.judge(folder)
            frames = captured_frames.read(folder / "capture.pcap")
            for seed in range(SEEDS):
                changed = changed_captures.cut_or_lost_at_random(frames, random.Random(f"{name} {seed}"))
                for change, kept in changed.items():
                    if not kept:
                        continue
                    with self.subTest(name, change=change, seed=seed):
                        self.assert_never_opposite(self.judge_frames(kept, *named[:2]), original)

    def test_how_a_capture_was_taken_changes_nothing(self):
        for name, folder, named in self.folders():
            profile = named[:2]
            original = self.judge(folder / "capture.pcap", *profile)
            frames = captured_frames.read(folder / "capture.pcap")
            for change in changed_captures.HARMLESS_FRAMES:
                with self.subTest(name, change=change.__name__):
                    self.assertEqual(original, self.judge_frames(
                        change(frames), *profile, but=("phone-807", "phone-808")))
            for link, number in changed_captures.HARMLESS_LINKS.items():
                with self.subTest(name, link=link):
                    self.assertEqual(original, self.judge_frames(frames, *profile, link=number))
            self.judge_moved(name, folder, frames, original)

    def judge_moved(self, name, folder, frames, original):
        """Streams would have to be renumbered, a digest computed anew."""
        if not all(frame.is_udp() for frame in frames) or any(b"Authorization" in f.payload for f in frames):
            return
        if (moved := changed_captures.with_other_addresses(frames)) is not None:
            with self.subTest(name, change="other addresses"):
                renamed = self.scratch / "profile.json"
                renamed.write_bytes(changed_captures.renamed((folder / "profile.json").read_bytes()))
                self.assertEqual(original, self.judge_frames(moved, "--profile", renamed))
        if (moved := changed_captures.as_ipv6(frames)) is not None:
            with self.subTest(name, change="IPv6"):
                # Without an identification, what is sent twice at once looks like a copy.
                told = self.judge_frames(moved, "--profile", folder / "profile.json", "--vantage", "device")
                self.assert_never_opposite(told, original)


if __name__ == "__main__":
    unittest.main(verbosity=1)
