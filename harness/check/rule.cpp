#include "harness/check/rule.hpp"

#include <utility>

namespace sipharness::check {

verdict::Finding finding_of(const Rule& rule, const Phone& phone) {
  Judge judge(phone, rule.row, rule.needs, rule.held);
  const std::string_view reason = rule.unless == nullptr ? std::string_view() : rule.unless(phone);
  if (reason.empty())
    rule.judge(phone, judge);
  else
    judge.not_applicable(std::string(reason));
  return std::move(judge).finish(rule.is_about_content);
}

}  // namespace sipharness::check
