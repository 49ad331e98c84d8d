#include "harness/observed/withheld_media.hpp"

#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "harness/observed/dialogs.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/own_byes.hpp"
#include "harness/observed/server_names.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/sdp.hpp"

namespace sipharness::observed {
namespace {

/// An address that a description of the device names and that its server sends no RTP to.
struct Withheld {
  std::size_t since = 0;  ///< message
  IpAddress address;
};

/// By server, as the journal writes addresses.
using Told = std::set<std::pair<ServerRole, std::string_view>>;

Told told_of(const Phone& phone) {
  Told told;
  for (const auto& [at, diverted] : phone.journal.all<journal::Diverted>())
    if (diverted->what == journal::diverted_media)
      told.emplace(trace::role_of(diverted->server), diverted->named);
  return told;
}

std::optional<Withheld> withheld_by(const Message& message, ServerRole server, const Told& told) {
  const auto sdp = message.from_device() ? sip::parse_sdp(message.sip.body()) : std::nullopt;
  if (!sdp || !told.contains({server, sdp->media.address.text()})) return std::nullopt;
  return Withheld{message.index, sdp->media.address};
}

/// The first of each call that has one: a description that was refused later changed nothing.
std::unordered_map<const Dialog*, Withheld> find_withheld_media(const Phone& phone) {
  std::unordered_map<const Dialog*, Withheld> found;
  const Told told = told_of(phone);
  if (told.empty()) return found;
  for (const Dialog* dialog : dialogs(phone)) {
    auto first = withheld_by(opening(phone, *dialog->invite), dialog->server, told);
    for (const std::size_t index : dialog->messages)
      if (!first) first = withheld_by(phone.message(index), dialog->server, told);
    if (first) found.emplace(dialog, *first);
  }
  return found;
}

}  // namespace

std::string may_miss_media(const Phone& phone, const Message& bye) {
  const auto& withheld = phone.derived<find_withheld_media>();
  const bool is_bye = bye.from_device() && bye.sip.method() == sip::Method::bye;
  if (withheld.empty() || !is_bye || follows_end_action(phone, bye.at)) return "";
  for (const Dialog* dialog : dialogs_of(phone, bye.sip)) {
    const auto found = withheld.find(dialog);
    if (found == withheld.end() || found->second.since > bye.index) continue;
    const std::string address = found->second.address.text();
    return fmt::format(
        "the device may have hung up because it heard nothing: its call asked for RTP at {}, "
        "where {} sends none; --allow-targets {} lets it",
        address, named(dialog->server), address);
  }
  return "";
}

std::string find_missed_media(const Phone& phone) {
  for (const OwnBye& own : own_byes(phone))
    if (std::string why = may_miss_media(phone, opening(phone, *own.bye)); !why.empty()) return why;
  return "";
}

}  // namespace sipharness::observed
