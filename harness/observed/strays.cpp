#include "harness/observed/strays.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include "harness/observed/names.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/server_names.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

bool is_endpoint_of(const Phone& phone, ServerRole role, std::string_view uri) {
  return std::ranges::any_of(phone.trace.servers, [&](const trace::Server& server) {
    return server.role == role && leads_to(phone, uri, server.endpoint).value_or(false);
  });
}

std::optional<Stray> stray_in(const Phone& phone, const Dialog& dialog, const Message& request) {
  if (!is_of_device(dialog, request) || request.server != other(dialog.server)) return std::nullopt;
  std::string_view hop = next_hop(phone, dialog, request);
  if (hop.empty()) hop = request.sip.request_uri();
  const auto leads_there = leads_to(phone, hop, request.destination);
  if (leads_there.value_or(false)) return std::nullopt;
  const bool is_certain = leads_there && (phone.trace.vantage == trace::Vantage::device ||
                                          is_endpoint_of(phone, dialog.server, hop));
  return Stray{&dialog, &request, hop, is_certain};
}

using StraysByDialog = std::unordered_map<const Dialog*, std::vector<const Stray*>>;

StraysByDialog find_strays_by_dialog(const Phone& phone) {
  StraysByDialog found;
  for (const Stray& stray : strays(phone)) found[stray.dialog].push_back(&stray);
  return found;
}

}  // namespace

std::vector<Stray> find_strays(const Phone& phone) {
  std::vector<Stray> found;
  for (const Dialog& dialog : answered_dialogs(phone)) {
    if (dialog.server == ServerRole::none) continue;
    for (const std::size_t index : dialog.messages)
      if (const auto stray = stray_in(phone, dialog, phone.message(index))) found.push_back(*stray);
  }
  return found;
}

const std::vector<const Stray*>& strays_of(const Phone& phone, const Dialog& dialog) {
  static const std::vector<const Stray*> none;
  const StraysByDialog& known = phone.derived<find_strays_by_dialog>();
  const auto of_dialog = known.find(&dialog);
  return of_dialog == known.end() ? none : of_dialog->second;
}

const Stray* worst_stray_of(const Phone& phone, const Dialog& dialog) {
  const auto& astray = strays_of(phone, dialog);
  if (astray.empty()) return nullptr;
  const auto certain = std::ranges::find_if(astray, &Stray::is_certain);
  return certain != astray.end() ? *certain : astray.front();
}

const Message* astray_after(const Phone& phone, std::size_t answer) {
  const auto is_meant = [&](const Stray& stray) {
    return stray.is_certain && stray.dialog->answer == answer;
  };
  for (const Dialog* dialog : answered_dialogs_with(phone, phone.message(answer).sip.call_id()))
    for (const Stray* stray : strays_of(phone, *dialog))
      if (is_meant(*stray)) return stray->request;
  return nullptr;
}

const Stray* stray_at(const Phone& phone, const Dialog& dialog, std::size_t message) {
  const std::vector<const Stray*>& known = strays_of(phone, dialog);
  const auto found = std::ranges::lower_bound(
      known, message, {}, [](const Stray* stray) { return stray->request->index; });
  return found != known.end() && (*found)->request->index == message ? *found : nullptr;
}

std::string describe(const Stray& stray) {
  const std::string what =
      fmt::format("{} of a call over {} went to {}", stray.request->sip.method_text(),
                  named(stray.dialog->server), named(stray.request->server));
  if (stray.is_certain) return what;
  const auto uri = sip::parse_uri(stray.next_hop);
  const std::string_view remedy =
      uri && uri->endpoint() ? "--vantage device would tell" : "with its DNS it would tell";
  return fmt::format("{}; where {} leads is not in the capture ({})", what, stray.next_hop, remedy);
}

}  // namespace sipharness::observed
