#include "tests/support/trace_builder.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <variant>

#include "harness/base/assert.hpp"
#include "harness/base/rng.hpp"

namespace sipharness::test_support {
namespace {

Endpoint endpoint(std::string_view text) {
  const std::optional<Endpoint> parsed = Endpoint::parse(text);
  SIPHARNESS_ASSERT(parsed.has_value(), "TraceBuilder", TimePoint{});
  return *parsed;
}

}  // namespace

TraceBuilder::TraceBuilder() : device_(endpoint("127.0.0.1:5062")) {}

TraceBuilder& TraceBuilder::at(Duration time) {
  now_ = time;
  return *this;
}

TraceBuilder& TraceBuilder::from_device(trace::ServerRole server) {
  server_ = server;
  from_device_ = true;
  return *this;
}

TraceBuilder& TraceBuilder::to_device(trace::ServerRole server) {
  server_ = server;
  from_device_ = false;
  return *this;
}

TraceBuilder& TraceBuilder::over(Transport transport) {
  transport_ = transport;
  return *this;
}

TraceBuilder& TraceBuilder::device(std::string user, const Endpoint& endpoint) {
  user_ = std::move(user);
  device_ = endpoint;
  return *this;
}

Endpoint TraceBuilder::server_endpoint(trace::ServerRole server) const {
  return endpoint(server == primary ? "127.0.0.11:5070" : "127.0.0.12:5080");
}

// --- Packets -------------------------------------------------------------------------------------

TraceBuilder::Packet TraceBuilder::packet(Kind kind) const {
  Packet packet;
  packet.kind = kind;
  packet.at = now_;
  packet.transport = transport_;
  packet.source = from_device_ ? device_ : server_endpoint(server_);
  packet.destination = from_device_ ? server_endpoint(server_) : device_;
  return packet;
}

MessageId TraceBuilder::add(Packet packet) {
  packets_.push_back(std::move(packet));
  return packets_.size() - 1;
}

MessageId TraceBuilder::raw(std::string_view bytes) {
  Packet message = packet(Kind::message);
  message.bytes = bytes;
  return add(std::move(message));
}

MessageId TraceBuilder::stray(std::string_view bytes, const Endpoint& destination) {
  Packet message = from_device(server_).packet(Kind::message);
  message.bytes = bytes;
  message.destination = destination;
  return add(std::move(message));
}

MessageId TraceBuilder::repeat(MessageId message) {
  Packet copy = packets_.at(message);
  copy.at = now_;
  copy.is_request = false;  // later messages belong to the first transmission
  return add(std::move(copy));
}

void TraceBuilder::redirect(MessageId message, std::uint16_t port) {
  packets_.at(message).destination.port = port;
}

void TraceBuilder::retransmissions(MessageId message, const std::vector<Duration>& offsets) {
  const Duration first = packets_.at(message).at;
  for (const Duration offset : offsets) packets_[repeat(message)].at = first + offset;
}

void TraceBuilder::icmp(MessageId message) {
  Packet error = packet(Kind::icmp);
  error.source = packets_.at(message).source;
  error.destination = packets_.at(message).destination;
  error.transport = packets_.at(message).transport;
  add(std::move(error));
}

void TraceBuilder::stream_event(capture::StreamEvent event) {
  Packet mark = packet(Kind::stream_event);
  mark.event = event;
  add(std::move(mark));
}

void TraceBuilder::lookup(std::string name, dns::RecordType type) {
  Packet question = packet(Kind::message);
  question.transport = Transport::udp;
  question.source = {device_.address, 40000};
  question.destination = {IpAddress::v4({127, 0, 0, 13}), dns::well_known_port};
  question.bytes = encode(dns::Message{.id = 1, .name = std::move(name), .type = type});
  add(std::move(question));
}

void TraceBuilder::looked_up(dns::Message answer) {
  answer.id = 1;
  answer.is_response = true;
  Packet said = packet(Kind::message);
  said.transport = Transport::udp;
  said.source = {IpAddress::v4({127, 0, 0, 13}), dns::well_known_port};
  said.destination = {device_.address, 40000};
  said.bytes = encode(answer);
  add(std::move(said));
}

void TraceBuilder::stream_gap() {
  add(packet(Kind::stream_gap));
}

// --- Whole exchanges -----------------------------------------------------------------------------

MessageId TraceBuilder::registration(trace::ServerRole server, Duration time,
                                     std::chrono::seconds expires) {
  const MessageId asked = at(time).from_device(server).request("REGISTER", {.expires = expires});
  at(time + 5ms).to_device(server).response(200, {.to = asked});
  return asked;
}

void TraceBuilder::healthy_registrations(Duration time, std::chrono::seconds expires) {
  registration(primary, time, expires);
  registration(secondary, time + 10ms, expires);
}

MessageId TraceBuilder::silent_invite(trace::ServerRole server, Duration time,
                                      const Fields& fields) {
  const MessageId invite = at(time).from_device(server).request("INVITE", fields);
  retransmissions(invite, {500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms});
  return invite;
}

MessageId TraceBuilder::complete_call(trace::ServerRole server, Duration time,
                                      const Fields& fields) {
  const MessageId invite = at(time).from_device(server).request("INVITE", fields);
  at(time + 20ms).to_device(server).response(180, {.to = invite});
  at(time + 2s).to_device(server).response(200, {.to = invite});
  at(time + 2010ms).from_device(server).request("ACK", {.in = invite});
  const MessageId bye = at(time + 5s).from_device(server).request("BYE", {.in = invite});
  at(time + 5020ms).to_device(server).response(200, {.to = bye});
  return invite;
}

void TraceBuilder::bystander(Duration time) {
  over(Transport::udp).device("1077", endpoint("127.0.0.77:5062"));
  healthy_registrations(time);
  const MessageId invite = at(time + 1s).from_device(primary).request("INVITE");
  at(time + 1020ms).to_device(primary).response(486, {.to = invite});
  at(time + 1030ms).from_device(primary).request("ACK", {.in = invite});
  const auto rename = [](auto& event) {
    if constexpr (requires { event.device; })
      if (event.device == "phone") event.device = "phone-1001";
  };
  for (journal::Entry& entry : entries_) std::visit(rename, entry.event);
}

// --- Journal -------------------------------------------------------------------------------------

void TraceBuilder::entry(const journal::Event& event) {
  entries_.push_back({now_, event});
}

void TraceBuilder::silent(trace::ServerRole server) {
  entry(journal::Phase{std::string(to_string(server)), "silent", true});
}

void TraceBuilder::answering(trace::ServerRole server) {
  entry(journal::Phase{std::string(to_string(server)), "", false});
}

void TraceBuilder::close_port(trace::ServerRole server) {
  entry(journal::Port{std::string(to_string(server)), false});
}

void TraceBuilder::open_port(trace::ServerRole server) {
  entry(journal::Port{std::string(to_string(server)), true});
}

void TraceBuilder::forget_bindings(trace::ServerRole server) {
  entry(journal::BindingsForgotten{std::string(to_string(server))});
}

void TraceBuilder::dial(std::string number) {
  action("dial", std::move(number));
}

void TraceBuilder::hang_up() {
  action("hang_up");
}

void TraceBuilder::action(std::string verb, std::string argument, bool reported_ok) {
  entry(journal::Action{"phone", std::move(verb), std::move(argument), reported_ok});
}

void TraceBuilder::ignored(MessageId message, std::string rule) {
  const Packet& packet = packets_.at(message);
  const journal::PacketName name{packet.transport, packet.source, packet.destination,
                                 fnv1a(packet.bytes), 0};
  const bool by_primary = packet.destination == server_endpoint(primary);
  const std::string server(to_string(by_primary ? primary : secondary));
  entries_.push_back({packet.at, journal::Ignored{server, std::move(rule), name}});
}

void TraceBuilder::ends(Duration time) {
  ends_ = time;
}

void TraceBuilder::without_journal() {
  with_journal_ = false;
}

void TraceBuilder::without_end() {
  with_end_ = false;
}

// --- The capture as a whole ----------------------------------------------------------------------

void TraceBuilder::vantage(trace::Vantage vantage) {
  vantage_ = vantage;
}

void TraceBuilder::truncated_frame() {
  ++truncated_;
}

void TraceBuilder::dropped(std::uint64_t frames) {
  dropped_ += frames;
}

void TraceBuilder::fault(std::string text) {
  faults_.push_back(std::move(text));
}

void TraceBuilder::infer_servers() {
  infer_servers_ = true;
}

journal::Journal TraceBuilder::make_journal() const {
  if (!with_journal_) return {};
  journal::Journal journal = entries_;
  std::ranges::stable_sort(journal, {}, &journal::Entry::at);
  Duration end = ends_.value_or(Duration::zero());
  for (const Packet& packet : packets_) end = std::max(end, packet.at);
  if (!journal.empty()) end = std::max(end, journal.back().at);
  journal.insert(journal.begin(), {Duration::zero(), journal::Clock{epoch, {}}});
  if (!with_end_) return journal;
  journal.push_back({end, journal::CaptureCount{"simulated", packets_.size(), dropped_, ""}});
  journal.push_back({end, journal::Ended{"completed"}});
  return journal;
}

void TraceBuilder::feed(trace::TraceAssembler& assembler, const Packet& packet) {
  const capture::Origin origin{packet.frame, epoch + packet.at, packet.source, packet.destination};
  switch (packet.kind) {
    case Kind::message:
      if (packet.transport == Transport::udp) {
        assembler.on_datagram(origin, packet.bytes);
      } else {
        assembler.on_stream_bytes(origin, packet.bytes);
      }
      break;
    case Kind::icmp:
      assembler.on_icmp({packet.frame, origin.at, Unreachable::port, packet.transport,
                         packet.source, packet.destination});
      break;
    case Kind::stream_event:
      assembler.on_stream_event(origin, packet.event);
      break;
    case Kind::stream_gap:
      assembler.on_stream_gap(origin);
      break;
  }
}

trace::Trace TraceBuilder::build() {
  trace::AssembleOptions options;
  options.journal = make_journal();
  options.vantage = vantage_;
  if (!infer_servers_) {
    options.servers = {{primary, server_endpoint(primary)},
                       {secondary, server_endpoint(secondary)}};
  }
  trace::TraceAssembler assembler(std::move(options));
  std::vector<MessageId> order(packets_.size());
  std::iota(order.begin(), order.end(), MessageId{0});
  std::ranges::stable_sort(order, {}, [this](MessageId id) { return packets_[id].at; });
  trace::CaptureSummary summary;
  for (const std::string& fault : faults_) summary.faults.push_back({.text = fault});
  summary.counts.frames = packets_.size();
  if (!order.empty()) {
    summary.first = epoch + packets_[order.front()].at;
    summary.last = epoch + packets_[order.back()].at;
  }
  std::uint32_t frame = 0;
  for (const MessageId id : order) {
    packets_[id].frame = ++frame;
    feed(assembler, packets_[id]);
  }
  for (std::uint64_t cut = 0; cut < truncated_; ++cut)
    assembler.on_incomplete({.origin = {++frame, summary.last, device_, server_endpoint(primary)},
                             .payload = "REGISTER sip:x SIP/2.0",
                             .captured = 64});
  if (!with_journal_ && ends_) summary.last = epoch + *ends_;
  return std::move(assembler).finish(summary);
}

std::uint32_t TraceBuilder::frame(MessageId message) const {
  return packets_.at(message).frame;
}

}  // namespace sipharness::test_support
