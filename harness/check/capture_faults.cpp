// What faults of the capture leave of a verdict.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "harness/check/judge.hpp"
#include "harness/check/rule.hpp"

namespace sipharness::check {
namespace {

/// How the rows begin that are about what is due long after a message: registrations,
/// subscriptions, sessions, returns. Others wait for no more than a transaction.
constexpr std::array rows_that_wait{std::string_view("GRP-REG"), std::string_view("RFC3261-REG"),
                                    std::string_view("GRP-SUB"), std::string_view("RFC6665"),
                                    std::string_view("RFC3842"), std::string_view("RFC4028"),
                                    std::string_view("FO-")};

bool waits_for_long(const verdict::Requirement& row) {
  return std::ranges::any_of(rows_that_wait,
                             [&](std::string_view begin) { return row.id.starts_with(begin); });
}

}  // namespace

void Judge::heed_faults() {
  const auto& faults = phone_.trace.health.faults;
  const trace::Partition& partition = phone_.trace.partition;
  const std::array<std::span<const std::uint32_t>, 2> lists{partition.common_faults(),
                                                            partition.of(phone_.device).faults};
  for (std::size_t i = 0; i < instances_.size(); ++i) {
    if (!is_settled(instances_[i].verdict)) continue;
    std::size_t first = faults.size();
    for (const auto list : lists) {
      const auto found = std::ranges::find_if(list, [&](std::uint32_t one) {
        return !stands_beside(faults[one], i) &&
               concerns(faults[one], bases_[i].server, span_that_matters(faults[one], i));
      });
      if (found != list.end()) first = std::min<std::size_t>(first, *found);
    }
    if (first < faults.size())
      make_inconclusive(instances_[i], faults[first].blame, faults[first].text);
  }
}

bool Judge::stands_beside(const trace::Fault& fault, std::size_t instance) const {
  const bool in_itself = bases_[instance].in_itself;
  if (fault.is_of_clock) return rule_.is_about_content || in_itself;
  // What is wrong in one message is so, whatever others were.
  const bool hides_others = fault.peer && !fault.is_of_content;
  return hides_others && in_itself && is_violation(instances_[instance].verdict);
}

trace::Span Judge::span_that_matters(const trace::Fault& fault, std::size_t instance) const {
  const Basis& basis = bases_[instance];
  const bool is_pass = !is_violation(instances_[instance].verdict);
  if (is_pass && fault.is_guess) return trace::Span::nothing();
  if (!fault.is_of_clock || instances_[instance].measured) return basis.seen;
  // What was done in its time was done, whenever.
  if (is_pass) return basis.lived;
  return waits_for_long(rule_.row) ? basis.seen : trace::Span{basis.seen.from, basis.lived.until};
}

}  // namespace sipharness::check
