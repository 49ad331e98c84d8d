#include "harness/check/not_applicable.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace sipharness::check {

std::size_t NotApplicable::HashOfEnd::operator()(std::string_view text) const noexcept {
  std::uint64_t end = 0;
  const std::size_t size = std::min(text.size(), sizeof end);
  std::memcpy(&end, text.data() + text.size() - size, size);
  return end * 0x9e3779b97f4a7c15U + text.size();
}

const verdict::Instances& NotApplicable::because(std::string_view reason) {
  if (const auto known = said_.find(reason); known != said_.end()) return known->second;
  verdict::Instance instance;
  instance.verdict = verdict::Verdict::not_applicable;
  instance.message.append(beginning_).append(reason);
  instance.reason = instance.message;
  verdict::Instances shared(std::vector{std::move(instance)});
  const std::string_view key = std::string_view(shared.front().message).substr(beginning_.size());
  return said_.emplace(key, std::move(shared)).first->second;
}

}  // namespace sipharness::check
