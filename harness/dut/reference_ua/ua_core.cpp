#include "harness/dut/reference_ua/ua_core.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/dut/reference_ua/hearing_deviations.hpp"
#include "harness/dut/reference_ua/timing_policy.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::dut {
namespace {

using sip::HeaderId;

constexpr std::string_view user_agent = "sipharness-reference/0.1";
constexpr std::string_view allowed = "INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY, UPDATE";
/// policy: where we would listen for RTP; nobody checks what arrives there.
constexpr std::uint16_t media_port = 16384;

}  // namespace

ClientRequest::ClientRequest(sip::TransactionLayer& layer, sip::ClientId id, std::string text,
                             sip::Hop hop)
    : layer_(&layer), id_(id), text_(std::move(text)), hop_(hop) {}

ClientRequest::ClientRequest(ClientRequest&& other) noexcept {
  *this = std::move(other);
}

ClientRequest& ClientRequest::operator=(ClientRequest&& other) noexcept {
  std::swap(layer_, other.layer_);
  std::swap(id_, other.id_);
  std::swap(text_, other.text_);
  std::swap(hop_, other.hop_);
  return *this;
}

ClientRequest::~ClientRequest() {
  if (layer_ != nullptr) layer_->abandon(id_);
}

void ClientRequest::forget() {
  if (layer_ != nullptr) layer_->forget(id_);
}

UaCore::UaCore(world::World& world, const Rng& rng, const ReferenceUaOptions& options,
               Handlers handlers)
    : world_(world),
      rng_(rng.fork("identifiers")),
      options_(options),
      message_deviations_(options.deviations, rng.fork("deviations"), options.secondary),
      transport_(open_at(options.local)),
      contact_(transport_->local()),
      transactions_(
          world,
          {.name = options.name,
           .timers = options.profile.timers,
           .send = [this](const sip::Hop& hop,
                          std::string_view bytes) { send_from_transaction(bytes, hop); },
           .on_request = std::move(handlers.on_request),
           .on_ack = [on_ack = std::move(handlers.on_ack)](const sip::MessageView& ack,
                                                           const sip::Hop&) { on_ack(ack); },
           .on_stray_response = [on_stray = std::move(handlers.on_stray_response)](
                                    const sip::MessageView& response,
                                    const sip::Hop&) { on_stray(response); },
           .on_confirmed = {},
           .auto_trying = !has(options.deviations, Deviation::leaves_a_caller_without_a_word),
           .client_quirks = client_quirks(options.profile, options.deviations),
           .server_quirks = server_quirks(options.deviations)}) {}

std::unique_ptr<sip::SipTransport> UaCore::open_at(const Endpoint& local) {
  return std::make_unique<sip::SipTransport>(
      world_, local,
      sip::SipTransport::Handlers{
          .on_message = [this](const sip::MessageView& message,
                               const sip::Hop& hop) { receive(message, hop); },
          .on_malformed =
              [this](std::string_view, const sip::Hop&) {
                if (deviates(Deviation::dies_at_a_broken_answer)) die();
              },
          .on_keep_alive = {},
          .on_failure = [this](const sip::Hop& hop,
                               world::StreamEnd end) { on_unreachable(hop, end); },
          .on_closed =
              [this](const sip::Hop& hop) {
                if (deviates(Deviation::is_deaf_after_a_fin)) lost_.push_back(hop.remote);
              }});
}

void UaCore::move_to(const IpAddress& address) {
  transport_->freeze_streams();
  left_.push_back(std::move(transport_));
  std::erase_if(left_, [&](const auto& one) { return one->local().address == address; });
  transport_ = open_at({address, left_.back()->local().port});
  if (!deviates(Deviation::keeps_its_contact_when_it_moves)) contact_ = transport_->local();
}

void UaCore::on_unreachable(const sip::Hop& hop, world::StreamEnd end) {
  if (hop.transport == Transport::udp && deviates(Deviation::is_deaf_to_icmp)) return;
  transactions_.transport_failed(hop, end == world::StreamEnd::reset
                                          ? sip::ClientFailure::connection_lost
                                          : sip::ClientFailure::transport_failed);
  if (deviates(Deviation::sends_into_a_reset_connection) && end == world::StreamEnd::reset)
    lost_.push_back(hop.remote);
}

Transport UaCore::transport() const {
  return deviates(Deviation::uses_tcp_against_profile)
             ? Transport::tcp
             : profile().transport.value_or(Transport::udp);
}

sip::Hop UaCore::hop_to(const Endpoint& remote) const {
  return {.transport = transport(), .local = local(), .remote = remote};
}

sip::Hop UaCore::hop_towards(const sip::Dialog& dialog, const sip::Hop& otherwise) const {
  const auto uri = sip::parse_uri(dialog.next_hop_uri());
  const auto endpoint = uri ? uri->endpoint() : std::nullopt;
  if (!endpoint) return otherwise;
  return {.transport = otherwise.transport, .local = local(), .remote = *endpoint};
}

