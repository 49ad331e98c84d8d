#include "harness/dut/reference_ua/outgoing_leg.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/sip/named_header.hpp"
#include "harness/sip/option_tags.hpp"
#include "harness/sip/rack.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/transaction/requests.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::dut {
namespace {

std::int64_t to_whole_seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

using sip::HeaderId;

/// Of a response that is to be acknowledged by PRACK. @source RFC 3262 §4, §7.1
std::optional<std::uint32_t> rseq_of(const sip::MessageView& response) {
  if (!sip::lists_option(response, HeaderId::require, "100rel")) return std::nullopt;
  return sip::parse_unsigned<std::uint32_t>(sip::header_named(response, "RSeq"));
}

/// More branches than this answering one INVITE are not believed.
constexpr std::size_t max_forks = 8;
/// Of the deviation ends_a_late_answer_late.
constexpr Duration bye_delay = 5s;
/// Of the deviation shuns_after_bare_503.
constexpr Duration quarantine = 60s;
/// Of the deviations reconnects_after_delay and insists_on_a_refused_connection.
constexpr Duration reconnect_delay = 3s;
constexpr Duration retry_delay = 3s;

}  // namespace

OutgoingLeg::OutgoingLeg(UaCore& core, const Stop& stop, CallIdentity& identity, Events events)
    : core_(core),
      server_(*stop.server),
      machine_(stop.machine),
      identity_(identity),
      events_(std::move(events)) {}

void OutgoingLeg::start() {
  const std::string target = server_.uri(identity_.number);
  auto request = sip::MessageBuilder::request("INVITE", target);
  request.header(HeaderId::via, core_.new_via())
      .header(HeaderId::max_forwards, "70")
      .header(HeaderId::from,
              fmt::format("<{}>;tag={}", core_.address_of_record(server_), identity_.from_tag))
      .header(HeaderId::to, fmt::format("<sip:{}@{}>", identity_.number, server_.domain()))
      .header(HeaderId::call_id, identity_.call_id)
      .header(HeaderId::cseq, fmt::format("{} INVITE", identity_.cseq))
      .header(HeaderId::contact, core_.contact());
  if (const std::string& route = preloaded_route(); !route.empty())
    request.header(HeaderId::route, route);
  server_.authenticator.authorize(request, "INVITE", target);
  core_.introduce(request);
  if (identity_.session)
    request.header(HeaderId::session_expires, std::to_string(to_whole_seconds(*identity_.session)))
        .header(HeaderId::min_se, std::to_string(to_whole_seconds(core_.profile().min_se)));
  request.body("application/sdp", sip::format_sdp(core_.media(1)));
  invite_ = core_.start(
      request, core_.hop_to(machine_),
      {.on_response = [this](const sip::MessageView& response) { on_response(response); },
       .on_failure = [this](sip::ClientFailure failure) { on_failure(failure); }});
}

const std::string& OutgoingLeg::preloaded_route() {
  if (identity_.first_route.empty()) identity_.first_route = server_.service_route;
  return core_.deviates(Deviation::keeps_the_route_of_the_first_server) ? identity_.first_route
                                                                        : server_.service_route;
}

bool OutgoingLeg::finish() {
  return std::exchange(state_, State::finished) == State::wanted;
}

void OutgoingLeg::give_up() {
  if (state_ != State::wanted) return;
  state_ = State::unwanted;
  if (had_provisional_ || core_.deviates(Deviation::cancels_before_provisional)) cancel();
}

void OutgoingLeg::abort() {
  give_up();
  invite_.forget();
}

void OutgoingLeg::on_response(const sip::MessageView& response) {
  if (core_.deviates(Deviation::dies_at_first_call)) return core_.die();
  if (response.is_provisional()) return on_provisional(response);
  expiry_.cancel();
  if (response.is_success()) return on_success(response);
  if (state_ != State::wanted) {
    state_ = State::finished;
    return;
  }
  if (is_challenge(response)) return on_challenge(response);
  if (response.status() == 422) return on_interval_too_small(response);
  on_rejection(response);
}

