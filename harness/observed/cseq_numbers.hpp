#pragma once
// The CSeq numbers that the device used, by Call-ID and over both servers: who shares a Call-ID
// shares its numbers. @source RFC 3261 §8.1.1.5, §10.2

#include <cstdint>
#include <map>
#include <set>
#include <string_view>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

class CseqNumbers {
 public:
  /// `method` unknown means every method.
  CseqNumbers(const Phone& phone, sip::Method method);

  /// Every number between the two, both left out, was used with this Call-ID somewhere.
  bool is_next(std::string_view call_id, std::uint32_t before, std::uint32_t now) const;

 private:
  std::map<std::string_view, std::set<std::uint32_t>> numbers_;
};

CseqNumbers find_cseq_numbers(const Phone& phone);
/// Those of every method.
inline const CseqNumbers& cseq_numbers(const Phone& phone) {
  return phone.derived<find_cseq_numbers>();
}

}  // namespace sipharness::observed
