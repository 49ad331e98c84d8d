#pragma once
// Messages for the tests of transactions, dialogs and transport, as text one can read.

#include <string>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/sip/builder.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::sip {

inline const Endpoint phone = *Endpoint::parse("127.0.0.2:5062");
inline const Endpoint server = *Endpoint::parse("127.0.0.11:5060");

struct RequestText {
  std::string_view method = "REGISTER";
  std::string_view branch = "z9hG4bK1";
  std::string_view sent_by = "127.0.0.2:5062";
  std::string_view to_tag = {};
  std::string_view extra = {};  ///< header lines, each with its CRLF
  std::string_view cseq = "7";
};

inline std::string request_text(const RequestText& text = {}) {
  const std::string method(text.method);
  std::string to = "<sip:1001@example.test>";
  if (!text.to_tag.empty()) to += ";tag=" + std::string(text.to_tag);
  return method + " sip:example.test SIP/2.0\r\n" +                //
         "Via: SIP/2.0/UDP " + std::string(text.sent_by) +         //
         ";branch=" + std::string(text.branch) + "\r\n" +          //
         "Max-Forwards: 70\r\n" + std::string(text.extra) +        //
         "From: \"A, b\" <sip:1001@example.test>;tag=from1\r\n" +  //
         "To: " + to + "\r\n" +                                    //
         "Call-ID: call-1\r\n" +                                   //
         "CSeq: " + std::string(text.cseq) + " " + method + "\r\n" +
         "Contact: <sip:1001@127.0.0.2:5062>\r\nContent-Length: 0\r\n\r\n";
}

inline std::string response_text(std::string_view request, int status,
                                 std::string_view to_tag = "to1") {
  return MessageBuilder::response_to(MessageView::parse(request), status, to_tag).str();
}

}  // namespace sipharness::sip
