#include "harness/observed/repeats.hpp"

#include <algorithm>
#include <compare>
#include <map>
#include <string_view>
#include <utility>

#include "harness/observed/attempt_of.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/grants.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/subscriptions.hpp"
#include "harness/sip/address.hpp"

namespace sipharness::observed {
namespace {

/// What makes a request the same again, whatever its Call-ID: a device that spins may take a new
/// one.
struct RepeatKind {
  sip::Method method = sip::Method::unknown;
  ServerRole server = ServerRole::none;
  std::string_view request_uri;  ///< overlap dialling adds digits. @source RFC 3578 §3.2
  std::string_view to;
  std::string_view event;
  std::string_view body;  ///< empty if it may describe a session, which has another one each time
  auto operator<=>(const RepeatKind&) const = default;
};

std::string_view content_of(const sip::MessageView& request) {
  const bool may_describe_a_session =
      request.method() == sip::Method::invite || request.method() == sip::Method::update;
  return may_describe_a_session ? std::string_view() : request.body();
}

class SeriesFinder {
 public:
  explicit SeriesFinder(const Phone& phone) : phone_(phone) {}

  std::vector<RefusedSeries> find() {
    for (const Transaction* request : client_transactions(phone_))
      if (request->final && request->method != sip::Method::cancel) take(*request);
    for (auto& [kind, series] : open_) close(series);
    for (const ServerRole server : both_servers) look_for_renewals(server);
    return std::move(found_);
  }

 private:
  RepeatKind kind_of(const Transaction& request) const {
    const sip::MessageView& sip = opening(phone_, request).sip;
    const auto to = sip::parse_address(sip.header(sip::HeaderId::to));
    return {request.method, request.server, sip.request_uri(), to ? to->uri : std::string_view(),
            event_of(sip),  content_of(sip)};
  }

  /// Whoever asks with OPTIONS only whether the server is there has its answer in any response.
  static Duration pause_after(const Transaction& request) {
    return request.method == sip::Method::options ? policy::no_wait : policy::least_wait;
  }

  bool is_refused(const Transaction& request) const {
    const int status = phone_.message(*request.final).sip.status();
    const RegisterAttempt* attempt = attempt_of(phone_, request);
    return (status >= 300 && status != 491) || (attempt && is_accepted_for_nothing(*attempt));
  }

  void take(const Transaction& request) {
    if (is_refused(request))
      open_[kind_of(request)].refused.push_back(&request);
    else if (!open_.empty())
      close(open_[kind_of(request)]);
  }

  /// What was granted for a few seconds has to be renewed in less.
  static bool is_made_for_long(const RegisterAttempt& attempt) {
    return attempt.ok && !attempt.unregister && !is_accepted_for_nothing(attempt) &&
           attempt.granted > 2 * policy::least_wait;
  }

  /// Such as those of a device that learns another address of its own from each 200.
  void look_for_renewals(ServerRole server) {
    const auto minute = busiest_minute(phone_, server);
    if (minute.size() <= most_repeats_a_minute) return;
    RefusedSeries series{.refused = {}, .most = minute.size(), .is_accepted = true};
    for (const RegisterAttempt* attempt : minute) {
      if (!is_made_for_long(*attempt)) return;
      series.refused.push_back(&last_of(phone_, *attempt));
    }
    found_.push_back(std::move(series));
  }

  CaptureTime start(const Transaction& request) const { return opening(phone_, request).at; }

  /// The requests before `last` that it does not follow at once count no more.
  bool is_after_a_pause(const Transaction& before, const Transaction& last) const {
    return start(last) - phone_.at(*before.final) >= pause_after(last);
  }

  void close(RefusedSeries& series) {
    const std::vector<const Transaction*>& refused = series.refused;
    for (std::size_t first = 0, last = 0; last < refused.size(); ++last) {
      if (last > 0 && is_after_a_pause(*refused[last - 1], *refused[last])) first = last;
      while (start(*refused[last]) - start(*refused[first]) >= 1min) ++first;
      series.most = std::max(series.most, last - first + 1);
    }
    if (refused.size() >= policy::enough_attempts) found_.push_back(std::move(series));
    series = {};
  }

  const Phone& phone_;
  std::map<RepeatKind, RefusedSeries> open_;
  std::vector<RefusedSeries> found_;
};

}  // namespace

std::vector<RefusedSeries> find_refused_series(const Phone& phone) {
  return SeriesFinder(phone).find();
}

Evidence evidence_of(const Phone& phone, const RefusedSeries& series) {
  Evidence evidence = evidence_of(phone, opening(phone, *series.refused.front()));
  evidence.messages.clear();
  for (const Transaction* request : series.refused)
    evidence.messages.push_back(request->sends.front());
  return evidence;
}

}  // namespace sipharness::observed
