#include "harness/observed/server_messages.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include "harness/observed/retry_after.hpp"
#include "harness/observed/spans.hpp"

namespace sipharness::observed {
namespace {

/// What one server sent.
struct FromServer {
  std::vector<CaptureTime> times;  ///< of all messages, sorted
  std::optional<CaptureTime> first_503;
  Spans waits{{}};
  bool has_challenged = false;
};

FromServer find_from(const Phone& phone, ServerRole server) {
  FromServer from;
  std::vector<Spans::Span> waits;
  for (const Message& message : phone.messages) {
    if (!message.to_device() || message.server != server) continue;
    from.times.push_back(message.at);
    const int status = message.sip.status();
    from.has_challenged |= status == 401 || status == 407;
    if (status != 503) continue;
    from.first_503 = std::min(from.first_503.value_or(message.at), message.at);
    if (const auto wait = retry_after(message.sip))
      waits.push_back({.from = message.at, .until = message.at + *wait});
  }
  std::ranges::sort(from.times);
  from.waits = Spans(std::move(waits));
  return from;
}

std::array<FromServer, 3> find_from_servers(const Phone& phone) {
  return {find_from(phone, ServerRole::none), find_from(phone, ServerRole::primary),
          find_from(phone, ServerRole::secondary)};
}

const FromServer& from(const Phone& phone, ServerRole server) {
  return phone.derived<find_from_servers>()[static_cast<std::size_t>(server)];
}

}  // namespace

std::optional<CaptureTime> last_heard(const Phone& phone, ServerRole server, CaptureTime at) {
  const std::vector<CaptureTime>& times = from(phone, server).times;
  const auto next = std::ranges::upper_bound(times, at);
  return next == times.begin() ? std::nullopt : std::optional(*std::prev(next));
}

std::optional<CaptureTime> next_heard(const Phone& phone, ServerRole server, CaptureTime at) {
  const std::vector<CaptureTime>& times = from(phone, server).times;
  const auto next = std::ranges::upper_bound(times, at);
  return next == times.end() ? std::nullopt : std::optional(*next);
}

bool asked_to_wait(const Phone& phone, ServerRole server, CaptureTime at) {
  return from(phone, server).waits.any_at(at);
}

bool had_sent_503(const Phone& phone, ServerRole server, CaptureTime at) {
  const auto& first = from(phone, server).first_503;
  return first && *first <= at;
}

bool is_ever_challenged(const Phone& phone) {
  return std::ranges::any_of(phone.derived<find_from_servers>(), &FromServer::has_challenged);
}

}  // namespace sipharness::observed
