"""What a run folder's capture says when it is judged again, with less or with other things beside it."""
import json

import captured_frames
from support import EndToEnd, sipharness

JUDGED_WORST_FIRST = ("fail", "warn", "inconclusive", "pass", "info", "not_applicable")
OPPOSITES = {("pass", "fail"), ("pass", "warn"), ("info", "fail"), ("fail", "pass"), ("warn", "pass")}


def verdicts_in(result, but=()):
    """The worst verdict of each requirement over the phones of a result, some left out."""
    found = {}
    for finding in result["findings"]:
        if finding["device"] in but:
            continue
        held = found.get(finding["requirement"], "not_applicable")
        found[finding["requirement"]] = min(held, finding["verdict"], key=JUDGED_WORST_FIRST.index)
    return found


def opposites(changed, original):
    """Of each requirement that was turned round: both verdicts. A pass is never a fail, a fail never a pass."""
    return {name: (original.get(name), verdict) for name, verdict in changed.items()
            if (original.get(name, "not_applicable"), verdict) in OPPOSITES}


def what_is_named(folder):
    """The options that tell of a run with one phone what a customer knows of his own: its profile, and
    the addresses of its servers. A spare is another machine of the primary."""
    addresses = {}
    for role, server in json.loads((folder / "scenario.json").read_text())["servers"].items():
        host = f"[{server['address']}]" if ":" in server["address"] else server["address"]
        addresses.setdefault("primary" if role == "spare" else role, []).append(f"{host}:{server['port']}")
    options = [word for role, places in addresses.items() for word in (f"--{role}", ",".join(places))]
    return ["--profile", folder / "profile.json", *options]


class JudgedAgain(EndToEnd):
    def judge(self, *arguments, but=()):
        return verdicts_in(json.loads(sipharness("check", *arguments, "--json", "-").stdout), but)

    def judge_frames(self, frames, *arguments, but=(), **how):
        changed = captured_frames.write(self.scratch / "changed.pcap", frames, **how)
        return self.judge(changed, *arguments, but=but)

    def assert_never_opposite(self, changed, original):
        self.assertFalse(opposites(changed, original), "the verdict of the run, that of the changed capture")
