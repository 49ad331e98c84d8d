#pragma once
// The words of scenario and profile files and what they stand for: read and written from here.

#include <array>
#include <string_view>
#include <variant>

#include "harness/scenario/kinds.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/sip/method.hpp"

namespace sipharness::scenario::words {

using Action = std::variant<DeviceVerb, ServerVerb>;

inline constexpr std::array<Choice<Action>, 24> actions{{
    {"boot", DeviceVerb::boot},
    {"dial", DeviceVerb::dial},
    {"answer", DeviceVerb::answer},
    {"reject", DeviceVerb::reject},
    {"hang_up", DeviceVerb::hang_up},
    {"hold", DeviceVerb::hold},
    {"resume", DeviceVerb::resume},
    {"restart", DeviceVerb::restart},
    {"shutdown", DeviceVerb::shutdown},
    {"move", DeviceVerb::move},
    {"phase", ServerVerb::phase},
    {"close_port", ServerVerb::close_port},
    {"open_port", ServerVerb::open_port},
    {"swallow_syns", ServerVerb::swallow_syns},
    {"unplug", ServerVerb::unplug},
    {"forget_bindings", ServerVerb::forget_bindings},
    {"close_connections", ServerVerb::close_connections},
    {"call", ServerVerb::call},
    {"far_end_hang_up", ServerVerb::hang_up},
    {"far_end_request", ServerVerb::far_end_request},
    {"options", ServerVerb::options},
    {"stray_bye", ServerVerb::stray_bye},
    {"notify", ServerVerb::notify},
    {"raw", ServerVerb::raw},
}};

inline constexpr std::array<Choice<AnchorKind>, 6> anchors{{
    {"first_seen", AnchorKind::first_seen},
    {"registered", AnchorKind::registered},
    {"register_failed", AnchorKind::register_failed},
    {"invite_at", AnchorKind::invite_at},
    {"answered", AnchorKind::answered},
    {"ended", AnchorKind::ended},
}};

/// Those that every scenario has, and another machine of the primary.
inline constexpr std::array<Choice<std::string_view>, 3> servers{
    {{"primary", "primary"}, {"secondary", "secondary"}, {"spare", "spare"}}};

/// "first_seen", "primary.registered", …: every anchor of every server.
inline std::vector<std::string> anchor_names() {
  std::vector<std::string> names;
  for (const Choice<AnchorKind>& anchor : anchors) {
    if (anchor.value == AnchorKind::first_seen || anchor.value == AnchorKind::ended) {
      names.emplace_back(anchor.name);
      continue;
    }
    for (const Choice<std::string_view>& server : servers)
      names.push_back(std::string(server.name).append(".").append(anchor.name));
  }
  return names;
}

/// Every method that has a name here.
inline Choices<sip::Method> methods() {
  static const std::vector<Choice<sip::Method>> choices = [] {
    std::vector<Choice<sip::Method>> named;
    const auto last = static_cast<int>(sip::Method::refer);
    for (int i = static_cast<int>(sip::Method::unknown) + 1; i <= last; ++i) {
      const auto method = static_cast<sip::Method>(i);
      named.push_back({sip::to_string(method), method});
    }
    return named;
  }();
  return choices;
}

/// What a far end may send in a call that is up.
inline constexpr std::array<Choice<sip::Method>, 6> far_end_methods{
    {{"INVITE", sip::Method::invite},
     {"UPDATE", sip::Method::update},
     {"REFER", sip::Method::refer},
     {"INFO", sip::Method::info},
     {"OPTIONS", sip::Method::options},
     {"MESSAGE", sip::Method::message}}};

inline constexpr std::array<Choice<Transport>, 2> transports{
    {{"udp", Transport::udp}, {"tcp", Transport::tcp}}};

/// The last one only to be passed over: nothing here can compute it.
inline constexpr std::array<Choice<std::string_view>, 3> algorithms{
    {{"MD5", "MD5"}, {"SHA-256", "SHA-256"}, {"SHA-512-256", "SHA-512-256"}}};

/// Who refreshes a session: true for the device.
inline constexpr std::array<Choice<bool>, 2> refreshers{{{"device", true}, {"far_end", false}}};

/// Where a grant is written: true for the Contact's parameter.
inline constexpr std::array<Choice<bool>, 2> expiry_places{{{"contact", true}, {"header", false}}};

inline constexpr std::array<Choice<Ending>, 2> endings{
    {{"fin", Ending::fin}, {"reset", Ending::reset}}};

inline constexpr std::array<Choice<Router>, 2> routers{
    {{"loose", Router::loose}, {"strict", Router::strict}}};

inline constexpr std::array<Choice<std::string_view>, 2> event_packages{
    {{"dialog", "dialog"}, {"presence", "presence"}}};

/// Whose state a server can tell without having been asked.
inline constexpr std::array<Choice<std::string_view>, 4> notified_packages{
    {{"message-summary", "message-summary"},
     {"dialog", "dialog"},
     {"presence", "presence"},
     {"reg", "reg"}}};

inline constexpr std::array<Choice<NotifyTime>, 3> notify_times{
    {{"after", NotifyTime::after}, {"before", NotifyTime::before}, {"never", NotifyTime::never}}};

/// @source RFC 6665 §4.1.3
inline constexpr std::array<Choice<std::string_view>, 7> termination_reasons{
    {{"deactivated", "deactivated"},
     {"probation", "probation"},
     {"rejected", "rejected"},
     {"timeout", "timeout"},
     {"giveup", "giveup"},
     {"noresource", "noresource"},
     {"invariant", "invariant"}}};

inline constexpr std::array<Choice<NameAnswer>, 3> name_answers{{
    {"nxdomain", NameAnswer::no_such_name},
    {"servfail", NameAnswer::server_failure},
    {"silence", NameAnswer::silence},
}};

inline constexpr std::array<Choice<ProvisioningForm>, 2> provisioning_forms{
    {{"p_values", ProvisioningForm::p_values}, {"aliases", ProvisioningForm::aliases}}};

inline constexpr std::array<Choice<Framing>, 2> framings{
    {{"lines", Framing::lines}, {"netstring_json", Framing::netstring_json}}};

inline constexpr std::array<Choice<std::string_view>, 4> device_kinds{{{"reference", "reference"},
                                                                       {"process", "process"},
                                                                       {"phone", "phone"},
                                                                       {"external", "external"}}};

inline constexpr std::array<Choice<std::string_view>, 1> vendor_claims{{{"guide", "guide"}}};

/// What a line that is sent to a binding may have as ${name}.
inline constexpr std::array<std::string_view, 6> raw_variables{
    "contact",     // the URI that was registered
    "user",        // its account
    "device",      // where its REGISTER came from, address and port
    "server",      // the server's own address and port
    "primary",     // that of either server
    "secondary"};  // by name

/// The same of a response: of the request that it answers, and of what stood there.
inline constexpr std::array<std::string_view, 12> response_variables{
    "contact",    // the URI of its Contact
    "user",       // of its From
    "device",     // where it came from, address and port
    "server",     // see above
    "primary",    // see above
    "secondary",  // see above
    "via",        // headers of the response as it would have been
    "from",       // all the same
    "to",         // all the same
    "call_id",    // all the same
    "cseq",       // all the same
    "value"};     // of a header: the first of its name

/// A server without a phase of its own; in the value it is the empty string.
inline constexpr std::string_view default_phase = "default";
/// A phase that needs no rules: everything is dropped.
inline constexpr std::string_view silent_phase = "silent";
/// A far end that does not ring, answer or hang up by itself.
inline constexpr std::string_view never = "never";

template <class T, std::size_t n>
constexpr std::string_view name_of(const std::array<Choice<T>, n>& choices, const T& value) {
  for (const Choice<T>& choice : choices)
    if (choice.value == value) return choice.name;
  return {};
}

}  // namespace sipharness::scenario::words
