#include "harness/observed/missing_messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/one_phone.hpp"

namespace sipharness::observed {
namespace {

using test_support::OnePhone;
using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> missing_in(TraceBuilder& t) {
  t.without_journal();
  const OnePhone one(t);
  std::vector<std::string> told;
  for (const MissingMessage& missing : missing_messages(one.phone)) told.push_back(missing.what);
  return told;
}

/// An INVITE without an answer, sent at these offsets.
std::vector<std::string> missing_in_series(const std::vector<Duration>& offsets) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.retransmissions(t.at(60s).from_device(primary).request("INVITE"), offsets);
  t.ends(200s);
  return missing_in(t);
}

TEST(MissingMessages, are_none_where_all_is_there) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  t.complete_call(primary, 10s);
  t.silent_invite(primary, 60s);
  t.complete_call(secondary, 92s);
  EXPECT_THAT(missing_in(t), IsEmpty());
}

TEST(MissingMessages, are_not_looked_for_where_there_is_a_journal) {
  TraceBuilder t;
  t.at(1s).to_device(primary).raw(
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKx\r\n"
      "From: <sip:1001@x>;tag=a\r\nTo: <sip:1001@x>;tag=b\r\nCall-ID: c\r\n"
      "CSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n");
  const OnePhone one(t);
  EXPECT_THAT(missing_messages(one.phone), IsEmpty());
}

TEST(MissingMessages, are_shown_by_a_response_to_nothing) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.at(1s).to_device(primary).raw(
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKx\r\n"
      "From: <sip:1001@x>;tag=a\r\nTo: <sip:1001@x>;tag=b\r\nCall-ID: c\r\n"
      "CSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(missing_in(t), ElementsAre("the request that frame 3 answers"));
}

TEST(MissingMessages, are_shown_by_what_follows_from_them) {
  TraceBuilder t;
  t.registration(primary, 0s);
  const auto call = t.at(5s).from_device(primary).request("INVITE");
  t.at(7s).from_device(primary).request("ACK", {.to_tag = "unseen", .in = call});
  t.at(9s).from_device(primary).request(
      "REGISTER",
      {.headers = {
           {"Authorization",
            R"(Digest username="1001", realm="r", nonce="n", uri="sip:x", response="0")"}}});
  EXPECT_THAT(missing_in(t), ElementsAre(HasSubstr("transmission beside frame 3"),
                                         HasSubstr("gave frame 4 its To tag"),
                                         HasSubstr("the challenge that frame 5 answers")));
}

TEST(MissingMessages, are_shown_by_a_device_that_goes_on_before_it_could_time_out) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER");
  t.registration(primary, 20s);
  EXPECT_THAT(missing_in(t),
              ElementsAre("a transmission beside frame 1",
                          "the response to frame 1, as the device went on with frame 2"));
}

TEST(MissingMessages, are_shown_by_a_gap_in_CSeq_unless_it_is_a_habit) {
  TraceBuilder once;
  once.registration(primary, 0s);
  once.registration(primary, 60s);
  once.at(120s).from_device(primary).request("REGISTER", {.cseq = 4});
  once.to_device(primary).response(200);
  EXPECT_THAT(missing_in(once), ElementsAre("a request with a lower CSeq than frame 5"));

  TraceBuilder always;
  for (std::uint32_t n = 0; n < 4; ++n) {
    always.at(60s * static_cast<int>(n))
        .from_device(primary)
        .request("REGISTER", {.cseq = 1 + n * 2});
    always.to_device(primary).response(200);
  }
  EXPECT_THAT(missing_in(always), IsEmpty());
}

TEST(MissingMessages, are_shown_by_a_series_that_leaves_out_one_transmission) {
  EXPECT_THAT(missing_in_series({500ms, 1500ms, 7500ms, 15500ms, 31500ms}),
              ElementsAre("a transmission beside frame 6"));
  EXPECT_THAT(missing_in_series({500ms, 1500ms, 3500ms, 7500ms, 15500ms}),
              ElementsAre("a transmission beside frame 8"));
}

TEST(MissingMessages, are_not_shown_by_a_device_that_keeps_other_times) {
  const std::vector<Duration> capped_at_t2{500ms,   1500ms,  3500ms,  7500ms,  11500ms,
                                           15500ms, 19500ms, 23500ms, 27500ms, 31500ms};
  EXPECT_THAT(missing_in_series(capped_at_t2), IsEmpty());
}

TEST(MissingMessages, are_shown_by_one_request_that_is_neither_answered_nor_sent_again) {
  EXPECT_THAT(missing_in_series({}), ElementsAre("a transmission beside frame 3"));
  TraceBuilder twice;
  twice.registration(primary, 0s);
  twice.at(60s).from_device(primary).request("INVITE");
  twice.at(120s).from_device(primary).request("INVITE");
  twice.ends(200s);
  EXPECT_THAT(missing_in(twice), IsEmpty()) << "a habit";
}

TEST(MissingMessages, are_shown_by_a_series_that_leaves_out_several_transmissions) {
  EXPECT_THAT(missing_in_series({500ms, 7500ms, 15500ms, 31500ms}),
              ElementsAre("a transmission beside frame 5"));
  EXPECT_THAT(missing_in_series({500ms, 1500ms}), ElementsAre("a transmission beside frame 5"));
}

TEST(MissingMessages, are_shown_by_a_series_that_begins_with_the_capture) {
  TraceBuilder t;
  t.retransmissions(t.at(0s).from_device(primary).request("INVITE"), {4s, 12s, 28s});
  t.ends(100s);
  EXPECT_THAT(missing_in(t), ElementsAre("transmissions before frame 1"));
}

TEST(MissingMessages, are_shown_by_what_is_not_repeated) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  const auto busy = t.at(5s).from_device(primary).request("INVITE");
  t.at(8s).to_device(primary).response(486, {.to = busy});
  t.at(20s).to_device(secondary).request("OPTIONS");
  t.ends(60s);
  EXPECT_THAT(missing_in(t),
              ElementsAre(HasSubstr("the ACK to frame 6"), HasSubstr("the response to frame 7")));
}

TEST(MissingMessages, are_all_of_a_direction) {
  TraceBuilder t;
  for (std::uint32_t n = 0; n < 3; ++n)
    t.at(60s * static_cast<int>(n)).from_device(primary).request("REGISTER", {.cseq = 1 + n});
  EXPECT_THAT(missing_in(t), ElementsAre(HasSubstr("all that the primary said")));
}

}  // namespace
}  // namespace sipharness::observed
