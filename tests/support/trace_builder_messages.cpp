// How TraceBuilder writes messages: defaults first, then what the test overrides.

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/builder.hpp"
#include "tests/support/trace_builder.hpp"

namespace sipharness::test_support {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view far_user = "1002";
constexpr std::string_view session_description =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 0\r\n";

std::string find(const Headers& headers, std::string_view name) {
  const auto found = std::ranges::find(headers, name, &Headers::value_type::first);
  return found == headers.end() ? std::string() : found->second;
}

std::string tag_of(const std::string& address) {
  const auto parsed = sip::parse_address(address);
  return parsed ? std::string(parsed->parameter("tag").value_or("")) : std::string();
}

std::string uri_of(const std::string& address) {
  const auto parsed = sip::parse_address(address);
  return parsed ? std::string(parsed->uri) : std::string();
}

std::string with_tag(const std::string& address, const std::string& tag) {
  return tag.empty() ? address : fmt::format("{};tag={}", address, tag);
}

std::string branch_of(const Headers& headers) {
  const std::string via = find(headers, "Via");
  const auto parameters = via.substr(std::min(via.find(';'), via.size()));
  return std::string(sip::find_parameter(parameters, "branch").value_or(""));
}

bool is_dialog_method(std::string_view method) {
  constexpr std::array<std::string_view, 5> methods = {"ACK", "CANCEL", "BYE", "PRACK", "UPDATE"};
  return std::ranges::find(methods, method) != methods.end();
}

/// The first override of a name replaces the default headers of that name; more of it are added.
void apply_overrides(const Fields& fields, Headers& headers) {
  for (const std::string& name : fields.without) {
    std::erase_if(headers, [&](const auto& header) { return header.first == name; });
  }
  std::vector<std::string> replaced;
  for (const auto& [name, value] : fields.headers) {
    const auto place = std::ranges::find(headers, name, &Headers::value_type::first);
    const bool is_first = std::ranges::find(replaced, name) == replaced.end();
    replaced.push_back(name);
    if (place != headers.end() && is_first) {
      place->second = value;
    } else {
      headers.emplace_back(name, value);
    }
  }
}

std::string assemble(const std::string& start_line, const Headers& headers,
                     const std::string& body) {
  std::string text = start_line + "\r\n";
  for (const auto& [name, value] : headers) text += fmt::format("{}: {}\r\n", name, value);
  return text + "\r\n" + body;
}

}  // namespace

std::uint32_t TraceBuilder::next_cseq(const std::string& call_id) {
  return ++cseqs_[call_id + (from_device_ ? "" : " from the server")];
}

std::string TraceBuilder::contact(const Fields& fields) const {
  if (fields.contact == "*") return "*";
  if (!fields.contact.empty()) return fmt::format("<{}>", fields.contact);
  if (from_device_) return fmt::format("<sip:{}@{}>", user_, device_.text());
  return fmt::format("<sip:{}@{}>", far_user, server_endpoint(server_).text());
}

MessageId TraceBuilder::last_request(const Endpoint& source, const Endpoint& destination) const {
  for (MessageId id = packets_.size(); id-- > 0;) {
    const Packet& packet = packets_[id];
    const bool is_between = packet.source == source && packet.destination == destination;
    if (packet.is_request && is_between && packet.method != "ACK") return id;
  }
  assertion_failed("a request went before", __FILE__, __LINE__, "TraceBuilder", TimePoint(now_));
}

MessageId TraceBuilder::invite_of(const Fields& fields) const {
  if (fields.in) return *fields.in;
  const Endpoint server = server_endpoint(server_);
  for (MessageId id = packets_.size(); id-- > 0;) {
    const Packet& packet = packets_[id];
    const bool is_with_server = packet.source == server || packet.destination == server;
    if (packet.is_request && packet.method == "INVITE" && is_with_server) return id;
  }
  assertion_failed("an INVITE went before", __FILE__, __LINE__, "TraceBuilder", TimePoint(now_));
}

