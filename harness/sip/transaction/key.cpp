#include "harness/sip/transaction/key.hpp"

#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

constexpr std::string_view magic_cookie = "z9hG4bK";
constexpr char separator = '\n';

std::string key_of(const MessageView& message, std::string_view method) {
  const std::string_view sent_by = message.sent_by();
  std::string key;
  key.reserve(message.branch().size() + sent_by.size() + method.size() + 2);
  key += message.branch();
  key += separator;
  for (const char c : sent_by) key += lower(c);
  key += separator;
  key += method;
  return key;
}

}  // namespace

std::string client_key(const MessageView& message) {
  return key_of(message, message.method_text());
}

std::string server_key(const MessageView& request) {
  const bool is_ack = request.method() == Method::ack;
  std::string key = key_of(request, is_ack ? "INVITE" : request.method_text());
  if (request.branch().starts_with(magic_cookie)) return key;
  for (const std::string_view part :
       {request.request_uri(), request.from_tag(), request.call_id()}) {
    key += separator;
    key += part;
  }
  return key + separator + std::to_string(request.cseq());
}

}  // namespace sipharness::sip
