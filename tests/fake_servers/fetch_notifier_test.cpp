// NOTIFYs that make a phone fetch its configuration.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/sip/auth/digest.hpp"
#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

/// A NOTIFY at 10 s, and what the phone answered.
struct Notified {
  explicit Notified(const std::string& event = "resync") {
    stage.at(10s, [this, event] {
      stage.server.send_fetch_notify({event, client_endpoint, {}},
                                     [this](int status) { answers.push_back(status); });
    });
  }
  std::vector<Seen> notifies() const {
    std::vector<Seen> found;
    for (const Seen& seen : stage.client.received)
      if (seen.view().method() == Method::notify) found.push_back(seen);
    return found;
  }
  Stage stage;
  std::vector<int> answers;
};

TEST(FetchNotify, goes_to_where_an_unregistered_phone_is_said_to_be) {
  Notified phone("check-sync;reboot=true");
  phone.stage.at(10100ms,
                 [&] { phone.stage.client.answer(phone.stage.client.first(Method::notify), 200); });
  phone.stage.run_until(60s);
  ASSERT_THAT(phone.notifies(), SizeIs(1));
  const Seen notify = phone.notifies().front();
  EXPECT_FALSE(notify.view().problem().has_value());
  EXPECT_EQ(notify.view().request_uri(), "sip:1001@10.0.0.1:5060");
  EXPECT_EQ(notify.view().header(HeaderId::event), "check-sync;reboot=true");
  EXPECT_THAT(phone.answers, ElementsAre(200));
}

TEST(FetchNotify, goes_to_the_binding_of_a_registered_phone) {
  Notified phone;
  phone.stage.send_at(1s, {.headers = {{"Contact", "<sip:1001@10.0.0.1:5060;line=1>"}}});
  phone.stage.run_until(10500ms);
  ASSERT_FALSE(phone.notifies().empty());
  EXPECT_EQ(phone.notifies().front().view().request_uri(), "sip:1001@10.0.0.1:5060;line=1");
}

TEST(FetchNotify, answers_one_challenge_with_the_credentials_of_the_account) {
  Notified phone;
  phone.stage.client.on_received = [&](const Seen& seen) {
    const auto view = seen.view();
    if (view.method() != Method::notify) return;
    std::string answer = "SIP/2.0 401 Unauthorized\r\n";
    for (const auto& header : view.headers())
      if (header.id == HeaderId::via || header.id == HeaderId::from || header.id == HeaderId::to ||
          header.id == HeaderId::call_id || header.id == HeaderId::cseq)
        answer += std::string(header.name) + ": " + std::string(header.value) + "\r\n";
    phone.stage.client.send(
        answer +
        "WWW-Authenticate: Digest realm=\"phone\", nonce=\"n\", qop=\"auth\"\r\n"
        "Content-Length: 0\r\n\r\n");
  };
  phone.stage.run_until(60s);
  const std::vector<Seen> notifies = phone.notifies();
  ASSERT_THAT(notifies, SizeIs(2)) << "a refused proof is not tried again";
  EXPECT_EQ(notifies[1].view().call_id(), notifies[0].view().call_id());
  EXPECT_EQ(notifies[1].view().cseq(), notifies[0].view().cseq() + 1);
  const auto credentials =
      sip::parse_credentials(notifies[1].view().header(HeaderId::authorization));
  ASSERT_TRUE(credentials.has_value());
  EXPECT_EQ(credentials->username, "1001");
  EXPECT_TRUE(sip::verify_credentials(*credentials, "sipharness", "NOTIFY"));
  EXPECT_THAT(phone.answers, ElementsAre(401));
}

TEST(FetchNotify, tells_when_nobody_answers) {
  Notified phone;
  phone.stage.run_until(60s);
  EXPECT_THAT(phone.answers, ElementsAre(0));
}

}  // namespace
}  // namespace fake_servers::test
