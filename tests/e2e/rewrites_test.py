"""Whatever a scenario rewrites in a server's responses, a healthy device is not blamed for it; and what a violation
rests on is said."""
import json
import unittest

from support import EndToEnd, result_of, sipharness

HEADERS = ("Via", "From", "To", "Call-ID", "CSeq", "Contact", "Expires", "Content-Type")
WHOLE = ({"lines": ["SIP/2.0 200 OK", ""]}, {"bytes": "00ff"}, {"received": "192.0.2.77"}, {"rport": [4444]},
         {"body": ["hello"]})
TAGGED = "<sip:1001@x.test>;tag=zz"
CHANGES = {
    "REGISTER": ({"CSeq": "9 REGISTER"}, {"To": TAGGED}, {"From": TAGGED}, {"Call-ID": "foreign@x"}, {"Expires": "0"},
                 {"Contact": "<sip:9@192.0.2.9>;expires=5"}, {"Contact": "<${contact}>;expires=0"},
                 {"Contact": "<${contact}>;expires=abc"}, {"Expires": "99999999999"}, {"Require": "foo"},
                 {"Service-Route": "<sip:192.0.2.1;lr>"}),
    "INVITE": ({"CSeq": "9 INVITE"}, {"To": TAGGED}, {"To": "<sip:2001@x.test>"}, {"From": TAGGED},
               {"Call-ID": "foreign@x"}, {"Contact": "<sip:9@192.0.2.9>"}, {"Contact": "<tel:5>"},
               {"Record-Route": "<sip:${server};lr>"}, {"Require": "100rel", "RSeq": "1"},
               {"Session-Expires": "90;refresher=uac"}),
    "BYE": ({"CSeq": "9 BYE"}, {"To": "<sip:2001@x.test>"}, {"Call-ID": "foreign@x"}),
    "SUBSCRIBE": ({"Expires": "0"}, {"Contact": "<sip:9@192.0.2.9>"}, {"To": TAGGED}, {"CSeq": "9 SUBSCRIBE"}),
}
TIMELINE = [{"at": "0s", "do": "boot"}, {"at": "20s", "do": "dial", "number": "2001"}, {"at": "30s", "do": "hang_up"},
            {"at": "70s", "do": "call", "server": "primary"}, {"at": "72s", "do": "answer"}, {"at": "80s", "do": "hang_up"}]


class Rewrites(EndToEnd):
    def scenario(self, number, method, rewrite):
        subscribes = {"subscriptions": ["dialog"], "mwi_subscribe": True, "subscribe_expiration": "1min"}
        content = {"title": f"{method}: {json.dumps(rewrite)}", "duration": "150s", "timeline": TIMELINE,
                   "configure": {"register_expiration": "1min", "reregister_before": "20s",
                                 **(subscribes if method == "SUBSCRIBE" else {})},
                   "servers": {"primary": {"port": 5070, "rules": [{"method": method, "accept": {}, "rewrite": rewrite}]},
                               "secondary": {"port": 5080}},
                   "expect": ["DUT-ALIVE"]}
        (self.folder / f"{number:02d}_{method.lower()}.json").write_text(json.dumps(content))

    def test_a_healthy_device_is_not_blamed(self):
        self.folder = self.scratch / "scenarios"
        self.folder.mkdir()
        ways = [(method, rewrite) for method, changes in CHANGES.items()
                for rewrite in (*({"without": name} for name in HEADERS), *({"headers": one} for one in changes), *WHOLE)]
        for number, way in enumerate(ways):
            self.scenario(number, *way)
        done = sipharness("run", self.folder, "--clock", "virtual", "--out", self.scratch / "runs", "--quiet", "--json",
                          self.scratch / "all.json")
        self.assertIn(done.returncode, (0, 3), done.stdout + done.stderr)
        results = json.loads((self.scratch / "all.json").read_text())["results"]
        self.assertEqual(len(ways), len(results))
        reasons = [finding["reason"] for result in results for finding in result["findings"]
                   if finding["verdict"] == "inconclusive" and finding["blame"] == "user"]
        for name in ("From", "To", "Call-ID"):
            self.assertTrue([one for one in reasons if one.endswith(f"has no {name}: whether the device took it is not known")],
                            name)

    def test_what_a_violation_rests_on_is_said(self):
        self.folder = self.scratch
        self.scenario(0, "INVITE", {"status": 200, "headers": {"Server": "another"}})
        done, folders = self.run_scenarios(self.scratch / "00_invite.json", "--deviate", "cancels_an_answered_call", "--quiet")
        self.assertIn(done.returncode, (0, 1), done.stderr)
        told = [finding["message"] for finding in result_of(folders["00_invite"])["findings"]
                if finding["requirement"] == "RFC3261-CANCEL-04"]
        self.assertRegex(told[0], r"; in frame \d+ the scenario rewrote Server$")


if __name__ == "__main__":
    unittest.main()
