#include "harness/observed/stream_ends.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace sipharness::observed {
namespace {

/// The lesser one first: both directions have the same.
using StreamEnds = std::pair<Endpoint, Endpoint>;

StreamEnds stream_between(const Endpoint& a, const Endpoint& b) {
  return std::minmax(a, b);
}

/// By time.
std::map<StreamEnds, std::vector<CaptureTime>> find_ends_of_streams(const Phone& phone) {
  std::map<StreamEnds, std::vector<CaptureTime>> found;
  for (const StreamMark& mark : phone.stream_marks)
    if (mark.event == capture::StreamEvent::fin || mark.event == capture::StreamEvent::reset)
      found[stream_between(mark.source, mark.destination)].push_back(mark.at);
  return found;
}

}  // namespace

bool has_ended_by(const Phone& phone, const Message& message, CaptureTime at) {
  const auto& all = phone.derived<find_ends_of_streams>();
  const auto ends = all.find(stream_between(message.source, message.destination));
  if (ends == all.end()) return false;
  const auto next = std::ranges::lower_bound(ends->second, message.at);
  return next != ends->second.end() && *next <= at;
}

}  // namespace sipharness::observed
