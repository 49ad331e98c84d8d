#pragma once
// When a device may have been off without anybody's telling: silent, and then it registers anew, as
// one does that boots. Whoever pulls its plug leaves no other trace.

#include <string>
#include <vector>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

struct Absence {
  CaptureTime from;  ///< its last sign of life
  CaptureTime back;  ///< the REGISTER by which it begins anew
};

std::vector<Absence> find_absences(const Phone& phone);
/// By time; none overlaps another. None with a journal, which tells.
inline const std::vector<Absence>& absences(const Phone& phone) {
  return phone.derived<find_absences>();
}
/// The one in which `at` lies; null if there is none.
const Absence* absence_at(const Phone& phone, CaptureTime at);

std::string describe(const Absence& absence);

}  // namespace sipharness::observed
