#include "harness/observed/tag_uses.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

/// Registrations are no dialogs: a tag of theirs that a call has too is odd, and nobody's harm.
enum class Holder : std::uint8_t { registration, call };

/// Tags by what they stand for, and what is wrong with them.
class TagFinder {
 public:
  /// `use` names what may share the tag: a call, a boot's registrations.
  void add(Holder holder, std::string_view tag, const std::string& use, std::size_t message) {
    if (tag.empty()) return;
    if (tag.size() < policy::shortest_tag && !found_.too_short) found_.too_short = message;
    Use& first = uses_.try_emplace({holder, tag}).first->second;
    if (first.use.empty()) first = {use, message};
    if (first.use == use) return;
    clash({first.message, message},
          fmt::format("the tag {} of {} again in {}", tag, first.use, use));
  }

  void clash(std::vector<std::size_t> messages, std::string what) {
    found_.clashes.push_back({std::move(messages), std::move(what)});
  }

  TagUses conclude() && {
    found_.count = uses_.size();
    if (!uses_.empty())
      found_.first = std::ranges::min_element(uses_, {}, &Uses::value_type::first)->second.message;
    return std::move(found_);
  }

 private:
  using Key = std::pair<Holder, std::string_view>;
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::string_view>()(key.second) + static_cast<std::size_t>(key.first);
    }
  };
  struct Use {
    std::string use;
    std::size_t message = 0;
  };
  using Uses = std::unordered_map<Key, Use, KeyHash>;

  Uses uses_;
  TagUses found_;
};

/// Calls of the user; the legs of one call may share a tag, and do where the request is the same.
void add_calls(const Phone& phone, TagFinder& tags) {
  std::size_t number = 0;
  for (const CallGroup& call : calls(phone)) {
    const std::string use = fmt::format("call {}", ++number);
    for (const Leg& leg : call.legs)
      for (const std::size_t invite : leg.invites) {
        const Message& request = opening(phone, transactions(phone)[invite]);
        tags.add(Holder::call, request.sip.from_tag(), use, request.index);
      }
  }
}

/// Answers to calls that came in.
void add_answers(const Phone& phone, TagFinder& tags) {
  for (const Transaction* invite : server_transactions(phone)) {
    if (!is_incoming_call(phone, *invite)) continue;
    const sip::MessageView& request = opening(phone, *invite).sip;
    const std::string use = fmt::format("the call {} from the server", request.call_id());
    for (const std::size_t response : invite->responses) {
      const std::string_view tag = phone.message(response).sip.to_tag();
      if (!tag.empty() && tag == request.from_tag())
        tags.clash({invite->sends.front(), response},
                   "the To tag of the answer is the From tag of the INVITE");
      else
        tags.add(Holder::call, tag, use, response);
    }
  }
}

std::string registrations_from(const Phone& phone, CaptureTime start) {
  // Without a journal nobody knows of boots.
  const CaptureTime until =
      phone.trace.has_journal() ? next_power_change(phone, start) : phone.trace.last;
  return fmt::format("the registrations until {}", format_seconds(until - phone.trace.zero));
}

/// One Call-ID may outlive a boot with its tag; a new one has a new tag.
void add_registrations(const Phone& phone, TagFinder& tags) {
  std::unordered_map<std::string_view, std::string> uses;  // by Call-ID
  for (const RegisterAttempt& attempt : attempts(phone)) {
    const Message& request = opening(phone, transactions(phone)[attempt.transactions.front()]);
    std::string& use = uses[request.sip.call_id()];
    if (use.empty()) use = registrations_from(phone, attempt.start);
    tags.add(Holder::registration, request.sip.from_tag(), use, request.index);
  }
}

}  // namespace

TagUses find_tag_uses(const Phone& phone) {
  TagFinder tags;
  add_registrations(phone, tags);
  add_calls(phone, tags);
  add_answers(phone, tags);
  return std::move(tags).conclude();
}

}  // namespace sipharness::observed
