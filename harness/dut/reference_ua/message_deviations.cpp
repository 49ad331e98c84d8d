#include "harness/dut/reference_ua/message_deviations.hpp"

#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/sip/address.hpp"
#include "harness/sip/message.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::dut {
namespace {

using sip::HeaderId;
using sip::MessageView;
using sip::Method;

constexpr std::string_view rport = ";rport";

/// What an edit may look at besides the message.
struct EditContext {
  const sip::Hop& hop;
  bool to_secondary = false;
  std::string_view last_invite_branch;
  Rng& rng;
};

/// One replacement in a message: `part` is a view into it.
struct Replacement {
  std::string_view part;
  std::string with;
};

using Edit = std::optional<Replacement> (*)(const MessageView&, const EditContext&);

std::optional<sip::Uri> uri_in(const MessageView& message, HeaderId header) {
  const auto address = sip::parse_address(message.header(header));
  return address ? sip::parse_uri(address->uri) : std::nullopt;
}

bool is_register(const MessageView& message) {
  return message.method() == Method::register_;
}

std::optional<Replacement> scale_expiration(const MessageView& message, std::uint32_t times,
                                            std::uint32_t divided_by) {
  if (!is_register(message) || !message.expires()) return std::nullopt;
  return Replacement{message.header(HeaderId::expires),
                     std::to_string(*message.expires() * times / divided_by)};
}

std::optional<Replacement> replace_user(const MessageView& message, HeaderId header,
                                        const EditContext& context) {
  const auto uri = uri_in(message, header);
  if (!is_register(message) || !context.to_secondary || !uri) return std::nullopt;
  return Replacement{uri->user, fmt::format("{}-other", uri->user)};
}

/// The whole line of the nth header of a name, counted from 0, with its line end.
std::string_view line_of(const MessageView& message, HeaderId wanted, int nth = 0) {
  for (const sip::Header& header : message.headers()) {
    if (header.id != wanted || nth-- > 0) continue;
    const auto start = static_cast<std::size_t>(header.name.data() - message.bytes().data());
    const std::size_t end = message.bytes().find("\r\n", start);
    return message.bytes().substr(start, end + 2 - start);
  }
  return {};
}

struct Row {
  Deviation deviation;
  Edit edit;
};

constexpr std::array table{
    Row{Deviation::counts_expiration_in_seconds,
        [](const MessageView& message, const EditContext&) {
          return scale_expiration(message, 1, 60);
        }},
    Row{Deviation::asks_for_double_expiration,
        [](const MessageView& message, const EditContext&) {
          return scale_expiration(message, 2, 1);
        }},
    Row{Deviation::registers_another_user_at_secondary,
        [](const MessageView& message, const EditContext& context) {
          return replace_user(message, HeaderId::from, context);
        }},
    Row{Deviation::registers_another_user_at_secondary,
        [](const MessageView& message, const EditContext& context) {
          return replace_user(message, HeaderId::to, context);
        }},
    Row{Deviation::names_a_user_in_the_register_uri,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          const std::size_t colon = message.request_uri().find(':');
          if (!is_register(message) || colon == std::string_view::npos) return std::nullopt;
          return Replacement{message.request_uri().substr(colon, 1), ":someone@"};
        }},
    Row{Deviation::registers_from_another_address,
        [](const MessageView& message, const EditContext& context) -> std::optional<Replacement> {
          const auto uri = uri_in(message, HeaderId::from);
          if (!is_register(message) || !uri) return std::nullopt;
          return Replacement{uri->host, context.hop.local.address.text()};
        }},
    Row{Deviation::changes_call_id_at_each_register,
        [](const MessageView& message, const EditContext& context) -> std::optional<Replacement> {
          if (!is_register(message)) return std::nullopt;
          return Replacement{message.call_id(), context.rng.hex(24)};
        }},
    Row{Deviation::skips_a_cseq_number,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          if (!is_register(message)) return std::nullopt;
          return Replacement{message.header(HeaderId::cseq),
                             fmt::format("{} REGISTER", 2 * message.cseq() - 1)};
        }},
    Row{Deviation::registers_a_wrong_contact_port,
        [](const MessageView& message, const EditContext& context) -> std::optional<Replacement> {
          if (!is_register(message)) return std::nullopt;
          const std::string port = fmt::format(":{}", context.hop.local.port);
          const std::string_view contact = message.header(HeaderId::contact);
          const std::size_t at = contact.rfind(port);
          if (at == std::string_view::npos) return std::nullopt;
          return Replacement{contact.substr(at, port.size()),
                             fmt::format(":{}", context.hop.local.port - 1)};
        }},
    Row{Deviation::omits_max_forwards,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          return Replacement{line_of(message, HeaderId::max_forwards), ""};
        }},
    Row{Deviation::sends_max_forwards_seven,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          return Replacement{message.header(HeaderId::max_forwards), "7"};
        }},
    Row{Deviation::writes_branches_without_cookie,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          if (!message.via().branch.starts_with("z9hG4bK")) return std::nullopt;
          return Replacement{message.via().branch.substr(0, 7), "branch-"};
        }},
    Row{Deviation::reuses_the_invite_branch_for_bye,
        [](const MessageView& message, const EditContext& context) -> std::optional<Replacement> {
          if (message.method() != Method::bye) return std::nullopt;
          return Replacement{message.via().branch, std::string(context.last_invite_branch)};
        }},
    Row{Deviation::acknowledges_without_credentials,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          if (message.method() != Method::ack) return std::nullopt;
          return Replacement{line_of(message, HeaderId::proxy_authorization), ""};
        }},
    Row{Deviation::claims_tcp_in_via,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          return Replacement{message.via().transport, "TCP"};
        }},
    Row{Deviation::sends_a_large_invite_by_udp,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          if (message.method() != Method::invite) return std::nullopt;
          const std::string_view subject = line_of(message, HeaderId::max_forwards);
          return Replacement{subject.substr(0, 0),
                             fmt::format("Subject: {}\r\n", std::string(1200, 'x'))};
        }},
    Row{Deviation::sends_same_branch_at_both_servers,
        [](const MessageView& message, const EditContext& context) -> std::optional<Replacement> {
          const bool next = message.method() == Method::invite && context.to_secondary;
          if (!next || context.last_invite_branch.empty()) return std::nullopt;
          return Replacement{message.via().branch, std::string(context.last_invite_branch)};
        }},
    Row{Deviation::acknowledges_errors_without_their_tag,
        [](const MessageView& message, const EditContext& context) -> std::optional<Replacement> {
          const bool is_of_invite = message.via().branch == context.last_invite_branch;
          if (message.method() != Method::ack || !is_of_invite) return std::nullopt;
          const auto address = sip::parse_address(message.header(HeaderId::to));
          return address ? std::optional(Replacement{address->parameters, ""}) : std::nullopt;
        }},
    Row{Deviation::acknowledges_on_the_invites_branch,
        [](const MessageView& message, const EditContext& context) -> std::optional<Replacement> {
          if (message.method() != Method::ack) return std::nullopt;
          return Replacement{message.via().branch, std::string(context.last_invite_branch)};
        }},
    Row{Deviation::tags_its_cancels,
        [](const MessageView& message, const EditContext& context) -> std::optional<Replacement> {
          if (message.method() != Method::cancel) return std::nullopt;
          const std::string_view to = message.header(HeaderId::to);
          return Replacement{to, fmt::format("{};tag={}", to, context.rng.hex(16))};
        }},
    Row{Deviation::omits_rport,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          const std::string_view via = message.header(HeaderId::via);
          const std::size_t at = via.find(rport);
          if (at == std::string_view::npos) return std::nullopt;
          return Replacement{via.substr(at, rport.size()), ""};
        }},
    Row{Deviation::invites_with_two_contacts,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          if (message.method() != Method::invite) return std::nullopt;
          const std::string_view line = line_of(message, HeaderId::contact);
          return Replacement{line, std::string(line) + std::string(line)};
        }},
    Row{Deviation::skips_a_number_in_the_dialog,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          if (message.method() != Method::bye) return std::nullopt;
          return Replacement{message.header(HeaderId::cseq),
                             fmt::format("{} BYE", message.cseq() + 1)};
        }},
    Row{Deviation::takes_a_new_tag_for_bye,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          if (message.method() != Method::bye) return std::nullopt;
          return Replacement{message.from_tag(), "a-new-tag"};
        }},
    Row{Deviation::names_the_callee_in_bye,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          const auto to = sip::parse_address(message.header(HeaderId::to));
          if (message.method() != Method::bye || !to) return std::nullopt;
          return Replacement{message.request_uri(), std::string(to->uri)};
        }},
    Row{Deviation::forgets_the_second_route,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          if (message.count(HeaderId::route) < 2) return std::nullopt;
          return Replacement{line_of(message, HeaderId::route, 1), ""};
        }},
};

