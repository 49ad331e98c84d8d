#include "harness/sip/transaction/key.hpp"

#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

constexpr std::string_view magic_cookie = "z9hG4bK";
constexpr char separator = '\n';

std::string key_of(const MessageView& message, std::string_view method) {
  const Via& via = message.via();
  std::string key;
  key.reserve(via.branch.size() + via.sent_by.size() + method.size() + 2);
  key += via.branch;
  key += separator;
  for (const char c : via.sent_by) key += lower(c);
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
  if (request.via().branch.starts_with(magic_cookie)) return key;
  for (const std::string_view part :
       {request.request_uri(), request.from_tag(), request.call_id()}) {
    key += separator;
    key += part;
  }
  return key + separator + std::to_string(request.cseq());
}

}  // namespace sipharness::sip
