#include "harness/observed/merged_requests.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "harness/observed/incoming.hpp"
#include "harness/observed/server_names.hpp"
#include "harness/trace/users.hpp"

namespace sipharness::observed {
namespace {

/// What copies have in common. A group that rings several lines of one phone names each.
using MergeKey =
    std::tuple<std::string_view, std::string_view, std::uint32_t, sip::Method, std::string_view>;

MergeKey merge_key_of(const sip::MessageView& request) {
  return {request.call_id(), request.from_tag(), request.cseq(), request.method(),
          trace::user_of_uri(request.request_uri())};
}

/// The first one is unanswered yet; or it was accepted, and the session it began may be up.
bool is_going_on(const Phone& phone, const Transaction& first, CaptureTime at) {
  if (!first.final || phone.at(*first.final) > at) return true;
  return first.method == sip::Method::invite && phone.message(*first.final).sip.is_success() &&
         phone.at(*first.final) + phone.profile.timers.sixty_four_t1() > at;
}

/// By what is looked at first: who asks, what for, and whom. @source RFC 3261 §8.2, §8.2.1,
/// §8.2.2.1
bool is_refused_before(int status) {
  constexpr std::array earlier{401, 403, 404, 405, 407, 416};
  return std::ranges::find(earlier, status) != earlier.end();
}

/// As the first one was: whatever the reason, it has nothing to do with the other way.
bool is_refused_alike(const Phone& phone, const MergedRequest& merged, int status) {
  return status >= 300 && merged.first->final &&
         phone.message(*merged.first->final).sip.status() == status;
}

}  // namespace

std::vector<MergedRequest> find_merged_requests(const Phone& phone) {
  std::map<MergeKey, const Transaction*> firsts;
  std::vector<MergedRequest> found;
  for (const Transaction* transaction : server_transactions(phone)) {
    const Message& request = opening(phone, *transaction);
    if (!request.sip.to_tag().empty() || transaction->method == sip::Method::cancel) continue;
    const auto [known, is_new] = firsts.try_emplace(merge_key_of(request.sip), transaction);
    if (is_new) continue;
    const Transaction& first = *known->second;
    if (opening(phone, first).sip.branch() != request.sip.branch() &&
        is_going_on(phone, first, request.at))
      found.push_back({&first, transaction});
    else
      known->second = transaction;
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const MergedRequest& merged) {
  const Message& copy = opening(phone, *merged.copy);
  return {copy.server, copy.sip.call_id(), {merged.first->sends.front(), copy.index}};
}

std::string describe(const Phone& phone, const MergedRequest& merged) {
  const Message& copy = opening(phone, *merged.copy);
  const std::string_view from = named(merged.copy->server);
  return fmt::format("the same {} {}", copy.sip.method_text(),
                     merged.copy->server == merged.first->server ? "on another branch"
                                                                 : fmt::format("by {}", from));
}

bool has_other_reason(const Phone& phone, const MergedRequest& merged, int status) {
  return is_refused_before(status) || is_refused_alike(phone, merged, status);
}

}  // namespace sipharness::observed
