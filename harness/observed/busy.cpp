#include "harness/observed/busy.hpp"

#include <utility>
#include <vector>

#include "harness/observed/dialogs.hpp"
#include "harness/observed/spans.hpp"

namespace sipharness::observed {
namespace {

/// The least that an instant can be later than another.
constexpr CaptureTime::duration tick{1};

Spans find_conversations(const Phone& phone) {
  std::vector<Spans::Span> spans;
  for (const Dialog* dialog : dialogs(phone))
    spans.push_back({.from = phone.at(dialog->answer) + tick,
                     .until = dialog->ended.value_or(CaptureTime::max())});
  return Spans(std::move(spans));
}

CaptureTime end_of_setup(const Phone& phone, const Transaction& invite) {
  if (invite.final) return phone.at(*invite.final) + tick;
  if (invite.provisional) return CaptureTime::max();
  return opening(phone, invite).at + phone.profile.request_timeout();
}

std::size_t index_of(const Phone& phone, const Transaction& transaction) {
  return static_cast<std::size_t>(&transaction - transactions(phone).data());
}

Spans find_setups(const Phone& phone) {
  std::vector<Spans::Span> spans;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.method == sip::Method::invite)
      spans.push_back({.from = opening(phone, transaction).at,
                       .until = end_of_setup(phone, transaction),
                       .owner = index_of(phone, transaction)});
  return Spans(std::move(spans));
}

}  // namespace

bool is_in_call(const Phone& phone, CaptureTime at) {
  return phone.derived<find_conversations>().any_at(at);
}

bool sets_up_another_call(const Phone& phone, const Transaction& invite, CaptureTime at) {
  return phone.derived<find_setups>().any_other_at(at, index_of(phone, invite));
}

}  // namespace sipharness::observed