MessageId TraceBuilder::request(std::string_view method, const Fields& fields) {
  Packet message = packet(Kind::message);
  message.is_request = true;
  message.method = method;
  const bool in_dialog = fields.in.has_value() || is_dialog_method(method);
  const std::string uri = in_dialog ? dialog_request_headers(method, fields, message.headers)
                                    : new_request_headers(method, fields, message.headers);
  common_request_headers(method, fields, message.headers);
  Fields written = fields;
  if (method == "INVITE" && fields.body.empty()) {
    written.body = session_description;
    written.content_type = "application/sdp";
  }
  return write(std::move(message),
               fmt::format("{} {} SIP/2.0", method, fields.uri.empty() ? uri : fields.uri),
               written);
}

/// Via, From, To, Call-ID, CSeq of a request outside any dialog; gives its Request-URI.
std::string TraceBuilder::new_request_headers(std::string_view method, const Fields& fields,
                                              Headers& headers) {
  const std::string server = server_endpoint(server_).text();
  const bool registers = method == "REGISTER";
  const std::string serial = std::to_string(++serial_);
  std::string call_id = fields.call_id;
  if (call_id.empty())
    call_id = (registers ? fmt::format("reg-{}-{}", user_, to_string(server_))
                         : fmt::format("call-{}", serial));
  const std::string device_aor = fmt::format("<sip:{}@{}>", user_, server);
  const std::string number = fields.number.empty() ? std::string(far_user) : fields.number;
  const std::string far_aor = fmt::format("<sip:{}@{}>", number, server);
  const std::string& from = from_device_ ? device_aor : far_aor;
  const std::string& to = from_device_ && !registers ? far_aor : device_aor;
  const std::string from_tag = fields.from_tag.empty() ? "from-" + serial : fields.from_tag;
  const std::string branch = fields.branch.empty() ? "z9hG4bK-" + serial : fields.branch;
  const Endpoint source = from_device_ ? device_ : server_endpoint(server_);
  headers.emplace_back(
      "Via", fmt::format("SIP/2.0/{} {};branch={};rport",
                         transport_ == Transport::udp ? "UDP" : "TCP", source.text(), branch));
  headers.emplace_back("From", with_tag(from, from_tag));
  headers.emplace_back("To", with_tag(to, fields.to_tag));
  headers.emplace_back("Call-ID", call_id);
  const std::uint32_t cseq = fields.cseq ? *fields.cseq : next_cseq(call_id);
  headers.emplace_back("CSeq", fmt::format("{} {}", cseq, method));
  if (registers) return "sip:" + server;
  return from_device_ ? fmt::format("sip:{}@{}", number, server)
                      : fmt::format("sip:{}@{}", user_, device_.text());
}

/// The same of a request that belongs to a call; gives its Request-URI.
std::string TraceBuilder::dialog_request_headers(std::string_view method, const Fields& fields,
                                                 Headers& headers) {
  const Packet& invite = packets_.at(invite_of(fields));
  const bool is_cancel = method == "CANCEL";
  const bool shares_branch = is_cancel || (method == "ACK" && invite.final_status >= 300);
  const bool from_caller = (invite.source == device_) == from_device_;
  const std::string caller = find(invite.headers, "From");
  const std::string callee =
      is_cancel ? find(invite.headers, "To")
                : with_tag(find(invite.headers, "To"),
                           fields.to_tag.empty() ? invite.final_to_tag : fields.to_tag);
  std::string branch = fields.branch;
  if (branch.empty())
    branch = shares_branch ? branch_of(invite.headers) : fmt::format("z9hG4bK-{}", ++serial_);
  const Endpoint source = from_device_ ? device_ : server_endpoint(server_);
  headers.emplace_back(
      "Via", fmt::format("SIP/2.0/{} {};branch={};rport",
                         transport_ == Transport::udp ? "UDP" : "TCP", source.text(), branch));
  headers.emplace_back("From", from_caller ? caller : callee);
  headers.emplace_back("To", from_caller ? callee : caller);
  const std::string call_id =
      fields.call_id.empty() ? find(invite.headers, "Call-ID") : fields.call_id;
  headers.emplace_back("Call-ID", call_id);
  const std::string invite_cseq = find(invite.headers, "CSeq");
  std::string number = invite_cseq.substr(0, invite_cseq.find(' '));
  if (method != "ACK" && !is_cancel) number = std::to_string(next_cseq(call_id));
  if (fields.cseq) number = std::to_string(*fields.cseq);
  headers.emplace_back("CSeq", fmt::format("{} {}", number, method));
  const bool to_far_end = from_device_;
  return to_far_end ? fmt::format("sip:{}@{}", far_user, server_endpoint(server_).text())
                    : fmt::format("sip:{}@{}", user_, device_.text());
}

