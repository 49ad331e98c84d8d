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

verdict::Instances not_applicable(std::string message) {
  verdict::Instance instance;
  instance.verdict = verdict::Verdict::not_applicable;
  instance.message = std::move(message);
  instance.reason = instance.message;
  return std::vector{std::move(instance)};
}

const verdict::Instances& NotApplicable::because(std::string_view reason) {
  if (const auto known = said_.find(reason); known != said_.end()) return known->second;
  verdict::Instances shared = not_applicable(std::string(reason));
  const std::string_view key = shared.front().message;
  return said_.emplace(key, std::move(shared)).first->second;
}

}  // namespace sipharness::check
