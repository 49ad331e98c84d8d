#include "harness/observed/foreign_tags.hpp"

#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "harness/observed/call_numbers.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

using sip::Method;

/// The device's tag and the other side's.
using Tags = std::pair<std::string_view, std::string_view>;

/// What one Call-ID shows of its dialogs.
struct KnownTags {
  std::set<Tags> dialogs;
  std::set<std::string_view> own;
  std::set<std::string_view> others;
  bool is_founded = false;  ///< its first request is in the capture
  bool is_called = false;   ///< and came from the other side

  void add(const Tags& tags) {
    dialogs.insert(tags);
    own.insert(tags.first);
    others.insert(tags.second);
  }
};

bool may_found_a_dialog(const Message& request) {
  const Method method = request.sip.method();
  return request.sip.to_tag().empty() && (method == Method::invite || method == Method::subscribe ||
                                          method == Method::refer || method == Method::notify);
}

void take_founding(const Phone& phone, const Transaction& transaction, KnownTags& known) {
  const Message& request = opening(phone, transaction);
  const std::string_view asker = request.sip.from_tag();
  const bool is_own = transaction.direction == Direction::from_device;
  known.is_founded = true;
  known.is_called |= !is_own;
  (is_own ? known.own : known.others).insert(asker);
  for (const std::size_t index : transaction.responses) {
    const sip::MessageView& response = phone.message(index).sip;
    if (response.status() == 100 || response.status() >= 300) continue;
    known.add(is_own ? Tags{asker, response.to_tag()} : Tags{response.to_tag(), asker});
  }
}

/// By the number of the Call-ID.
std::vector<KnownTags> find_known_tags(const Phone& phone) {
  std::vector<KnownTags> found(call_numbers(phone).count());
  for (const Transaction& transaction : transactions(phone)) {
    const Message& request = opening(phone, transaction);
    if (may_found_a_dialog(request))
      take_founding(phone, transaction, found[call_numbers(phone)[request]]);
  }
  for (const Message* request : requests_to_device(phone)) {
    if (request->sip.to_tag().empty()) continue;
    KnownTags& known = found[call_numbers(phone)[*request]];
    if (known.is_founded) known.add({request->sip.to_tag(), request->sip.from_tag()});
  }
  return found;
}

/// It is sent in dialogs alone, whether its To has a tag or not.
bool belongs_to_a_dialog(const Phone& phone, const Message& request) {
  switch (request.sip.method()) {
    case Method::cancel:
      return false;
    case Method::ack:
      // That to a non-2xx is part of its INVITE's transaction.
      return first_with_branch_of(phone, request).sip.method() != Method::invite;
    case Method::bye:
    case Method::prack:
    case Method::update:
      return true;
    default:
      return !request.sip.to_tag().empty();
  }
}

std::string problem_with(const KnownTags& known, const Tags& tags) {
  const auto& [own, others] = tags;
  if (known.dialogs.contains(tags)) return {};
  if (!known.own.contains(own))
    return fmt::format("its From tag is {}, the device's is {}", own, *known.own.begin());
  if (known.others.contains(others)) return "its tags are those of two dialogs";
  if (others.empty()) return "its To has no tag";
  return fmt::format("its To tag is {}, the other side's is {}", others, *known.others.begin());
}

using MessagesByCallId = std::unordered_map<std::string_view, Messages>;

MessagesByCallId find_foreign_tags_by_call_id(const Phone& phone) {
  MessagesByCallId found;
  for (const TaggedRequest& one : tagged_requests(phone))
    if (!one.problem.empty()) found[one.request->sip.call_id()].push_back(one.request);
  return found;
}

}  // namespace

std::vector<TaggedRequest> find_tagged_requests(const Phone& phone) {
  const std::vector<KnownTags> by_call = find_known_tags(phone);
  std::vector<TaggedRequest> found;
  for (const Message* request : requests_of_device(phone)) {
    const KnownTags& known = by_call[call_numbers(phone)[*request]];
    if (known.dialogs.empty() || !belongs_to_a_dialog(phone, *request)) continue;
    const Tags tags{request->sip.from_tag(), request->sip.to_tag()};
    found.push_back({request, problem_with(known, tags), !known.is_called});
  }
  return found;
}

const Messages& requests_with_foreign_tags(const Phone& phone, std::string_view call_id) {
  static const Messages none;
  const auto& by_call_id = phone.derived<find_foreign_tags_by_call_id>();
  const auto found = by_call_id.find(call_id);
  return found == by_call_id.end() ? none : found->second;
}

Evidence evidence_of(const Phone& phone, const TaggedRequest& one) {
  return evidence_of(phone, *one.request);
}

}  // namespace sipharness::observed
