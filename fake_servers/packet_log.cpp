#include "fake_servers/packet_log.hpp"

#include "harness/base/rng.hpp"
#include "harness/sip/message.hpp"

namespace fake_servers {

using sipharness::journal::PacketName;
using sipharness::sip::Hop;
namespace journal = sipharness::journal;

namespace {

constexpr std::size_t remembered_packets = 65'536;

std::uint64_t without_occurrence(const PacketName& name) {
  const sipharness::EndpointHash hash;
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
  std::uint64_t key = name.digest;
  key = key * odd + hash(name.source);
  key = key * odd + hash(name.destination);
  return key * odd + static_cast<std::uint64_t>(name.transport);
}

}  // namespace

PacketLog::PacketLog(journal::Writer& journal, std::string server)
    : journal_(journal),
      server_(std::move(server)),
      sent_(remembered_packets),
      ignored_(remembered_packets) {}

void PacketLog::sent(const Hop& hop, std::string_view bytes,
                     const std::optional<std::string>& rewritten) {
  // What is no message has no name by which the capture could be asked for it.
  if (!sipharness::sip::MessageView::is_sip(bytes)) return;
  PacketName name{hop.transport, hop.local, hop.remote, sipharness::fnv1a(bytes), 0};
  name.occurrence = sent_[without_occurrence(name)]++;
  journal_.write(journal::Sent{server_, name, rewritten});
}

void PacketLog::ignored(const Hop& hop, std::string_view bytes, const std::string& rule) {
  PacketName name{hop.transport, hop.remote, hop.local, sipharness::fnv1a(bytes), 0};
  name.occurrence = ignored_[without_occurrence(name)]++;
  journal_.write(journal::Ignored{server_, rule, name});
}

}  // namespace fake_servers
