#include "harness/sip/dialog.hpp"

#include <algorithm>

#include "harness/sip/address.hpp"
#include "harness/sip/line_text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::sip {
namespace {

/// More proxies than any path has; keeps hostile Record-Routes from growing every request.
constexpr std::size_t max_routes = 32;

/// From or To without its header parameters, the tag among them.
std::string without_tag(std::string_view value) {
  const auto address = parse_address(value);
  if (!address || address->parameters.empty()) return std::string(value);
  return std::string(value.substr(0, value.size() - address->parameters.size()));
}

std::string contact_uri(const MessageView& message, std::string_view otherwise) {
  const auto contact = parse_address(message.header(HeaderId::contact));
  return std::string(contact && is_one_word(contact->uri) ? contact->uri : otherwise);
}

std::vector<std::string> record_routes(const MessageView& message) {
  std::vector<std::string> routes;
  for (const Header& header : message.headers_from(HeaderId::record_route)) {
    if (header.id != HeaderId::record_route) continue;
    for (const Address& route : parse_addresses(header.value)) {
      if (routes.size() == max_routes) return routes;
      if (!is_one_word(route.uri)) continue;
      routes.push_back('<' + std::string(route.uri) + '>' + std::string(route.parameters));
    }
  }
  return routes;
}

std::string_view uri_of(std::string_view route) {
  const auto address = parse_address(route);
  return address ? address->uri : route;
}

bool is_loose(std::string_view route) {
  const auto uri = parse_uri(uri_of(route));
  return uri && uri->parameter("lr").has_value();
}

std::string with_tag(const std::string& address, const std::string& tag) {
  return tag.empty() ? address : address + ";tag=" + tag;
}

}  // namespace

Dialog Dialog::from_response(const MessageView& request, const MessageView& response) {
  Dialog dialog;
  dialog.call_id_ = request.call_id();
  dialog.local_uri_ = without_tag(request.header(HeaderId::from));
  dialog.local_tag_ = request.from_tag();
  dialog.remote_uri_ = without_tag(response.header(HeaderId::to));
  dialog.remote_tag_ = response.to_tag();
  dialog.remote_target_ = contact_uri(response, request.request_uri());
  dialog.route_set_ = record_routes(response);
  std::reverse(dialog.route_set_.begin(), dialog.route_set_.end());
  dialog.local_cseq_ = request.cseq();
  return dialog;
}

Dialog Dialog::from_request(const MessageView& request, std::string_view local_tag) {
  Dialog dialog;
  const std::string_view from = request.header(HeaderId::from);
  dialog.call_id_ = request.call_id();
  dialog.local_uri_ = without_tag(request.header(HeaderId::to));
  dialog.local_tag_ = local_tag;
  dialog.remote_uri_ = without_tag(from);
  dialog.remote_tag_ = request.from_tag();
  dialog.remote_target_ = contact_uri(request, uri_of(from));
  dialog.route_set_ = record_routes(request);
  dialog.remote_cseq_ = request.cseq();
  dialog.has_remote_cseq_ = true;
  return dialog;
}

bool Dialog::matches(const MessageView& message) const {
  const bool from_peer = message.is_request();
  const std::string& from = from_peer ? remote_tag_ : local_tag_;
  const std::string& to = from_peer ? local_tag_ : remote_tag_;
  return message.call_id() == call_id_ && message.from_tag() == from && message.to_tag() == to;
}

MessageBuilder Dialog::request(std::string_view method, std::uint32_t cseq,
                               std::string_view via_value) const {
  const bool strict = !route_set_.empty() && !is_loose(route_set_.front());
  auto request =
      MessageBuilder::request(method, strict ? uri_of(route_set_.front()) : remote_target_);
  request.header(HeaderId::via, via_value).header(HeaderId::max_forwards, "70");
  // §12.2.1.1: a strict router takes its own URI from the Request-URI and finds the target last.
  for (std::size_t i = strict ? 1 : 0; i < route_set_.size(); ++i) {
    request.header(HeaderId::route, route_set_[i]);
  }
  if (strict) request.header(HeaderId::route, '<' + remote_target_ + '>');
  request.header(HeaderId::from, with_tag(local_uri_, local_tag_))
      .header(HeaderId::to, with_tag(remote_uri_, remote_tag_))
      .header(HeaderId::call_id, call_id_)
      .header(HeaderId::cseq, std::to_string(cseq) + ' ' + std::string(method));
  return request;
}

std::string_view Dialog::next_hop_uri() const {
  return route_set_.empty() ? std::string_view(remote_target_) : uri_of(route_set_.front());
}

void Dialog::refresh_target(const MessageView& message) {
  remote_target_ = contact_uri(message, remote_target_);
}

bool Dialog::accept_remote_cseq(std::uint32_t cseq) {
  if (has_remote_cseq_ && cseq < remote_cseq_) return false;
  remote_cseq_ = cseq;
  has_remote_cseq_ = true;
  return true;
}

std::string make_ack(const Dialog& dialog, const MessageView& invite, std::string_view via_value) {
  auto ack = dialog.request("ACK", invite.cseq(), via_value);
  for (const Header& header : invite.headers()) {
    const bool is_credentials =
        header.id == HeaderId::authorization || header.id == HeaderId::proxy_authorization;
    if (is_credentials) ack.header(header.id, header.value);
  }
  return ack.str();
}

}  // namespace sipharness::sip
