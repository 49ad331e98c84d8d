#pragma once
// The CSeq numbers of a phone's requests in one dialog. @source RFC 3261 §12.2.1.1

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "harness/observed/dialogs.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// Follows the device's numbers through one dialog.
class DialogNumbers {
 public:
  DialogNumbers(const Phone& phone, const Dialog& dialog);

  /// What is wrong with a request of the device; nothing if its number is right.
  std::optional<std::string> problem_of(const Message& request);

  std::size_t requests() const { return requests_; }
  /// The last problem is one that a lost request would explain.
  bool has_gap() const { return has_gap_; }

 private:
  bool goes_elsewhere(const Message& before, const Message& request) const;
  std::uint32_t next_after(std::uint32_t number) const;

  const Phone& phone_;
  const Message& founding_;        ///< the INVITE
  const Message* last_ = nullptr;  ///< null in an incoming dialog where nothing was sent yet
  std::set<std::uint32_t> taken_;
  std::set<std::uint32_t> invites_;
  std::set<std::string_view> branches_;
  std::size_t requests_ = 0;
  bool has_gap_ = false;
};

}  // namespace sipharness::observed
