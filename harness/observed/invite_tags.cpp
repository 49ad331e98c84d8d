#include "harness/observed/invite_tags.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

namespace sipharness::observed {
namespace {

using Tags = std::pair<std::string_view, std::string_view>;
using TagsByCallId = std::unordered_map<std::string_view, std::set<Tags>>;

/// The lesser one first: requests of both sides have the same.
Tags tags_of(const sip::MessageView& message) {
  return std::minmax(message.from_tag(), message.to_tag());
}

TagsByCallId find_invite_tags(const Phone& phone) {
  TagsByCallId found;
  for (const Message& message : phone.messages)
    if (message.sip.method() == sip::Method::invite)
      found[message.sip.call_id()].insert(tags_of(message.sip));
  return found;
}

}  // namespace

bool is_in_known_dialog(const Phone& phone, const sip::MessageView& request) {
  const TagsByCallId& known = phone.derived<find_invite_tags>();
  const auto found = known.find(request.call_id());
  return found != known.end() && found->second.contains(tags_of(request));
}

bool has_invite_with_same_call_id(const Phone& phone, const sip::MessageView& request) {
  return phone.derived<find_invite_tags>().contains(request.call_id());
}

}  // namespace sipharness::observed
