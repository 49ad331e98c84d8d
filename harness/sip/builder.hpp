#pragma once
// Writes SIP messages. Headers stand in the order they were added; Content-Length is always added
// last. Nothing is checked: the harness must also be able to send what is wrong.

#include <string>
#include <string_view>

#include "harness/sip/message.hpp"

namespace sipharness::sip {

class MessageBuilder {
 public:
  static MessageBuilder request(std::string_view method, std::string_view uri);
  /// `reason` empty takes the usual phrase.
  static MessageBuilder response(int status, std::string_view reason = {});
  /// A response to `request`: Via set, From, To, Call-ID, CSeq copied; `to_tag` added to To unless
  /// it has one or the status is 100. @source RFC 3261 §8.2.6.2
  static MessageBuilder response_to(const MessageView& request, int status, std::string_view to_tag,
                                    std::string_view reason = {});

  MessageBuilder& header(HeaderId id, std::string_view value);
  MessageBuilder& header(std::string_view name, std::string_view value);
  MessageBuilder& body(std::string_view content_type, std::string_view text);
  std::string str() const;

 private:
  std::string head_;
  std::string content_type_;
  std::string body_;
};

std::string_view reason_phrase(int status);

}  // namespace sipharness::sip
