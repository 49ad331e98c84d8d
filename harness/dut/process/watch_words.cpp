#include "harness/dut/process/watch_words.hpp"

#include <algorithm>
#include <utility>

#include "harness/scenario/drive.hpp"

namespace sipharness::dut {
namespace {

bool any_occurs_in(const std::vector<std::string>& patterns, std::string_view line) {
  return std::ranges::any_of(
      patterns, [line](const std::string& pattern) { return scenario::occurs_in(pattern, line); });
}

/// The journal is text that every reader takes.
bool is_not_plain(char c) {
  return c < 0x20 || c > 0x7e;
}

}  // namespace

void WatchWords::expect(Awaited awaited) {
  if (awaited.ok.empty() && awaited.failed.empty())
    awaited_.reset();
  else
    awaited_ = std::move(awaited);
}

std::optional<WatchWords::Outcome> WatchWords::hear(std::string_view line) {
  constexpr std::size_t longest_quote = 200;
  if (!awaited_) return std::nullopt;
  const bool failed = any_occurs_in(awaited_->failed, line);
  if (!failed && !any_occurs_in(awaited_->ok, line)) return std::nullopt;
  Outcome outcome{awaited_->verb, !failed, std::string(line.substr(0, longest_quote))};
  std::ranges::replace_if(outcome.line, is_not_plain, '.');
  awaited_.reset();
  return outcome;
}

}  // namespace sipharness::dut
