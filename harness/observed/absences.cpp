#include "harness/observed/absences.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_map>

#include <fmt/format.h>

#include "harness/observed/call_numbers.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/requests.hpp"
#include "harness/observed/restarts.hpp"

namespace sipharness::observed {
namespace {

/// When REGISTERs may have been the first ones of a boot; by time.
std::vector<CaptureTime> possible_boots(const Phone& phone) {
  std::vector<CaptureTime> found;
  for (const RegistersAtServer& at : registers_by_registration(phone)) {
    if (restarts_presumed(phone, at) == 0) continue;
    for (std::size_t i = 1; i < at.registers.size(); ++i)
      if (may_have_restarted(phone, *at.registers[i - 1], *at.registers[i]))
        found.push_back(opening(phone, *at.registers[i]).at);
  }
  std::ranges::sort(found);
  return found;
}

/// A REGISTER after it counts on from one before: a boot would have begun that anew, too.
bool goes_on_with_a_registration(const Phone& phone, const Absence& absence) {
  std::unordered_map<std::uint32_t, std::uint32_t> numbers;  // the newest CSeq of each Call-ID
  for (const Transaction* registration : register_transactions(phone)) {
    const Message& request = opening(phone, *registration);
    const std::uint32_t call = call_numbers(phone)[request];
    if (request.at <= absence.from) numbers[call] = request.sip.cseq();
    if (request.at < absence.back) continue;
    const auto before = numbers.extract(call);
    if (before && request.sip.cseq() > before.mapped()) return true;
  }
  return false;
}

}  // namespace

std::vector<Absence> find_absences(const Phone& phone) {
  std::vector<Absence> found;
  if (phone.trace.has_journal()) return found;
  for (const CaptureTime back : possible_boots(phone)) {
    const auto seen = last_sign_of_life_before(phone, back);
    // One that is heard again at once was not off.
    if (!seen || back - *seen < policy::least_wait) continue;
    const Absence absence{*seen, back};
    if (!goes_on_with_a_registration(phone, absence)) found.push_back(absence);
  }
  return found;
}

const Absence* absence_at(const Phone& phone, CaptureTime at) {
  const std::vector<Absence>& all = absences(phone);
  const auto found = std::ranges::find_if(
      all, [at](const Absence& one) { return one.from < at && at < one.back; });
  return found == all.end() ? nullptr : &*found;
}

std::string describe(const Absence& absence) {
  return fmt::format(
      "nothing of the device is seen for {}, then it registers anew: was it off? With "
      "--journal that would be told",
      format_seconds(absence.back - absence.from));
}

}  // namespace sipharness::observed
