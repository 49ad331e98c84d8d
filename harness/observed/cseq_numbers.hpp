#pragma once
// The CSeq numbers that the device used, by Call-ID and over both servers: who shares a Call-ID
// shares its numbers. A number whose request never left, as its connection was not opened, is none
// that the capture lacks. @source RFC 3261 §8.1.1.5, §10.2

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/observed/call_numbers.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

class CseqNumbers {
 public:
  /// `method` unknown means every method.
  CseqNumbers(const Phone& phone, sip::Method method);

  /// How many numbers between `before` and that of `now`, both left out, were used with the Call-ID
  /// of `now` nowhere; nothing where the numbers do not rise.
  std::optional<std::uint32_t> unused(std::uint32_t before, const Message& now) const;

 private:
  const CallNumbers& calls_;
  std::vector<std::vector<std::uint32_t>> numbers_;  ///< of each Call-ID, each once, sorted
};

/// How many connections the device tried to open in the meantime, and got none: each may have cost
/// a number.
std::size_t unopened_connections(const Phone& phone, CaptureTime from, CaptureTime until);

/// Each number between those of the two requests was used, by this account or by another one of its
/// machine, or went with a connection that was not opened in the meantime.
bool is_next(const Phone& phone, const CseqNumbers& numbers, const Message& before,
             const Message& now);

CseqNumbers find_cseq_numbers(const Phone& phone);
/// Those of every method.
inline const CseqNumbers& cseq_numbers(const Phone& phone) {
  return phone.derived<find_cseq_numbers>();
}

}  // namespace sipharness::observed
