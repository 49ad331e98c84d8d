#pragma once
// Names the packets of one server in the journal, so that the trace can find them in the capture.
//  1. The occurrence of a name counts what this log named before: for what was sent and for what
//     was ignored by counters of their own.
// @source harness/journal/journal.hpp (PacketName)

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fake_servers/recent_map.hpp"
#include "harness/journal/journal.hpp"
#include "harness/sip/transaction/layer.hpp"

namespace fake_servers {

class PacketLog {
 public:
  PacketLog(sipharness::journal::Writer& journal, std::string server);

  /// `rewritten`: what a rule changed in it.
  void sent(const sipharness::sip::Hop& hop, std::string_view bytes,
            const std::optional<std::string>& rewritten = {});
  void ignored(const sipharness::sip::Hop& hop, std::string_view bytes, const std::string& rule);

 private:
  using Occurrences = RecentMap<std::uint64_t, std::uint32_t>;

  sipharness::journal::Writer& journal_;
  std::string server_;
  Occurrences sent_;
  Occurrences ignored_;
};

}  // namespace fake_servers
