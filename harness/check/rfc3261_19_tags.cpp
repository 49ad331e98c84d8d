// The tags a device makes. @source RFC 3261 §19.3

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using sip::Method;

/// policy: 32 random bits do not fit into fewer characters than this, in any alphabet.
constexpr std::size_t shortest_tag = 4;

/// Registrations are no dialogs: a tag of theirs that a call has too is odd, and nobody's harm.
enum class Kind : std::uint8_t { registration, call };

/// Tags by what they stand for, and what is wrong with them.
class TagBook {
 public:
  TagBook(const Phone& phone, Judge& judge) : phone_(phone), judge_(judge) {}

  /// `use` names what may share the tag: a call, a boot's registrations.
  void enter(Kind kind, std::string_view tag, const std::string& use, std::size_t message) {
    if (tag.empty()) return;
    if (tag.size() < shortest_tag && !short_tag_) short_tag_ = message;
    const auto [entry, is_new] = uses_.try_emplace({kind, tag}, Use{use, message});
    if (is_new || entry->second.use == use) return;
    wrong({entry->second.message, message},
          fmt::format("the tag {} of {} again in {}", tag, entry->second.use, use));
  }

  void wrong(std::vector<std::size_t> messages, std::string what) {
    const trace::Message& last = phone_.message(messages.back());
    is_fine_ = false;
    judge_.violated({last.server, last.sip.call_id(), std::move(messages)}, std::move(what));
  }

  void conclude() {
    if (short_tag_)
      judge_.warn({trace::ServerRole::none, {}, {*short_tag_}},
                  "a tag that is too short for 32 random bits");
    else if (is_fine_ && !uses_.empty())
      judge_.pass({trace::ServerRole::none, {}, {uses_.begin()->second.message}},
                  fmt::format("{} tags, each with one use", uses_.size()));
  }

 private:
  struct Use {
    std::string use;
    std::size_t message = 0;
  };

  const Phone& phone_;
  Judge& judge_;
  std::map<std::pair<Kind, std::string_view>, Use> uses_;
  std::optional<std::size_t> short_tag_;
  bool is_fine_ = true;
};

/// Calls of the user; the legs of one call may share a tag, and do where the request is the same.
void enter_calls(const Phone& phone, TagBook& book) {
  std::size_t number = 0;
  for (const CallGroup& call : calls(phone)) {
    const std::string use = fmt::format("call {}", ++number);
    for (const Leg& leg : call.legs)
      for (const std::size_t invite : leg.invites) {
        const std::size_t first = transactions(phone)[invite].sends.front();
        book.enter(Kind::call, phone.message(first).sip.from_tag(), use, first);
      }
  }
}

/// Answers to calls that came in.
void enter_answers(const Phone& phone, TagBook& book) {
  for (const Transaction& invite : transactions(phone)) {
    if (is_ours(invite) || invite.method != Method::invite) continue;
    const sip::MessageView& request = phone.message(invite.sends.front()).sip;
    if (!request.to_tag().empty()) continue;
    const std::string use = fmt::format("the call {} from the server", request.call_id());
    for (const std::size_t response : invite.responses) {
      const std::string_view tag = phone.message(response).sip.to_tag();
      if (!tag.empty() && tag == request.from_tag())
        book.wrong({invite.sends.front(), response},
                   "the To tag of the answer is the From tag of the INVITE");
      else
        book.enter(Kind::call, tag, use, response);
    }
  }
}

/// One Call-ID may outlive a boot with its tag; a new one has a new tag.
void enter_registrations(const Phone& phone, TagBook& book) {
  std::map<std::string_view, std::string> uses;  // by Call-ID
  for (const RegisterAttempt& attempt : attempts(phone)) {
    const std::size_t first = transactions(phone)[attempt.transactions.front()].sends.front();
    const sip::MessageView& request = phone.message(first).sip;
    // Without a journal nobody knows of boots.
    const CaptureTime until =
        phone.trace.has_journal() ? next_power_change(phone, attempt.start) : phone.trace.last;
    const auto [entry, is_new] = uses.try_emplace(
        request.call_id(),
        fmt::format("the registrations until {}", format_seconds(until - phone.trace.zero)));
    book.enter(Kind::registration, request.from_tag(), entry->second, first);
  }
}

void tags_are_unique(const Phone& phone, Judge& judge) {
  judge.needs("a REGISTER or a call of the device, or an answer to one");
  TagBook book(phone, judge);
  enter_registrations(phone, book);
  enter_calls(phone, book);
  enter_answers(phone, book);
  book.conclude();
}

constexpr std::array table{
    Check{"RFC3261-GEN-06", tags_are_unique},
};

}  // namespace

std::span<const Check> rfc3261_19_tag_checks() {
  return table;
}

}  // namespace sipharness::check
