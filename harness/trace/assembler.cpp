#include "harness/trace/assembler.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "harness/base/rng.hpp"
#include "harness/trace/journal_resolution.hpp"
#include "harness/trace/roles.hpp"
#include "harness/trace/undelivered_actions.hpp"

namespace sipharness::trace {
namespace {

/// STUN on a SIP port (RFC 5389 §6, §8; RFC 5626 §3.5.2): two zero bits, the magic cookie at 4.
bool is_stun(std::string_view bytes) {
  return bytes.size() >= 20 && (static_cast<unsigned char>(bytes[0]) & 0xc0U) == 0 &&
         bytes.substr(4, 4) == "\x21\x12\xa4\x42";
}

bool is_token_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

/// A cheap look that lets RTP pass by: a token, a blank, and SIP's version on the first line.
bool begins_like_sip(std::string_view bytes) {
  constexpr std::string_view version = "SIP/2.0";
  if (bytes.starts_with(version)) return true;
  std::size_t token = 0;
  while (token < bytes.size() && is_token_character(bytes[token])) ++token;
  if (token == 0 || token == bytes.size() || bytes[token] != ' ') return false;
  const std::string_view line = bytes.substr(0, bytes.find('\n'));
  return line.find(version, token) != std::string_view::npos;
}

void adopt_journal(Trace& trace, journal::Journal&& journal) {
  trace.journal = std::move(journal);
  bool mapped = false;
  for (const journal::Entry& entry : trace.journal) {
    if (const auto* clock = std::get_if<journal::Clock>(&entry.event); clock && !mapped) {
      trace.zero = clock->capture - entry.at;
      mapped = true;
    }
  }
  // The capture is over then, and the device is being stopped: what the servers still answer it,
  // and how it goes, is no part of the run.
  const auto end = std::ranges::find_if(trace.journal, [](const journal::Entry& entry) {
    return std::holds_alternative<journal::Ended>(entry.event);
  });
  trace.ended = trace.journal.empty() || end != trace.journal.end();
  if (end != trace.journal.end()) trace.journal.erase(std::next(end), trace.journal.end());
}

}  // namespace

std::size_t TraceAssembler::FlowHash::operator()(const Flow& flow) const {
  const EndpointHash hash;
  return hash(flow.source) * 31 + hash(flow.destination);
}

TraceAssembler::TraceAssembler(AssembleOptions options)
    : infer_roles_(options.servers.empty()),
      name_server_(options.name_server),
      tested_(std::move(options.tested)) {
  trace_.servers = std::move(options.servers);
  trace_.vantage = options.vantage;
  trace_.file = std::move(options.file);
  adopt_journal(trace_, std::move(options.journal));
  for (const Server& server : trace_.servers) sip_endpoints_.insert(server.endpoint);
}

bool TraceAssembler::concerns_sip(const capture::Origin& origin) const {
  return is_sip_endpoint(origin.source) || is_sip_endpoint(origin.destination);
}

bool TraceAssembler::concerns_names(const capture::Origin& origin) const {
  const auto is_name_server = [&](const Endpoint& endpoint) {
    return endpoint.port == dns::well_known_port || endpoint == name_server_;
  };
  return is_name_server(origin.source) || is_name_server(origin.destination);
}

void TraceAssembler::on_datagram(const capture::Origin& origin, std::string_view payload) {
  if (concerns_names(origin)) {
    if (auto message = dns::parse(payload))
      trace_.lookups.push_back(
          {origin.frame, origin.at, origin.source, origin.destination, std::move(*message)});
    return;
  }
  if (!begins_like_sip(payload) && !concerns_sip(origin)) return;
  if (sip::is_keep_alive(payload) || is_stun(payload)) return;
  add(origin, Transport::udp, payload);
}

void TraceAssembler::on_stream_bytes(const capture::Origin& origin, std::string_view bytes) {
  Stream& stream = streams_[{origin.source, origin.destination}];
  stream.in_step = stream.in_step || begins_like_sip(bytes);
  if (!stream.in_step || stream.framer.is_broken()) return;
  stream.framer.push(bytes);
  while (const std::optional<sip::StreamPiece> piece = stream.framer.next()) {
    if (piece->kind == sip::StreamPiece::Kind::message) {
      add(origin, Transport::tcp, piece->bytes);
    } else if (piece->kind == sip::StreamPiece::Kind::broken) {
      add_malformed(origin, Transport::tcp, {0, piece->problem}, trace_.bytes.keep(piece->bytes));
    }
  }
}

void TraceAssembler::on_stream_gap(const capture::Origin& origin) {
  streams_[{origin.source, origin.destination}] = Stream{};
}

void TraceAssembler::on_stream_event(const capture::Origin& origin, capture::StreamEvent event) {
  StreamMark mark;
  mark.frame = origin.frame;
  mark.at = origin.at;
  mark.source = origin.source;
  mark.destination = origin.destination;
  mark.event = event;
  trace_.stream_marks.push_back(mark);
  if (event == capture::StreamEvent::syn) {
    open_stream(origin.source, origin.destination);
    open_stream(origin.destination, origin.source);
  } else if (event == capture::StreamEvent::fin || event == capture::StreamEvent::reset) {
    close_stream(origin, event);
  }
}

void TraceAssembler::open_stream(const Endpoint& source, const Endpoint& destination) {
  Stream& stream = streams_[{source, destination}];
  stream = Stream{};
  stream.in_step = is_sip_endpoint(source) || is_sip_endpoint(destination);
}

void TraceAssembler::close_stream(const capture::Origin& origin, capture::StreamEvent event) {
  const auto found = streams_.find({origin.source, origin.destination});
  if (found == streams_.end()) return;
  const std::string_view rest = found->second.framer.pending();
  const bool is_cut_off = event == capture::StreamEvent::fin && !found->second.framer.is_broken();
  if (is_cut_off && !rest.empty()) {
    add_malformed(origin, Transport::tcp, {0, "the stream ends inside a message"},
                  trace_.bytes.keep(rest));
  }
  streams_.erase(found);
}

void TraceAssembler::on_icmp(const capture::IcmpError& error) {
  TransportFailure failure;
  failure.frame = error.frame;
  failure.at = error.at;
  failure.transport = error.transport;
  failure.device = error.original_source;
  failure.destination = error.original_destination;
  trace_.transport_failures.push_back(failure);
}

void TraceAssembler::on_truncated(std::uint32_t /*frame*/) {
  // Counted by the decoder; finish() makes one fault of all of them.
}

void TraceAssembler::add(const capture::Origin& origin, Transport transport,
                         std::string_view bytes) {
  const std::string_view kept =
      trace_.file && trace_.file->holds(bytes) ? bytes : trace_.bytes.keep(bytes);
  Message message;
  message.sip = sip::MessageView::parse(kept);
  if (!message.sip.is_sip()) {
    const sip::Problem unreadable{0, "neither SIP nor a keep-alive"};
    add_malformed(origin, transport, message.sip.problem().value_or(unreadable), kept);
    return record_payload(origin, transport, kept, PayloadRecord::no_message);
  }
  if (infer_roles_) sip_endpoints_.insert({origin.source, origin.destination});
  if (const auto problem = message.sip.problem()) add_malformed(origin, transport, *problem, kept);
  message.index = static_cast<std::uint32_t>(trace_.messages.size());
  message.frame = origin.frame;
  message.at = origin.at;
  message.transport = transport;
  message.source = origin.source;
  message.destination = origin.destination;
  record_payload(origin, transport, kept, message.index);
  trace_.messages.push_back(message);
}

void TraceAssembler::add_malformed(const capture::Origin& origin, Transport transport,
                                   const sip::Problem& problem, std::string_view bytes) {
  Malformed malformed;
  malformed.frame = origin.frame;
  malformed.at = origin.at;
  malformed.transport = transport;
  malformed.source = origin.source;
  malformed.destination = origin.destination;
  malformed.problem = problem;
  malformed.bytes = bytes;
  trace_.malformed.push_back(malformed);
}

void TraceAssembler::record_payload(const capture::Origin& origin, Transport transport,
                                    std::string_view bytes, std::size_t message) {
  if (!trace_.has_journal()) return;
  payload_records_[fnv1a(bytes)].push_back(
      {transport, origin.source, origin.destination, origin.at, message, false});
}

Trace TraceAssembler::finish(const CaptureSummary& summary) && {
  trace_.counts = summary.counts;
  trace_.first = summary.first;
  trace_.last = summary.last;
  trace_.health.faults = summary.faults;
  if (!trace_.has_journal()) {
    trace_.zero = trace_.messages.empty() ? summary.first : trace_.messages.front().at;
  } else {
    trace_.last = std::max(trace_.last, trace_.time_of(trace_.journal.back()));
  }
  assign_roles(trace_, infer_roles_ ? RoleSource::traffic : RoleSource::scenario, tested_);
  resolve_journal(trace_, payload_records_);
  judge_health(trace_);
  trace_.partition = Partition(trace_);
  set_undelivered_actions_apart(trace_);
  return std::move(trace_);
}

}  // namespace sipharness::trace