void TraceBuilder::common_request_headers(std::string_view method, const Fields& fields,
                                          Headers& headers) {
  headers.emplace_back("Max-Forwards", "70");
  const bool has_contact = method == "REGISTER" || method == "INVITE" || method == "SUBSCRIBE" ||
                           method == "NOTIFY" || !fields.contact.empty();
  if (has_contact) headers.emplace_back("Contact", contact(fields));
  if (from_device_) headers.emplace_back("User-Agent", "device/1.0");
  std::optional<std::chrono::seconds> expires = fields.expires;
  if (method == "REGISTER" && !expires) expires = std::chrono::seconds(3600);
  if (expires) headers.emplace_back("Expires", std::to_string(expires->count()));
}

MessageId TraceBuilder::response(int status, const Fields& fields) {
  Packet message = packet(Kind::message);
  const MessageId answered =
      fields.to ? *fields.to : last_request(message.destination, message.source);
  Packet& request = packets_.at(answered);
  message.method = request.method;
  message.headers = response_headers(status, fields, request);
  const std::string reason =
      fields.reason.empty() ? std::string(sip::reason_phrase(status)) : fields.reason;
  Fields written = fields;
  if (request.method == "INVITE" && status / 100 == 2 && fields.body.empty()) {
    written.body = session_description;
    written.content_type = "application/sdp";
  }
  return write(std::move(message), fmt::format("SIP/2.0 {} {}", status, reason), written);
}

TraceBuilder::Headers TraceBuilder::response_headers(int status, const Fields& fields,
                                                     Packet& request) {
  Headers headers;
  headers.emplace_back("Via", find(request.headers, "Via"));
  headers.emplace_back("From", find(request.headers, "From"));
  const std::string to = find(request.headers, "To");
  std::string tag = tag_of(to);
  const bool needs_tag = status > 100 && tag.empty();
  if (needs_tag) tag = fields.to_tag.empty() ? "to-" + branch_of(request.headers) : fields.to_tag;
  headers.emplace_back("To", needs_tag ? with_tag(to, tag) : to);
  headers.emplace_back("Call-ID", find(request.headers, "Call-ID"));
  headers.emplace_back("CSeq", find(request.headers, "CSeq"));
  if (status > 100) request.final_to_tag = tag;
  if (status >= 200) request.final_status = status;
  const bool is_success = status / 100 == 2;
  std::string expires = find(request.headers, "Expires");
  if (fields.expires) expires = std::to_string(fields.expires->count());
  if (request.method == "REGISTER" && is_success) {
    const std::string bound =
        fields.contact.empty() ? find(request.headers, "Contact") : contact(fields);
    if (uri_of(bound) != "*" && expires != "0") {
      headers.emplace_back("Contact", fmt::format("{};expires={}", bound, expires));
    }
  } else if (request.method == "SUBSCRIBE" && is_success) {
    headers.emplace_back("Expires", expires.empty() ? "3600" : expires);
  }
  const bool has_contact = request.method == "INVITE" && status > 100 && status < 300;
  if (has_contact || request.method == "SUBSCRIBE") {
    headers.emplace_back("Contact", contact(fields));
  }
  return headers;
}

MessageId TraceBuilder::write(Packet packet, std::string start_line, const Fields& fields) {
  if (!fields.content_type.empty()) {
    packet.headers.emplace_back("Content-Type", fields.content_type);
  }
  packet.headers.emplace_back("Content-Length", std::to_string(fields.body.size()));
  apply_overrides(fields, packet.headers);
  packet.bytes = assemble(start_line, packet.headers, fields.body);
  return add(std::move(packet));
}

}  // namespace sipharness::test_support
