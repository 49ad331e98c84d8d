#include "harness/trace/message_list.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace sipharness::trace {
namespace {

std::string with_users(std::string_view start_line, std::string_view method, std::string_view from,
                       std::string_view to) {
  std::string text(start_line);
  text.append("\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\nFrom: <sip:").append(from);
  text.append("192.0.2.9>;tag=a\r\nTo: <sip:").append(to).append("192.0.2.9>\r\nCall-ID: c\r\n");
  return text.append("CSeq: 1 ").append(method).append("\r\nContent-Length: 0\r\n\r\n");
}

TEST(MessageList, knows_who_speaks) {
  const std::vector<std::string> texts{
      with_users("REGISTER sip:192.0.2.9 SIP/2.0", "REGISTER", "boss@", "1001@"),
      with_users("SIP/2.0 200 OK", "REGISTER", "boss@", "1001@"),
      with_users("INVITE sip:1002@192.0.2.9 SIP/2.0", "INVITE", "1001@", "1002@"),
      with_users("INVITE sip:1001@192.0.2.9 SIP/2.0", "INVITE", "1002@", "1001@"),
      with_users("OPTIONS sip:192.0.2.9 SIP/2.0", "OPTIONS", "", "")};
  MessageList list;
  for (const std::string& text : texts) {
    Message message;
    message.sip = sip::MessageView::parse(text);
    list.push_back(message);
  }
  const auto user = [&](std::size_t index) { return list.user_of(list.places()[index]); };
  EXPECT_EQ(user(0), "1001") << "a REGISTER is for whom its To names";
  EXPECT_EQ(user(1), "") << "a response";
  EXPECT_EQ(user(2), "1001");
  EXPECT_EQ(user(3), "1002");
  EXPECT_EQ(user(4), "") << "no user part";
  EXPECT_EQ(list.places()[0].user, list.places()[2].user);
  EXPECT_NE(list.places()[2].user, list.places()[3].user);
  EXPECT_EQ(user(0).data(), user(2).data()) << "the text of the first";
}

}  // namespace
}  // namespace sipharness::trace
