#pragma once
// Writes SIP messages. Headers stand in the order they were added; Content-Length is always added
// last. Nothing is checked, since the harness must also be able to send what is wrong, but one
// thing: no URI and no value ends its line, whoever wrote it (line_text.hpp).

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::sip {

/// What a response says beyond what it copies from the request.
struct ResponseTo {
  int status = 200;
  std::string_view to_tag = {};
  std::string_view reason = {};  ///< empty takes the usual phrase
  /// Where the request came from: fills `received` and `rport` into the top Via (stamped_via).
  std::optional<Endpoint> source = {};
};

class MessageBuilder {
 public:
  static MessageBuilder request(std::string_view method, std::string_view uri);
  /// `reason` empty takes the usual phrase.
  static MessageBuilder response(int status, std::string_view reason = {});
  /// A response to `request`: Via set, From, To, Call-ID, CSeq copied; `to_tag` added to To unless
  /// it has one or the status is 100. Record-Route too where the response makes a dialog.
  /// @source RFC 3261 §8.2.6.2, §12.1.1
  static MessageBuilder response_to(const MessageView& request, const ResponseTo& options);
  static MessageBuilder response_to(const MessageView& request, int status, std::string_view to_tag,
                                    std::string_view reason = {});

  MessageBuilder& header(HeaderId id, std::string_view value);
  /// A Content-Length given here stands in place of the true one.
  MessageBuilder& header(std::string_view name, std::string_view value);
  MessageBuilder& body(std::string_view content_type, std::string_view text);
  std::string str() const;

 private:
  std::string head_;
  std::string content_type_;
  std::string body_;
  bool length_given_ = false;
};

/// The usual phrase of RFC 3261 §21 and its extensions; that of the class for an unknown status.
std::string_view reason_phrase(int status);
/// A status code that somebody registered. @source RFC 3261 §21; IANA, SIP Response Codes
bool is_known_status(int status);

}  // namespace sipharness::sip