void OutgoingLeg::on_provisional(const sip::MessageView& response) {
  rings_again_ = !acknowledged_.empty();
  if (rings_again_) return;
  had_provisional_ = true;
  acknowledge_provisional(response);
  // §9.1: a CANCEL that had to wait is sent now.
  if (state_ == State::wanted) return events_.on_provisional();
  if (!core_.deviates(Deviation::forgets_to_cancel)) cancel();
}

void OutgoingLeg::acknowledge_provisional(const sip::MessageView& response) {
  const auto rseq = rseq_of(response);
  if (!rseq || response.to_tag().empty() || core_.deviates(Deviation::never_sends_prack)) return;
  const auto known = early_.find(response.to_tag());
  // §4: a copy, or one whose forerunner is missing, is not acknowledged.
  if (known != early_.end() && *rseq != known->second.rseq + 1) return;
  if (known == early_.end() && early_.size() == max_forks) return;
  Early& early = known != early_.end()
                     ? known->second
                     : early_
                           .emplace(response.to_tag(),
                                    Early{sip::Dialog::from_response(invite_.view(), response)})
                           .first->second;
  early.rseq = *rseq;
  auto prack = early.dialog.request("PRACK", early.dialog.next_cseq(), core_.new_via());
  const std::uint32_t named =
      core_.deviates(Deviation::acknowledges_another_provisional) ? *rseq + 1 : *rseq;
  prack.header("RAck", sip::rack_for(named, invite_.view().cseq()));
  server_.authenticator.authorize(prack, "PRACK", early.dialog.remote_target());
  core_.introduce(prack);
  pracks_.push_back(core_.start(prack, core_.hop_towards(early.dialog, invite_.hop()), {}));
}

void OutgoingLeg::on_challenge(const sip::MessageView& response) {
  const bool is_first = !server_.authenticator.was_challenged();
  if (is_first && core_.deviates(Deviation::takes_a_first_challenge_for_a_failure)) {
    state_ = State::finished;
    server_.authenticator.accept(invite_.view(), response);
    return events_.on_unavailable();
  }
  if (repairs_left_-- > 0 && server_.authenticator.accept(invite_.view(), response)) {
    ++identity_.cseq;
    had_provisional_ = false;
    return start();
  }
  on_rejection(response);
}

void OutgoingLeg::on_interval_too_small(const sip::MessageView& response) {
  const auto least = sip::parse_session_expires(response.header(HeaderId::min_se));
  if (!least || !identity_.session || repairs_left_-- == 0) return on_rejection(response);
  if (!core_.deviates(Deviation::insists_on_a_short_session))
    identity_.session = std::max<Duration>(*identity_.session, least->interval);
  ++identity_.cseq;
  had_provisional_ = false;
  start();
}

void OutgoingLeg::on_rejection(const sip::MessageView& response) {
  state_ = State::finished;
  server_.take_retry_after(response, core_.world().now());
  is_of_the_server(response.status()) ? events_.on_unavailable() : events_.on_refused();
}

bool OutgoingLeg::is_of_the_server(int status) {
  if (status == 486 && core_.deviates(Deviation::seeks_the_busy_elsewhere)) return true;
  if (status == 499 && core_.deviates(Deviation::seeks_the_unknown_elsewhere)) return true;
  // RFC 3263 §4.3: 503 means this server, any other answer means the call.
  if (status != 503 || core_.deviates(Deviation::gives_up_at_503)) return false;
  if (core_.deviates(Deviation::shuns_after_bare_503))
    server_.quarantined_until = core_.world().now() + quarantine;
  return true;
}

void OutgoingLeg::on_failure(sip::ClientFailure failure) {
  const bool is_lost = failure == sip::ClientFailure::connection_lost;
  if (is_lost && state_ == State::wanted && tries_left_-- > 0)
    return start_again(delay_before_reconnect());
  const bool is_refused = failure == sip::ClientFailure::transport_failed &&
                          core_.deviates(Deviation::insists_on_a_refused_connection);
  if (is_refused && state_ == State::wanted && tries_left_-- > 0) return start_again(retry_delay);
  // §8.1.3.1: no answer is a 408, no way there is a 503; the next server is tried after both.
  const bool is_broken = failure != sip::ClientFailure::timed_out;
  if (!is_broken || !core_.deviates(Deviation::drops_the_call_at_icmp)) return on_silence();
  if (finish()) events_.on_refused();
}

