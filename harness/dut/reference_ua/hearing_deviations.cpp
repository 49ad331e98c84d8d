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

struct Row {
  Deviation deviation;
  std::string (*edit)(const MessageView&, const Endpoint& local);
};

constexpr std::array table{
    Row{Deviation::takes_a_strict_router_for_loose, loosen_the_first_route},
};

}  // namespace

bool mishears(const DeviationSet& deviations) {
  return std::ranges::any_of(table, [&](const Row& row) { return has(deviations, row.deviation); });
}

std::string misheard(const MessageView& message, const Endpoint& local,
                     const DeviationSet& deviations) {
  std::string text(message.bytes());
  for (const Row& row : table)
    if (has(deviations, row.deviation)) text = row.edit(MessageView::parse(text), local);
  return text;
}

}  // namespace sipharness::dut
