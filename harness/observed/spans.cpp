#include "harness/observed/spans.hpp"

#include <algorithm>
#include <iterator>

namespace sipharness::observed {

Spans::Spans(std::vector<Span> spans) {
  std::ranges::stable_sort(spans, {}, &Span::from);
  Reach reach;
  for (const Span& span : spans) {
    reach.from = span.from;
    if (span.until <= reach.until) {
      if (span.owner != reach.owner) reach.others = std::max(reach.others, span.until);
    } else {
      if (span.owner != reach.owner) reach.others = reach.until;
      reach.until = span.until;
      reach.owner = span.owner;
    }
    reaches_.push_back(reach);
  }
}

const Spans::Reach* Spans::reach_at(CaptureTime at) const {
  const auto next = std::ranges::upper_bound(reaches_, at, {}, &Reach::from);
  return next == reaches_.begin() ? nullptr : &*std::prev(next);
}

bool Spans::any_at(CaptureTime at) const {
  const Reach* reach = reach_at(at);
  return reach != nullptr && at < reach->until;
}

bool Spans::any_other_at(CaptureTime at, std::size_t owner) const {
  const Reach* reach = reach_at(at);
  return reach != nullptr && at < (reach->owner == owner ? reach->others : reach->until);
}

}  // namespace sipharness::observed