Duration OutgoingLeg::delay_before_reconnect() const {
  return core_.deviates(Deviation::reconnects_after_delay) ? reconnect_delay : Duration::zero();
}

/// The server may have restarted: another connection, and the request with a new branch.
void OutgoingLeg::start_again(Duration after) {
  if (after == Duration::zero()) return start();
  again_ = core_.world().call_after(after, [this] {
    if (state_ == State::wanted) start();
  });
}

void OutgoingLeg::on_silence() {
  if (state_ == State::wanted && core_.deviates(Deviation::cancels_before_provisional)) cancel();
  if (finish()) events_.on_unavailable();
}

void OutgoingLeg::on_success(const sip::MessageView& response) {
  if (const auto known = acknowledged_.find(response.to_tag()); known != acknowledged_.end()) {
    if (core_.deviates(Deviation::acknowledges_an_answer_once)) return;
    return core_.send_ack(known->second.ack, known->second.hop);
  }
  if (acknowledged_.size() == max_forks) return;
  if (!acknowledged_.empty() && core_.deviates(Deviation::acknowledges_one_of_two_answers)) return;
  auto dialog = sip::Dialog::from_response(invite_.view(), response);
  if (const auto early = early_.find(response.to_tag()); early != early_.end())
    dialog.continue_numbers_of(early->second.dialog);
  const sip::Hop hop = core_.hop_towards(dialog, invite_.hop());
  const std::string ack = sip::make_ack(dialog, invite_.view(), core_.new_via());
  acknowledged_.emplace(response.to_tag(), Acknowledged{ack, hop});
  core_.send_ack(ack, hop);
  if (identity_.session) session_interval_ = settled_by(response, true);
  if (finish()) return events_.on_answered(std::move(dialog), hop);
  const bool is_of_a_fork = acknowledged_.size() > 1;
  if (core_.deviates(is_of_a_fork ? Deviation::keeps_both_forks : Deviation::keeps_both_answers) ||
      core_.deviates(Deviation::keeps_an_unwanted_answer))
    return;
  if (!core_.deviates(Deviation::ends_a_late_answer_late)) return end_unwanted(dialog, hop);
  late_end_ = core_.world().call_after(
      bye_delay, [this, dialog = std::move(dialog), hop]() mutable { end_unwanted(dialog, hop); });
}

void OutgoingLeg::end_unwanted(sip::Dialog& dialog, const sip::Hop& hop) {
  auto bye = dialog.request("BYE", dialog.next_cseq(), core_.new_via());
  server_.authenticator.authorize(bye, "BYE", dialog.remote_target());
  core_.introduce(bye);
  byes_.push_back(core_.start(bye, hop, {}));
}

void OutgoingLeg::cancel() {
  if (std::exchange(cancelled_, true)) return;
  cancel_ = core_.start_text(sip::make_cancel(invite_.view()), invite_.hop(), {});
  // §9.1: without a final response by then the INVITE counts as cancelled.
  expiry_ = core_.world().call_after(core_.profile().timers.sixty_four_t1(), [this] {
    invite_.forget();
    if (core_.deviates(Deviation::rings_on_after_a_missing_487)) events_.on_unavailable();
  });
}

bool OutgoingLeg::take_stray(const sip::MessageView& response) {
  const sip::MessageView invite = invite_.view();
  const sip::Via& ours = invite.via();
  if (response.method() != sip::Method::invite || response.via().branch != ours.branch ||
      response.via().sent_by != ours.sent_by)  // §18.1.2: not for us
    return false;
  take_late_response(response);
  return true;
}

void OutgoingLeg::take_late_response(const sip::MessageView& response) {
  if (response.is_success()) {
    if (!core_.deviates(Deviation::ignores_late_answers_and_their_bye)) on_success(response);
    return;
  }
  // By the book the transaction is over and strays mean nothing (§18.1.2). A device that left
  // early still owes the server what the living transaction would have sent.
  if (!core_.profile().max_request_retries) return;
  if (response.is_provisional()) {
    if (!core_.deviates(Deviation::never_cancels_late)) cancel();
    return;
  }
  if (core_.deviates(Deviation::never_acknowledges_late_errors)) return;
  core_.send_ack(sip::make_failure_ack(invite_.view(), response), invite_.hop());
}

}  // namespace sipharness::dut
