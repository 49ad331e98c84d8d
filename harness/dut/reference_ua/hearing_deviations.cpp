#include "harness/dut/reference_ua/hearing_deviations.hpp"

#include <algorithm>
#include <array>

namespace sipharness::dut {
namespace {

using sip::HeaderId;
using sip::MessageView;

std::size_t offset_of(const MessageView& message, std::string_view part) {
  return static_cast<std::size_t>(part.data() - message.bytes().data());
}

/// A first hop without lr gets one.
std::string loosen_the_first_route(const MessageView& message, const Endpoint&) {
  std::string text(message.bytes());
  std::string_view nearest;
  for (const sip::Header& header : message.headers())
    if (header.id == HeaderId::record_route) nearest = header.value;
  if (nearest.ends_with('>') && nearest.find(";lr") == std::string_view::npos)
    text.insert(offset_of(message, nearest) + nearest.size() - 1, ";lr");
  return text;
}

/// A response for somebody else is taken for ours.
std::string readdress_a_response(const MessageView& message, const Endpoint& local) {
  std::string text(message.bytes());
  const std::string_view sent_by = message.via().sent_by;
  if (message.is_response())
    text.replace(offset_of(message, sent_by), sent_by.size(), local.text());
  return text;
}

/// A request seems not to ask for rport.
std::string overlook_rport(const MessageView& message, const Endpoint&) {
  constexpr std::string_view rport = ";rport";
  std::string text(message.bytes());
  const std::string_view via = message.header(HeaderId::via);
  const std::size_t at = via.find(rport);
  if (message.is_request() && at != std::string_view::npos)
    text.erase(offset_of(message, via) + at, rport.size());
  return text;
}

struct HearingEdit {
  Deviation deviation;
  std::string (*edit)(const MessageView&, const Endpoint& local);
};

constexpr std::array hearing_edits{
    HearingEdit{Deviation::takes_a_strict_router_for_loose, loosen_the_first_route},
    HearingEdit{Deviation::takes_responses_for_others, readdress_a_response},
    HearingEdit{Deviation::answers_where_via_says, overlook_rport},
};

}  // namespace

bool alters_received(const DeviationSet& deviations) {
  return std::ranges::any_of(
      hearing_edits, [&](const HearingEdit& row) { return has(deviations, row.deviation); });
}

std::string altered(const MessageView& message, const Endpoint& local,
                    const DeviationSet& deviations) {
  std::string text(message.bytes());
  for (const HearingEdit& row : hearing_edits)
    if (has(deviations, row.deviation)) text = row.edit(MessageView::parse(text), local);
  return text;
}

}  // namespace sipharness::dut
