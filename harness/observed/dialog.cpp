#include <algorithm>
#include <utility>

#include "harness/observed/call.hpp"
#include "harness/observed/dialog_requests.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

Direction reverse(Direction direction) {
  return direction == Direction::from_device ? Direction::to_device : Direction::from_device;
}

class DialogFinder {
 public:
  explicit DialogFinder(const Phone& phone)
      : phone_(phone), transactions_(transactions(phone)), requests_(dialog_requests(phone)) {}

  std::vector<ConfirmedDialog> find() {
    for (std::size_t index = 0; index < transactions_.size(); ++index) {
      const Transaction& transaction = transactions_[index];
      const bool is_call = transaction.method == sip::Method::invite &&
                           phone_.messages[transaction.sends.front()].sip.to_tag().empty();
      if (is_call) follow(index);
    }
    std::ranges::stable_sort(dialogs_, {}, &ConfirmedDialog::confirmed);
    return std::move(dialogs_);
  }

 private:
  /// One dialog for every To tag that answered with a 2xx (forking, RFC 3261 §13.2.2.4).
  void follow(std::size_t index) {
    std::vector<std::string_view> tags;
    for (const std::size_t response : transactions_[index].responses) {
      const sip::MessageView& sip = phone_.messages[response].sip;
      if (!sip.is_success() || std::ranges::find(tags, sip.to_tag()) != tags.end()) continue;
      tags.push_back(sip.to_tag());
      confirm(index, response);
    }
  }

  void confirm(std::size_t index, std::size_t answer) {
    const Transaction& transaction = transactions_[index];
    const Message& answered = phone_.messages[answer];
    DialogRequest wanted;
    wanted.method = sip::Method::ack;
    wanted.direction = transaction.direction;
    wanted.server = transaction.server;
    wanted.call_id = answered.sip.call_id();
    wanted.cseq = answered.sip.cseq();
    wanted.to_tag = answered.sip.to_tag();
    const std::optional<std::size_t> ack = requests_.first_after(answer, wanted);
    if (!ack) return;
    ConfirmedDialog dialog;
    dialog.server = transaction.server;
    dialog.incoming = transaction.direction == Direction::to_device;
    dialog.invite = index;
    dialog.call_id = answered.sip.call_id();
    dialog.device_tag = dialog.incoming ? answered.sip.to_tag() : answered.sip.from_tag();
    dialog.server_tag = dialog.incoming ? answered.sip.from_tag() : answered.sip.to_tag();
    dialog.answered = answered.at;
    dialog.confirmed = phone_.messages[*ack].at;
    dialog.ended = end(wanted, answered.sip);
    dialogs_.push_back(std::move(dialog));
  }

  /// The first BYE of either side.
  std::optional<CaptureTime> end(const DialogRequest& ack, const sip::MessageView& answer) const {
    DialogRequest of_caller = ack;
    of_caller.method = sip::Method::bye;
    of_caller.cseq.reset();
    of_caller.from_tag = answer.from_tag();
    DialogRequest of_callee = of_caller;
    of_callee.direction = reverse(ack.direction);
    std::swap(of_callee.from_tag, of_callee.to_tag);
    const std::optional<std::size_t> by_caller = requests_.first(of_caller);
    const std::optional<std::size_t> by_callee = requests_.first(of_callee);
    if (!by_caller && !by_callee) return std::nullopt;
    constexpr std::size_t never = static_cast<std::size_t>(-1);
    return phone_.messages[std::min(by_caller.value_or(never), by_callee.value_or(never))].at;
  }

  const Phone& phone_;
  const std::vector<Transaction>& transactions_;
  const DialogRequests& requests_;
  std::vector<ConfirmedDialog> dialogs_;
};

}  // namespace

std::vector<ConfirmedDialog> find_dialogs(const Phone& phone) {
  return DialogFinder(phone).find();
}

}  // namespace sipharness::observed