std::optional<sip::Hop> UaCore::stray_hop() const {
  const bool astray = deviates(Deviation::sends_bye_to_primary) ||
                      (primary_returned_ && deviates(Deviation::follows_the_returned_primary));
  return astray ? std::optional(hop_to(options_.primary)) : std::nullopt;
}

std::string UaCore::address_of_record(const Server& server) const {
  return fmt::format("sip:{}@{}", profile().account.user, server.domain());
}

std::string UaCore::new_via() {
  return fmt::format("SIP/2.0/{} {};branch={}{}", transport() == Transport::tcp ? "TCP" : "UDP",
                     local().text(), sip::new_branch(rng_),
                     profile().rport.value_or(true) ? ";rport" : "");
}

std::string UaCore::contact() const {
  return fmt::format("<{}>", sip::make_uri(profile().account.user, contact_, transport()));
}

sip::Sdp UaCore::media(std::uint64_t version) const {
  return {.media = {.address = local().address, .port = media_port},
          .direction = sip::MediaDirection::sendrecv,
          .session_id = 1,
          .version = version};
}

void UaCore::introduce(sip::MessageBuilder& message) const {
  message.header(HeaderId::user_agent, user_agent)
      .header("Allow", allowed)
      .header(HeaderId::supported, fmt::format("path{}{}", profile().session_timer ? ", timer" : "",
                                               profile().reliable_provisionals ? ", 100rel" : ""));
}

sip::MessageBuilder UaCore::reply(const sip::ServerTransaction& transaction, int status,
                                  std::string_view to_tag) {
  auto response = transaction.response(status, to_tag);
  response.header(HeaderId::contact, contact());
  introduce(response);
  return response;
}

void UaCore::answer(sip::ServerTransaction& transaction, int status) {
  auto response = transaction.response(status, rng_.hex(16));
  introduce(response);
  transaction.respond(response.str());
}

void UaCore::refuse_method(sip::ServerTransaction& transaction) {
  answer(transaction, transaction.request().method() == sip::Method::unknown ? 501 : 405);
}

ClientRequest UaCore::start(const sip::MessageBuilder& request, const sip::Hop& hop,
                            sip::ClientEvents events) {
  return start_text(request.str(), hop, std::move(events));
}

ClientRequest UaCore::start_text(std::string request, const sip::Hop& hop,
                                 sip::ClientEvents events) {
  std::string text = message_deviations_.apply(std::move(request), hop);
  if (hop.transport == Transport::tcp) events = giving_up_dead_streams(std::move(events), hop);
  const sip::ClientId id = transactions_.start(text, hop, std::move(events));
  return ClientRequest(transactions_, id, std::move(text), hop);
}

sip::ClientEvents UaCore::giving_up_dead_streams(sip::ClientEvents events, const sip::Hop& hop) {
  events.on_failure = [this, hop, tell = std::move(events.on_failure)](sip::ClientFailure failure) {
    if (failure == sip::ClientFailure::timed_out) transport_->end_stream(hop.remote);
    if (tell) tell(failure);
  };
  return events;
}

void UaCore::send_ack(std::string ack, const sip::Hop& hop) {
  put_on_the_wire(message_deviations_.apply(std::move(ack), hop), hop);
}

void UaCore::receive(const sip::MessageView& message, const sip::Hop& hop) {
  if (hop.local.address != local().address) return;
  const bool is_from_elsewhere =
      message.is_response() && hop.remote != options_.primary && hop.remote != options_.secondary;
  if (is_from_elsewhere && deviates(Deviation::is_deaf_to_other_ports)) return;
  if (!alters_received(options_.deviations)) return transactions_.receive(message, hop);
  const std::string text = altered(message, local(), options_.deviations);
  transactions_.receive(sip::MessageView::parse(text), hop);
}

void UaCore::send_from_transaction(std::string_view bytes, const sip::Hop& hop) {
  if (bytes.starts_with("SIP/2.0 ")) return send_response(bytes, hop);
  // Every other request passed through the deviations when its transaction began.
  if (!bytes.starts_with("ACK ")) return send_raw(bytes, hop);
  send_ack(std::string(bytes), hop);
}

void UaCore::send_response(std::string_view bytes, const sip::Hop& hop) {
  sip::Hop way = hop;
  const bool is_to_update = sip::MessageView::parse(bytes).method() == sip::Method::update;
  if (is_to_update && deviates(Deviation::answers_at_the_other_server))
    way.remote = hop.remote == options_.primary ? options_.secondary : options_.primary;
  put_on_the_wire(message_deviations_.apply_to_response(std::string(bytes), hop), way);
}

void UaCore::send_raw(std::string_view bytes, const sip::Hop& hop) {
  put_on_the_wire(bytes, hop);
}

void UaCore::put_on_the_wire(std::string_view bytes, const sip::Hop& hop) {
  if (std::ranges::find(lost_, hop.remote) != lost_.end()) return;
  transport_->send(hop, bytes);
}

}  // namespace sipharness::dut
