#include "reports/journal_words.hpp"

#include <variant>

#include <fmt/format.h>

namespace reports {
namespace {

using namespace sipharness;
using namespace sipharness::journal;
using Words = std::optional<JournalWords>;

struct Teller {
  Words operator()(const Phase& phase) const {
    const std::string name = phase.phase.empty() ? "its default" : phase.phase;
    return JournalWords{phase.server, "fault",
                        fmt::format("enters phase {}{}", name,
                                    phase.silent && phase.phase != "silent" ? " (silent)" : "")};
  }
  Words operator()(const Port& port) const {
    return JournalWords{port.server, "fault", port.open ? "opens its port" : "closes its port"};
  }
  Words operator()(const BindingsForgotten& forgotten) const {
    return JournalWords{forgotten.server, "fault", "forgets its bindings"};
  }
  Words operator()(const Withheld& withheld) const {
    return JournalWords{
        withheld.server, "withheld",
        fmt::format("kept from the device by {}: {}", withheld.rule, withheld.what)};
  }
  Words operator()(const Delayed& delayed) const {
    return JournalWords{
        delayed.server, "delayed",
        fmt::format("{} later by {}: {}", format_duration(delayed.by), delayed.rule, delayed.what)};
  }
  Words operator()(const Action& action) const {
    return JournalWords{
        action.device, "action",
        action.argument.empty() ? action.verb : fmt::format("{} {}", action.verb, action.argument)};
  }
  Words operator()(const Prompted& prompted) const {
    return JournalWords{prompted.device, "action", "asked: " + prompted.task};
  }
  Words operator()(const Reported& reported) const {
    return JournalWords{reported.device, "device",
                        fmt::format("reports {} {}: {}", reported.verb,
                                    reported.ok ? "done" : "failed", reported.what)};
  }
  Words operator()(const FarEnd& far_end) const {
    return JournalWords{far_end.server, "far end", "its far end: " + far_end.verb};
  }
  Words operator()(const DeviceState& state) const {
    return JournalWords{state.device, "device", state.state};
  }
  Words operator()(const Network& network) const {
    return JournalWords{"", "run", network.up ? network.interface + " is back" : network.what};
  }
  Words operator()(const Missed& missed) const {
    return JournalWords{"", "run",
                        fmt::format("step {}: {} did not occur", missed.step + 1, missed.awaited)};
  }
  Words operator()(const Ended& ended) const {
    return JournalWords{"", "end", "the run ends: " + ended.reason};
  }
  template <class Other>
  Words operator()(const Other&) const {
    return std::nullopt;
  }
};

}  // namespace

Words words_of(const Event& event) {
  return std::visit(Teller(), event);
}

}  // namespace reports
