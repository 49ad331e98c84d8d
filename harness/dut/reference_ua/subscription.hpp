#pragma once
// One subscription to one event package at one server: begun after the first registration there,
// refreshed in its dialog before it lapses, begun anew when the server ends it or says nothing.
// @source guide.txt, "SIP Server Redundancy"; RFC 6665 §4.1.2; RFC 3842 §3 (message-summary)

#include <optional>
#include <string>

#include "harness/dut/reference_ua/ua_core.hpp"

namespace sipharness::dut {

class Subscription {
 public:
  Subscription(UaCore& core, Server& server, std::string event);
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  void start();
  /// Gives the subscription back, as far as the server still holds it.
  void stop();
  /// Tells the notifier our new Contact.
  void renew();
  bool is_stopped() const { return stopping_; }
  /// Answers a NOTIFY of this subscription, also one that comes before the 2xx (RFC 6665
  /// §4.1.2.4); false if it is not ours.
  bool take_notify(sip::ServerTransaction& transaction);

 private:
  void begin();
  void refresh();
  void send(sip::MessageBuilder request, const std::string& uri);
  std::chrono::seconds asked() const;
  std::string accepted_body() const;
  /// The status for a NOTIFY of ours.
  int notify_status() const;
  sip::MessageBuilder initial_request(const std::string& uri) const;
  void on_response(const sip::MessageView& response);
  void on_accepted(const sip::MessageView& response);
  void begin_after(Duration wait);
  void on_refused(const sip::MessageView& response);
  void on_terminated(std::string_view subscription_state);

  UaCore& core_;
  Server& server_;
  std::string event_;
  std::string call_id_;
  std::string from_tag_;
  std::uint32_t cseq_ = 0;
  int repairs_left_ = 0;
  std::optional<sip::Dialog> dialog_;
  bool stopping_ = false;
  ClientRequest request_;
  world::Timer next_;
  world::Timer timer_n_;
};

}  // namespace sipharness::dut
