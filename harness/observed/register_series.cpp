#include "harness/observed/register_series.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "harness/observed/call_numbers.hpp"
#include "harness/observed/register_answers.hpp"
#include "harness/observed/register_transactions.hpp"

namespace sipharness::observed {
namespace {

struct RegisterStep {
  const Transaction* registration = nullptr;
  CaptureTime at;
  std::size_t run_end = 0;  ///< position of the next one that goes to another address
};

/// Call-ID, Request-URI and, where the device keeps several flows, the reg-id.
using SeriesKey = std::tuple<std::uint32_t, std::string_view, std::string_view>;
/// In time order.
using RegisterSteps = std::map<SeriesKey, std::vector<RegisterStep>>;

SeriesKey series_key(const Phone& phone, const Message& message) {
  return {call_numbers(phone)[message], message.sip.request_uri(), flow_of(message.sip)};
}

RegisterSteps find_register_series(const Phone& phone) {
  RegisterSteps found;
  for (const Transaction* registration : register_transactions(phone)) {
    const Message& request = opening(phone, *registration);
    found[series_key(phone, request)].push_back({registration, request.at});
  }
  const auto destination = [&](const RegisterStep& step) {
    return opening(phone, *step.registration).destination;
  };
  for (auto& [key, steps] : found)
    for (std::size_t i = steps.size(); i-- > 0;) {
      const bool goes_on =
          i + 1 < steps.size() && destination(steps[i]) == destination(steps[i + 1]);
      steps[i].run_end = goes_on ? steps[i + 1].run_end : i + 1;
    }
  return found;
}

}  // namespace

LaterRegisters later_registers(const Phone& phone, const Message& first, CaptureTime from,
                               CaptureTime until) {
  LaterRegisters later;
  const RegisterSteps& series = phone.derived<find_register_series>();
  const auto found = series.find(series_key(phone, first));
  if (found == series.end()) return later;
  const std::vector<RegisterStep>& steps = found->second;
  const auto begin = std::ranges::upper_bound(steps, from, {}, &RegisterStep::at);
  const auto end = std::ranges::lower_bound(begin, steps.end(), until, {}, &RegisterStep::at);
  later.count = static_cast<std::size_t>(end - begin);
  // Runs to one address are taken at a stride: that of `first` holds nothing that is elsewhere.
  for (auto step = begin; step < end;) {
    const auto run_end = std::min(end, steps.begin() + static_cast<std::ptrdiff_t>(step->run_end));
    if (opening(phone, *step->registration).destination != first.destination)
      for (; step < run_end; ++step) later.elsewhere.push_back(step->registration);
    step = run_end;
  }
  return later;
}

}  // namespace sipharness::observed
