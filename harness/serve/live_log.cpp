#include "harness/serve/live_log.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "harness/base/rng.hpp"
#include "harness/trace/users.hpp"

namespace sipharness::serve {
namespace {

/// policy: longer than a capture keeps a frame back, short enough for a person.
constexpr Duration hold = 100ms;
/// policy: enough for hours by hand; older ones are forgotten as a whole.
constexpr std::size_t most_remembered = 65'536;

std::string shown(std::string_view text, std::size_t longest = 32) {
  std::string clean(text.substr(0, longest));
  std::ranges::replace_if(
      clean, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text.size() > longest ? clean + "..." : clean;
}

/// "14:03:07.250" of the local day.
std::string clock_text(CaptureTime at) {
  const auto since_1970 = at.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_1970);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(since_1970 - seconds);
  const std::time_t time = seconds.count();
  std::tm local{};
  localtime_r(&time, &local);
  return fmt::format("{:02}:{:02}:{:02}.{:03}", local.tm_hour, local.tm_min, local.tm_sec,
                     millis.count());
}

std::string describe(const sip::MessageView& message) {
  const std::string_view from = trace::user_in(message, sip::HeaderId::from);
  const std::string_view to = trace::user_in(message, sip::HeaderId::to);
  const std::string what =
      message.is_request() ? shown(message.method_text())
                           : fmt::format("{} ({})", message.status(), shown(message.method_text()));
  return fmt::format("{:<16} CSeq {:<4} {} > {}", what, message.cseq(), shown(from), shown(to));
}

}  // namespace

LiveLog::LiveLog(world::World& world, const scenario::Scenario& scenario, Print print)
    : world_(world), scenario_(scenario), print_(std::move(print)) {}

const scenario::Server* LiveLog::server_of(const capture::Origin& origin, bool& to_server) const {
  for (const scenario::Server& server : scenario_.servers) {
    const Endpoint endpoint{*server.address, server.port};
    to_server = endpoint == origin.destination;
    if (to_server || endpoint == origin.source) return &server;
  }
  return nullptr;
}

bool LiveLog::is_seen_again(const capture::Origin& origin, std::string_view payload) {
  if (seen_.size() >= most_remembered) seen_.clear();
  const std::string way = origin.source.text() + origin.destination.text();
  return !seen_.insert(fnv1a(way) ^ fnv1a(payload)).second;
}

void LiveLog::on_message(const stage::LiveMessage& live) {
  const capture::Origin& origin = live.origin;
  bool to_server = false;
  const scenario::Server* server = server_of(origin, to_server);
  if (server == nullptr) return;
  const Endpoint& device = to_server ? origin.source : origin.destination;
  const std::string what = live.sip.is_sip() ? describe(live.sip)
                                             : fmt::format("no SIP: {} bytes \"{}\"",
                                                           live.bytes.size(), shown(live.bytes));
  add(origin.at, fnv1a(live.bytes),
      fmt::format("{:<21} {} {:<9}  {}{}", device.text(), to_server ? "-->" : "<--", server->name,
                  what, is_seen_again(origin, live.bytes) ? "  again" : ""));
}

void LiveLog::on_stream_event(const capture::Origin& origin, capture::StreamEvent event) {
  bool to_server = false;
  const scenario::Server* server = server_of(origin, to_server);
  if (server == nullptr || event == capture::StreamEvent::established) return;
  constexpr std::array words{"SYN", "SYN again", "", "FIN", "RST"};
  add(origin.at, 0,
      fmt::format(
          "{:<21} {} {:<9}  TCP {}", (to_server ? origin.source : origin.destination).text(),
          to_server ? "-->" : "<--", server->name, words.at(static_cast<std::size_t>(event))));
}

void LiveLog::on_icmp(const capture::IcmpError& error) {
  add(error.at, 0,
      fmt::format("{:<21} ICMP: unreachable for {}", error.original_destination.text(),
                  error.original_source.text()));
}

void LiveLog::add(CaptureTime at, std::uint64_t digest, std::string text) {
  std::string line = fmt::format("{}  {}", clock_text(at), text);
  if (const auto remark = remarks_.extract(digest); !remark.empty()) line += remark.mapped();
  held_.push_back({world_.now() + hold, digest, std::move(line)});
  if (held_.size() == 1) timer_ = world_.call_after(hold, [this] { print_due(); });
}

void LiveLog::note(const std::string& text) {
  held_.push_back({world_.now() + hold, 0, "              " + text});
  if (held_.size() == 1) timer_ = world_.call_after(hold, [this] { print_due(); });
}

void LiveLog::write(const journal::Event& event) {
  if (const auto* ignored = std::get_if<journal::Ignored>(&event)) {
    const std::string remark = fmt::format("  [ignored by {}]", ignored->rule);
    const auto line =
        std::ranges::find(held_.rbegin(), held_.rend(), ignored->packet.digest, &Line::digest);
    if (line != held_.rend())
      line->text += remark;
    else if (remarks_.size() < most_remembered)
      remarks_[ignored->packet.digest] = remark;
  } else if (const auto* withheld = std::get_if<journal::Withheld>(&event)) {
    note(fmt::format("{} did not send {} [{}]", withheld->server, shown(withheld->what),
                     withheld->rule));
  } else if (const auto* delayed = std::get_if<journal::Delayed>(&event)) {
    note(fmt::format("{} answers {} {} later [{}]", delayed->server, shown(delayed->what),
                     format_duration(delayed->by), delayed->rule));
  } else if (const auto* phase = std::get_if<journal::Phase>(&event)) {
    note(fmt::format("{} is now in phase {}{}", phase->server,
                     phase->phase.empty() ? "default" : phase->phase,
                     phase->silent && phase->phase != "silent" ? ", which is silent" : ""));
  } else if (const auto* remark = std::get_if<journal::Remark>(&event)) {
    note(remark->text);
  } else if (const auto* diverted = std::get_if<journal::Diverted>(&event)) {
    note(describe(*diverted));
  } else if (const auto* port = std::get_if<journal::Port>(&event)) {
    note(fmt::format("{}: port {}", port->server, port->open ? "open" : "closed"));
  } else if (const auto* forgot = std::get_if<journal::BindingsForgotten>(&event)) {
    note(fmt::format("{} forgot its bindings", forgot->server));
  }
}

void LiveLog::print_due() {
  while (!held_.empty() && held_.front().due <= world_.now()) {
    print_(held_.front().text);
    held_.pop_front();
  }
  if (!held_.empty()) timer_ = world_.call_at(held_.front().due, [this] { print_due(); });
}

void LiveLog::flush() {
  for (const Line& line : held_) print_(line.text);
  held_.clear();
}

}  // namespace sipharness::serve
