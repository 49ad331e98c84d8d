#pragma once
// Which lines report the outcome of the last action.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sipharness::dut {

class WatchWords {
 public:
  struct Awaited {
    std::string verb;
    std::vector<std::string> ok;      ///< patterns, any of them
    std::vector<std::string> failed;  ///< patterns, any of them
  };
  /// From now on this action's outcome is awaited; an earlier one is no longer reported.
  void expect(Awaited awaited);
  /// The action whose outcome is awaited.
  std::optional<std::string> awaited() const {
    return awaited_ ? std::optional(awaited_->verb) : std::nullopt;
  }
  void forget() { awaited_.reset(); }

  struct Outcome {
    std::string verb;
    bool ok = false;
    std::string line;  ///< the news, at most 200 bytes of it, ASCII
  };
  /// The outcome that this line tells; then nothing is awaited any more.
  std::optional<Outcome> hear(std::string_view line);

 private:
  std::optional<Awaited> awaited_;
};

}  // namespace sipharness::dut
