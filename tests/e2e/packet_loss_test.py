"""Packets lost each way by chance, over many seeds: nobody accuses the healthy device, and a call that
truly lost every copy is seen to move on, which is right."""
import concurrent.futures
import json
import os
import unittest

from support import EndToEnd, ROOT, sipharness

SCENARIO = ROOT / "scenarios/failover/link_loses_packets.json"
CALLS = 20


class PacketLoss(EndToEnd):
    def scenario_losing(self, share):
        scenario = json.loads(SCENARIO.read_text())
        for server in scenario["servers"].values():
            server["link"].update(lose_to_server=share, lose_to_device=share)
        scenario["expect"] = ["FO-LOSS"]
        path = self.scratch / "link_loses_more.json"
        path.write_text(json.dumps(scenario))
        return path

    def judge_many(self, scenario, seeds):
        """How many calls stayed at the primary and how many moved; nobody is accused in any run."""
        def judge(seed):
            done = sipharness("run", scenario, "--seed", seed, "--out", self.scratch / str(seed),
                              "--json", "-")
            return done.returncode, json.loads(done.stdout)["results"][0]["findings"]

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            runs = dict(zip(seeds, pool.map(judge, seeds)))
        stayed = moved = 0
        for seed, (code, findings) in runs.items():
            alarms = [(f["requirement"], f["verdict"], f["message"]) for f in findings
                      if f["verdict"] in ("fail", "warn", "inconclusive")]
            with self.subTest(seed=seed):
                self.assertEqual((code, alarms), (0, []))
            loss = next(f for f in findings if f["requirement"] == "FO-LOSS")
            for one in [loss, *loss.get("other_instances", [])]:
                stayed += "stayed" in one["message"]
                moved += "rightly moved" in one["message"]
        print(f"{moved} of {stayed + moved} calls lost every copy and moved on")
        return stayed, moved

    def test_a_fifth_accuses_nobody_and_moves_at_most_the_calls_that_lost_everything(self):
        # Seven copies, and an answer to each: (1 - 0.8 * 0.8) ** 7 of the calls may draw none. The far
        # end rings and answers of its own accord too, so fewer do.
        seeds = range(1, 201)
        stayed, moved = self.judge_many(SCENARIO, seeds)
        self.assertEqual(stayed + moved, len(seeds) * CALLS)
        self.assertLessEqual(moved, 4 * len(seeds) * CALLS * 0.36 ** 7)

    def test_a_half_accuses_nobody_and_moves_calls_rightly(self):
        _, moved = self.judge_many(self.scenario_losing(0.5), range(1, 101))
        self.assertGreater(moved, 0)


if __name__ == "__main__":
    unittest.main()
