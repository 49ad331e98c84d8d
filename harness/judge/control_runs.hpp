#pragma once
// The control runs of a run: a short healthy one before a scenario's fault and one after it, each a
// run folder of its own (RUN/before, RUN/after). If the device does not register and call where
// nothing is wrong, then what it does in an outage says nothing of it: a wrong account, address or
// password is not a phone's bug.
//  1. A control run is judged from its capture; its journal says what was asked of the device.
//  2. What of it is the device's own doing is told as the finding it is, with the control run's
//     frames: a device that leaves a healthy server out breaks a requirement.
//  3. An action that was not delivered is not counted against anybody here either.

#include <string>
#include <vector>

#include "harness/base/expected.hpp"
#include "harness/judge/amendment.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::judge {

/// What a control run shows, from its run folder.
Expected<verdict::ControlRun> judge_control_run(const std::string& folder);

/// What was judged of it becomes inconclusive.
void withdraw(verdict::Finding& finding, verdict::Blame blame, const std::string& reason);

/// The same, unless it says that the device died.
void withdraw_verdict(verdict::Finding& finding, verdict::Blame blame, const std::string& reason);

/// Puts what RUN/before and RUN/after show into the result of RUN.
void read_control_runs(verdict::Result& result, const std::string& folder);

/// Where one of them is not well the verdicts of the run are withdrawn. The result must stay.
std::vector<Amendment> amendments_by_control_runs(const verdict::Result& result);

/// What did not come about in them although the device may be well: its driver did not pass an
/// action on.
std::vector<std::string> notes_on_control_runs(const verdict::Result& result);

}  // namespace sipharness::judge
