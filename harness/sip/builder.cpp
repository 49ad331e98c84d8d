#include "harness/sip/builder.hpp"

#include "harness/sip/line_text.hpp"

namespace sipharness::sip {
namespace {

/// @source RFC 3261 §12.1: only these make dialogs with a response; RFC 6665 §4.1
bool makes_dialog(const MessageView& request, int status) {
  const bool can = request.method() == Method::invite || request.method() == Method::subscribe;
  return can && status > 100 && status < 300;
}

void copy_headers(const MessageView& request, HeaderId id, MessageBuilder& response) {
  for (const Header& header : request.headers_from(id)) {
    if (header.id == id) response.header(id, header.value);
  }
}

void copy_vias(const MessageView& request, const std::optional<Endpoint>& source,
               MessageBuilder& response) {
  if (!source) return copy_headers(request, HeaderId::via, response);
  if (request.has(HeaderId::via))
    response.header(HeaderId::via, stamped_via(request.header(HeaderId::via), *source));
  bool is_top = true;
  for (const Header& header : request.headers_from(HeaderId::via)) {
    if (header.id != HeaderId::via) continue;
    if (!is_top) response.header(HeaderId::via, header.value);
    is_top = false;
  }
}

void copy_to(const MessageView& request, const ResponseTo& options, MessageBuilder& response) {
  const std::string_view to = request.header(HeaderId::to);
  const bool wants_tag =
      options.status != 100 && request.to_tag().empty() && !options.to_tag.empty();
  if (!wants_tag) {
    response.header(HeaderId::to, to);
    return;
  }
  std::string tagged;
  tagged.reserve(to.size() + options.to_tag.size() + 8);
  response.header(HeaderId::to, tagged.append(to).append(";tag=").append(options.to_tag));
}

}  // namespace

MessageBuilder MessageBuilder::request(std::string_view method, std::string_view uri) {
  MessageBuilder builder;
  builder.head_.reserve(1024);
  builder.head_.append(method).append(" ");
  append_line_text(uri, builder.head_);
  builder.head_.append(" SIP/2.0\r\n");
  return builder;
}

MessageBuilder MessageBuilder::response(int status, std::string_view reason) {
  MessageBuilder builder;
  builder.head_.reserve(1024);
  const std::string code = std::to_string(status);
  builder.head_.append("SIP/2.0 ").append(code.size() < 3 ? 3 - code.size() : 0, '0').append(code);
  builder.head_.append(" ").append(reason.empty() ? reason_phrase(status) : reason).append("\r\n");
  return builder;
}

MessageBuilder MessageBuilder::response_to(const MessageView& request, const ResponseTo& options) {
  MessageBuilder builder = response(options.status, options.reason);
  copy_vias(request, options.source, builder);
  if (makes_dialog(request, options.status)) copy_headers(request, HeaderId::record_route, builder);
  builder.header(HeaderId::from, request.header(HeaderId::from));
  copy_to(request, options, builder);
  builder.header(HeaderId::call_id, request.call_id());
  builder.header(HeaderId::cseq, request.header(HeaderId::cseq));
  return builder;
}

MessageBuilder MessageBuilder::response_to(const MessageView& request, int status,
                                           std::string_view to_tag, std::string_view reason) {
  return response_to(request, {.status = status, .to_tag = to_tag, .reason = reason});
}

MessageBuilder& MessageBuilder::header(HeaderId id, std::string_view value) {
  head_.append(to_string(id)).append(": ");
  append_line_text(value, head_);
  head_.append("\r\n");
  if (id == HeaderId::content_length) length_given_ = true;
  return *this;
}

MessageBuilder& MessageBuilder::header(std::string_view name, std::string_view value) {
  head_.append(name).append(": ");
  append_line_text(value, head_);
  head_.append("\r\n");
  if (header_of(name) == HeaderId::content_length) length_given_ = true;
  return *this;
}

MessageBuilder& MessageBuilder::body(std::string_view content_type, std::string_view text) {
  content_type_ = content_type;
  body_ = text;
  return *this;
}

std::string MessageBuilder::str() const {
  std::string message;
  message.reserve(head_.size() + content_type_.size() + body_.size() + 64);
  message = head_;
  if (!content_type_.empty()) message.append("Content-Type: ").append(content_type_).append("\r\n");
  if (!length_given_) {
    message.append("Content-Length: ").append(std::to_string(body_.size())).append("\r\n");
  }
  return message.append("\r\n").append(body_);
}

}  // namespace sipharness::sip
