// The tags a device makes. @source RFC 3261 §19.3

#include "harness/check/families.hpp"
#include "harness/observed/tag_uses.hpp"

namespace sipharness::check {
namespace {

void tags_are_unique(const Phone& phone, Judge& judge) {
  const TagUses tags = find_tag_uses(phone);
  for (const TagClash& clash : tags.clashes) {
    const Message& last = phone.message(clash.messages.back());
    judge.violated({last.server, last.sip.call_id(), clash.messages}, clash.what);
  }
  if (tags.too_short)
    judge.warn({ServerRole::none, {}, {*tags.too_short}},
               "a tag that is too short for 32 random bits");
  else if (tags.clashes.empty() && tags.count > 0)
    judge.all_held(tags.first, tags.count);
}

const std::array rfc3261_19_tag{
    Rule{.row = {.id = "RFC3261-GEN-06",
                 .clause = "RFC 3261 §19.3",
                 .severity = Severity::must,
                 .sentence = "Tags are unique and random: no two calls, nor the registrations "
                             "before and after a boot, share one.",
                 .observed = "From tags of different calls differ, the To tag with which the "
                             "device answers an INVITE is not the From tag of that INVITE, a "
                             "REGISTER with a new Call-ID after a boot has a new tag; a tag of "
                             "fewer than four characters is a warning."},
         .needs = {"a REGISTER or a call of the device, or an answer to one"},
         .held = {"{} with one use", "tag"},
         .judge = tags_are_unique},
};

}  // namespace

std::span<const Rule> rfc3261_19_tag_rules() {
  return rfc3261_19_tag;
}

}  // namespace sipharness::check
