#include "fake_servers/message_sender.hpp"

#include <fmt/format.h>

#include "harness/base/rng.hpp"

namespace fake_servers {

using sipharness::sip::Hop;
using sipharness::sip::MessageView;

namespace {

constexpr std::size_t remembered_mutes = 4'096;
/// Of UDP over IPv4; a response that repeats what a huge request names may not fit.
constexpr std::size_t most_in_a_datagram = 65'507;

std::string describe(const MessageView& message) {
  const std::string_view method = to_string(message.method());
  return message.is_response() ? fmt::format("{} to {}", message.status(), method)
                               : std::string(method);
}

}  // namespace

MessageSender::MessageSender(const Parts& parts)
    : parts_(parts),
      muted_(remembered_mutes),
      acks_left_(remembered_mutes),
      other_port_(parts.world, parts.transport.local().address),
      postponer_(parts.world) {}

void MessageSender::send(const Hop& hop, std::string_view bytes) {
  send({hop, std::string(bytes)});
}

void MessageSender::send(Outgoing message) {
  const std::string_view bytes = message.bytes;
  const Duration now = parts_.clock.now();
  if (is_cut_off_) return withhold(std::string(power_cut), bytes);
  if (const Rule* rule = withholding_rule(bytes)) return withhold(rule->name, bytes);
  if (is_withheld_ack(bytes)) return withhold("withhold_acks", bytes);
  if (parts_.link.loses_to_device(now))
    return withhold(std::string(sipharness::journal::by_chance), bytes);
  const int copies = parts_.link.duplicates_to_device(now) ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    const Duration delay = parts_.link.delay_to_device(now, message.hop.transport);
    if (delay == Duration::zero()) {
      put_on_the_wire(message);
      continue;
    }
    if (delay >= parts_.t1)
      parts_.journal.write(
          sipharness::journal::Delayed{parts_.server, std::string(sipharness::journal::by_chance),
                                       delay, describe(MessageView::parse(bytes))});
    if (!postponer_.call_after(delay, [this, message] { put_on_the_wire(message); }))
      return withhold(std::string(sipharness::journal::by_chance), bytes);
  }
}

void MessageSender::put_on_the_wire(const Outgoing& message) {
  const bool is_udp = message.hop.transport == sipharness::Transport::udp;
  if (is_udp && message.bytes.size() > most_in_a_datagram)
    return withhold("too large for a datagram", message.bytes);
  const bool is_elsewhere = message.from_other_port && parts_.transport.is_open() && is_udp;
  const auto used = is_elsewhere ? other_port_.send(message.hop.remote, message.bytes)
                                 : parts_.transport.send(message.hop, message.bytes);
  if (used)
    parts_.log.sent(*used, message.bytes, message.rewritten);
  else
    withhold("port closed", message.bytes);
}

void MessageSender::mute(const MessageView& request, const Rule& rule) {
  muted_[transaction_key(request)] = &rule;
}

void MessageSender::withhold_acks(std::string_view call_id, std::uint32_t acks) {
  acks_left_[sipharness::fnv1a(call_id)] = acks;
}

bool MessageSender::is_withheld_ack(std::string_view bytes) {
  if (acks_left_.empty()) return false;
  const MessageView message = MessageView::parse(bytes);
  if (!message.is_request() || message.method() != sipharness::sip::Method::ack) return false;
  std::uint32_t* const left = acks_left_.find(sipharness::fnv1a(message.call_id()));
  if (left == nullptr || *left == 0) return false;
  --*left;
  return true;
}

const Rule* MessageSender::withholding_rule(std::string_view bytes) {
  const sipharness::Duration now = parts_.clock.now();
  if (const Rule* rule = parts_.behaviour.silencer(now)) return rule;
  if (const Rule* rule = parts_.behaviour.muter(now)) return rule;
  if (muted_.empty()) return nullptr;
  const MessageView message = MessageView::parse(bytes);
  if (!message.is_response()) return nullptr;
  const Rule* const* rule = muted_.find(transaction_key(message));
  return rule != nullptr && parts_.behaviour.is_active(**rule, now) ? *rule : nullptr;
}

void MessageSender::withhold(const std::string& rule, std::string_view bytes) {
  parts_.journal.write(sipharness::journal::Withheld{parts_.server, rule, sipharness::fnv1a(bytes),
                                                     describe(MessageView::parse(bytes))});
}

}  // namespace fake_servers
