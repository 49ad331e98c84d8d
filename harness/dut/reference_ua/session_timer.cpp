#include "harness/dut/reference_ua/session_timer.hpp"

namespace sipharness::dut {
namespace {

using sip::Refresher;

std::string written(Duration expires, Refresher refresher) {
  return to_string(
      sip::SessionExpires{std::chrono::duration_cast<std::chrono::seconds>(expires), refresher});
}

}  // namespace

std::optional<SessionInterval> settled_by(const sip::MessageView& message, bool asked) {
  const auto session = sip::parse_session_expires(message.header(sip::HeaderId::session_expires));
  if (!session) return std::nullopt;
  // §9: in a 2xx the refresher is said; a request may leave it to us, and we leave it to the UAC.
  const bool is_uac = session->refresher != Refresher::uas;
  return SessionInterval{session->interval, is_uac == asked};
}

void SessionTimer::start(const std::optional<SessionInterval>& interval) {
  interval_ = interval;
  refresh_.cancel();
  expiry_.cancel();
  if (!interval_) return;
  const Duration expires = interval_->expires;
  if (!interval_->we_refresh) {
    if (core_.deviates(Deviation::outlives_its_session)) return;
    expiry_ = core_.world().call_after(expires - sip::margin_before_expiry(expires),
                                       [this] { events_.on_expiry(); });
    return;
  }
  const bool is_late = core_.deviates(Deviation::refreshes_sessions_late);
  refresh_ = core_.world().call_after(is_late ? expires * 4 / 5 : expires / 2,
                                      [this] { events_.on_refresh_due(); });
  expiry_ = core_.world().call_after(expires, [this] { events_.on_expiry(); });
}

std::string SessionTimer::wish() const {
  if (interval_)
    return written(interval_->expires, interval_->we_refresh ? Refresher::uac : Refresher::uas);
  return {};
}

std::string SessionTimer::answer() const {
  if (!interval_) return {};
  return written(interval_->expires, interval_->we_refresh ? Refresher::uas : Refresher::uac);
}

}  // namespace sipharness::dut
