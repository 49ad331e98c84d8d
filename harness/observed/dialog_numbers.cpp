#include "harness/observed/dialog_numbers.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/observed/cseq_numbers.hpp"
#include "harness/observed/foreign_tags.hpp"

namespace sipharness::observed {

DialogNumbers::DialogNumbers(const Phone& phone, const Dialog& dialog)
    : phone_(phone), founding_(opening(phone, *dialog.invite)) {
  for (const Message* foreign : requests_with_foreign_tags(phone, dialog.call_id)) {
    taken_.insert(foreign->sip.cseq());
    if (foreign->sip.method() == sip::Method::invite) invites_.insert(foreign->sip.cseq());
  }
  if (dialog.incoming) return;
  last_ = &founding_;
  invites_.insert(founding_.sip.cseq());
}

std::optional<std::string> DialogNumbers::problem_of(const Message& request) {
  const sip::MessageView& sip = request.sip;
  if (sip.method() == sip::Method::ack || sip.method() == sip::Method::cancel) {
    if (invites_.contains(sip.cseq())) return std::nullopt;
    has_gap_ = true;  // its INVITE may be what is missing
    return fmt::format("{} with the CSeq number {}, which no INVITE of the dialog has",
                       sip.method_text(), sip.cseq());
  }
  if (!branches_.insert(sip.branch()).second) return std::nullopt;
  ++requests_;
  if (sip.method() == sip::Method::invite) invites_.insert(sip.cseq());
  const Message* const before = std::exchange(last_, &request);
  has_gap_ = before != nullptr && sip.cseq() > before->sip.cseq() + 1;
  if (before == nullptr || goes_elsewhere(*before, request)) return std::nullopt;
  const std::uint32_t next = next_after(before->sip.cseq());
  const bool is_next = sip.cseq() == next;
  const auto unsent = [&] { return unopened_connections(phone_, before->at, request.at); };
  if (is_next || (sip.cseq() > next && sip.cseq() - next <= unsent())) return std::nullopt;
  return fmt::format("{} with CSeq {} after {}", sip.method_text(), sip.cseq(), before->sip.cseq());
}

/// RFC 3263 §4.3: the next address, or transport, gets the same request on another branch.
bool DialogNumbers::goes_elsewhere(const Message& before, const Message& request) const {
  return &before != &founding_ && before.sip.method() == request.sip.method() &&
         before.sip.cseq() == request.sip.cseq() &&
         (before.destination != request.destination || before.transport != request.transport);
}

/// Past the numbers of requests that bear the tags of no dialog: these were meant for one.
std::uint32_t DialogNumbers::next_after(std::uint32_t number) const {
  do ++number;
  while (taken_.contains(number));
  return number;
}

}  // namespace sipharness::observed