constexpr std::array table_of_responses{
    Row{Deviation::rings_without_a_tag,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          const auto to = sip::parse_address(message.header(HeaderId::to));
          if (message.status() != 180 || !to) return std::nullopt;
          return Replacement{to->parameters, ""};
        }},
    Row{Deviation::rings_with_another_number,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          if (message.status() != 180) return std::nullopt;
          return Replacement{message.header(HeaderId::cseq),
                             fmt::format("{} INVITE", message.cseq() + 1)};
        }},
    Row{Deviation::answers_without_contact,
        [](const MessageView& message, const EditContext&) -> std::optional<Replacement> {
          if (message.method() != Method::invite || !message.is_success()) return std::nullopt;
          return Replacement{line_of(message, HeaderId::contact), ""};
        }},
};

void edit(std::string& message, const Row& row, const EditContext& context) {
  const auto replacement = row.edit(MessageView::parse(message), context);
  if (!replacement || replacement->part.data() == nullptr) return;
  const auto at = static_cast<std::size_t>(replacement->part.data() - message.data());
  message.replace(at, replacement->part.size(), replacement->with);
}

}  // namespace

std::string MessageDeviations::apply(std::string request, const sip::Hop& hop) {
  const EditContext context{.hop = hop,
                            .to_secondary = hop.remote == secondary_,
                            .last_invite_branch = last_invite_branch_,
                            .rng = rng_};
  for (const Row& row : table)
    if (has(deviations_, row.deviation)) edit(request, row, context);
  const auto message = MessageView::parse(request);
  if (message.method() == Method::invite) last_invite_branch_ = message.via().branch;
  return request;
}

std::string MessageDeviations::apply_to_response(std::string response, const sip::Hop& hop) {
  for (const Row& row : table_of_responses)
    if (has(deviations_, row.deviation))
      edit(response, row, {.hop = hop, .last_invite_branch = {}, .rng = rng_});
  return response;
}

}  // namespace sipharness::dut
