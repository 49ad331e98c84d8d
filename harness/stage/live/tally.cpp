#include "harness/stage/live/tally.hpp"

#include <functional>

#include <fmt/format.h>

namespace sipharness::stage {
namespace {

/// The device sends it again with what it lacked.
bool asks_for_another(int status) {
  return status == 401 || status == 407 || status == 423 || status / 100 == 3;
}

/// A call is one however many INVITEs it takes; each REGISTER stands for itself.
std::string name_of(const sip::MessageView& message) {
  if (message.method() == sip::Method::invite) return std::string(message.call_id());
  return fmt::format("{} {}", message.call_id(), message.header(sip::HeaderId::cseq));
}

}  // namespace

bool Tally::is_new(std::string_view what, const std::string& server,
                   const sip::MessageView& message) {
  const std::string key = fmt::format("{} {} {}", what, server, name_of(message));
  return counted_.insert(std::hash<std::string>()(key)).second;
}

void Tally::take(const std::string& server, const sip::MessageView& message) {
  const bool is_call =
      message.is_request() && message.method() == sip::Method::invite && message.to_tag().empty();
  if (is_call && is_new("call", server, message)) ++counts_[server].calls;
  if (message.is_response() && message.is_final()) take_final(server, message);
}

void Tally::take_final(const std::string& server, const sip::MessageView& message) {
  Counts& counts = counts_[server];
  if (message.method() == sip::Method::invite) {
    if (message.is_success() && is_new("answer", server, message)) ++counts.answered;
    return;
  }
  if (message.method() != sip::Method::register_ || asks_for_another(message.status())) return;
  if (is_new("register", server, message))
    ++(message.is_success() ? counts.registered : counts.refused);
}

Tally::Counts Tally::at(const std::string& server) const {
  const auto found = counts_.find(server);
  return found == counts_.end() ? Counts() : found->second;
}

}  // namespace sipharness::stage
