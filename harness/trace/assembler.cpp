#include "harness/trace/assembler.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "harness/base/rng.hpp"
#include "harness/trace/clock_jumps.hpp"
#include "harness/trace/journal_resolution.hpp"
#include "harness/trace/payload.hpp"
#include "harness/trace/roles.hpp"
#include "harness/trace/sip_endpoints.hpp"
#include "harness/trace/undelivered_actions.hpp"

namespace sipharness::trace {
namespace {

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

/// Connections and ICMP errors of what is no SIP.
void drop_failures_of_others(Trace& trace) {
  const SipEndpoints sip(trace);
  std::erase_if(trace.stream_marks, [&](const StreamMark& mark) {
    return !sip.contains(mark.source) && !sip.contains(mark.destination);
  });
  std::erase_if(trace.transport_failures, [&](const TransportFailure& failure) {
    return !sip.contains(failure.destination);
  });
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
  if (concerns_names(origin)) return add_lookup(origin, payload);
  if (begins_like_sip(payload)) return add(origin, Transport::udp, payload);
  if (!concerns_sip(origin)) {
    const std::string_view name = name_of_datagram(payload);
    if (name == "RTP") media_clocks_.add(origin, payload);
    return trace_.census.add(name.empty() ? "UDP" : name, origin);
  }
  if (is_keep_alive(payload)) return skip_keep_alive(origin, Transport::udp, payload);
  add(origin, Transport::udp, payload);
}

void TraceAssembler::add_lookup(const capture::Origin& origin, std::string_view message) {
  trace_.census.add("DNS", origin);
  if (auto lookup = dns::parse(message))
    trace_.lookups.push_back({origin.frame, origin.at, origin.source, origin.destination,
                              std::move(*lookup), dns::records_in(message)});
}

/// Each message behind its length. @source RFC 1035 §4.2.2
void TraceAssembler::read_lookups(Stream& stream, const capture::Origin& origin,
                                  std::string_view bytes) {
  stream.names += bytes;
  std::string_view rest = stream.names;
  while (rest.size() >= 2) {
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(rest[at]); };
    const std::size_t length = static_cast<std::size_t>(octet(0)) << 8U | octet(1);
    if (rest.size() < 2 + length) break;
    add_lookup(origin, rest.substr(2, length));
    rest.remove_prefix(2 + length);
  }
  stream.names.erase(0, stream.names.size() - rest.size());
}

void TraceAssembler::note_keep_alive(const capture::Origin& origin) {
  ++trace_.keep_alives;
  trace_.keep_alive_times.add(origin.source, origin.at);
}

void TraceAssembler::skip_keep_alive(const capture::Origin& origin, Transport transport,
                                     std::string_view bytes) {
  note_keep_alive(origin);
  // The servers take no notice of CRLF and STUN, and of anything else they may have written down.
  record_payload(origin, transport, bytes, PayloadRecord::no_message);
}

/// Of a stream that nothing is known of yet.
bool TraceAssembler::waits_for_start_line(Stream& stream, std::string_view bytes) {
  const bool is_unknown = stream.content == Content::unknown && !stream.in_step;
  const bool is_blank_yet = stream.beginning.empty() && is_blank(bytes);
  if (!is_unknown || !stream.is_at_beginning || is_blank_yet) return false;
  stream.beginning += bytes;
  stream.is_at_beginning =
      from_start_line(stream.beginning).empty() && may_become_start_line(stream.beginning);
  return stream.is_at_beginning;
}

/// The rest of its start line does not come.
void TraceAssembler::leave_beginning(Stream& stream, const capture::Origin& origin) {
  if (!stream.beginning.empty()) trace_.census.add("TCP", origin);
  stream.beginning.clear();
  stream.is_at_beginning = false;
}

/// By how the stream begins; the answers of a WebSocket or TLS server go by its client's requests.
void TraceAssembler::recognise(Stream& stream, const capture::Origin& origin,
                               std::string_view bytes) {
  if (stream.content != Content::unknown) return;
  if (!from_start_line(bytes).empty()) {
    stream.content = Content::sip;
    return;
  }
  if (bytes.starts_with("HEP3")) stream.content = Content::hep;
  const bool is_websocket = asks_for_sip_websocket(bytes);
  if (!is_websocket && !is_tls_record(bytes) && !is_http(bytes)) return;
  Stream& reverse = streams_[{origin.destination, origin.source}];
  const bool is_client = is_websocket || is_tls_client_hello(bytes) || bytes.starts_with("GET ") ||
                         origin.destination.port < origin.source.port;
  for (Stream* const one : {&stream, &reverse}) {
    one->content = is_websocket           ? Content::websocket
                   : is_tls_record(bytes) ? Content::tls
                                          : Content::http;
    one->server = is_client ? origin.destination : origin.source;
  }
}

void TraceAssembler::on_stream_bytes(const capture::Origin& origin, std::string_view bytes) {
  Stream& stream = streams_[{origin.source, origin.destination}];
  if (concerns_names(origin)) return read_lookups(stream, origin, bytes);
  if (waits_for_start_line(stream, bytes)) return;
  const std::string beginning = std::exchange(stream.beginning, {});
  if (!beginning.empty()) bytes = beginning;
  recognise(stream, origin, bytes);
  switch (stream.content) {
    case Content::tls:
      return trace_.census.add_for_server("TLS", origin, *stream.server);
    case Content::websocket:
      return trace_.census.add_for_server("WebSocket", origin, *stream.server);
    case Content::http:
      return trace_.census.add("HTTP", origin);
    case Content::hep:
      return trace_.census.add_undecoded("HEP over TCP", origin);
    case Content::unknown:
      if (!stream.in_step) return trace_.census.add("TCP", origin);
      [[fallthrough]];
    case Content::sip:
      read_stream(stream, origin, bytes);
  }
}

void TraceAssembler::read_stream(Stream& stream, const capture::Origin& origin,
                                 std::string_view bytes) {
  if (stream.framer.pending().empty() && is_blank(bytes))
    return skip_keep_alive(origin, Transport::tcp, bytes);
  if (!stream.in_step) bytes = from_start_line(bytes);
  stream.in_step = stream.in_step || !bytes.empty();
  if (!stream.in_step || stream.framer.is_broken()) return;
  stream.framer.push(bytes);
  while (const std::optional<sip::StreamPiece> piece = stream.framer.next()) {
    if (piece->kind == sip::StreamPiece::Kind::message) {
      add(origin, Transport::tcp, piece->bytes);
    } else if (piece->kind == sip::StreamPiece::Kind::keep_alive) {
      note_keep_alive(origin);
    } else if (piece->problem == sip::StreamFramer::message_too_long) {
      holes_.add_unread(origin);
    } else {
      pass_over_unframed(stream, origin, *piece);
    }
  }
}

/// What comes before the next start line is malformed.
void TraceAssembler::pass_over_unframed(Stream& stream, const capture::Origin& origin,
                                        const sip::StreamPiece& piece) {
  const std::size_t first_line = std::min(piece.bytes.find('\n'), piece.bytes.size());
  const std::size_t rest = from_start_line(piece.bytes.substr(first_line)).size();
  const std::size_t passed = piece.bytes.size() - rest;
  add_malformed(origin, Transport::tcp, {0, piece.problem},
                trace_.bytes.keep(piece.bytes.substr(0, passed)));
  stream.framer.resume(passed);
  stream.in_step = rest > 0;
}

void TraceAssembler::on_stream_gap(const capture::Origin& origin) {
  Stream& stream = streams_[{origin.source, origin.destination}];
  if (stream.in_step || stream.content == Content::sip) holes_.add_gap(origin);
  stream.framer = sip::StreamFramer{max_stream_message};
  leave_beginning(stream, origin);
  stream.names.clear();
  stream.in_step = false;
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
  leave_beginning(found->second, origin);
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

void TraceAssembler::on_incomplete(const capture::Incomplete& packet) {
  holes_.add(packet);
}

void TraceAssembler::on_copy(const capture::Origin& /*origin*/, std::string_view payload) {
  if (begins_like_sip(payload)) ++trace_.copies;
}

void TraceAssembler::on_undecoded(const capture::Origin& origin, std::string_view protocol) {
  trace_.census.add_undecoded(protocol, origin);
}

void TraceAssembler::add(const capture::Origin& origin, Transport transport,
                         std::string_view bytes) {
  const std::string_view kept =
      trace_.file && trace_.file->holds(bytes) ? bytes : trace_.bytes.keep(bytes);
  Message message;
  message.sip = sip::MessageView::examine(kept);
  if (!message.sip.is_sip()) {
    const sip::Problem unreadable{0, "neither SIP nor a keep-alive"};
    add_malformed(origin, transport, message.sip.problem().value_or(unreadable), kept);
    return record_payload(origin, transport, kept, PayloadRecord::no_message);
  }
  if (const auto problem = message.sip.problem()) add_malformed(origin, transport, *problem, kept);
  message.index = static_cast<std::uint32_t>(trace_.messages.size());
  message.frame = origin.frame;
  message.at = origin.at;
  message.transport = transport;
  message.source = origin.source;
  message.destination = origin.destination;
  record_payload(origin, transport, kept, message.index);
  const std::size_t flows = trace_.messages.flows().size();
  trace_.messages.push_back(message);
  const bool is_new_flow = trace_.messages.flows().size() > flows;
  if (infer_roles_ && is_new_flow) sip_endpoints_.insert({origin.source, origin.destination});
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
  payload_records_.add(fnv1a(bytes),
                       {transport, origin.source, origin.destination, origin.at, message});
}

Trace TraceAssembler::finish(const CaptureSummary& summary) && {
  trace_.counts = summary.counts;
  trace_.first = summary.first;
  trace_.last = summary.last;
  trace_.remarks = summary.remarks;
  if (!trace_.has_journal()) {
    trace_.zero = trace_.messages.empty() ? summary.first : trace_.messages.front().at;
  } else {
    trace_.last = std::max(trace_.last, trace_.time_of(trace_.journal.back()));
  }
  drop_failures_of_others(trace_);
  assign_roles(trace_, infer_roles_ ? RoleSource::traffic : RoleSource::scenario, tested_);
  resolve_journal(trace_, payload_records_);
  judge_health(trace_, holes_, summary.faults);
  for (Fault& fault : clock_jumps(trace_, summary.silences, media_clocks_.stood_still()))
    trace_.health.faults.push_back(std::move(fault));
  if (std::string changed = holes_.describe_changed(trace_); !changed.empty())
    trace_.remarks.push_back(std::move(changed));
  trace_.partition = Partition(trace_);
  set_undelivered_actions_apart(trace_);
  return std::move(trace_);
}

}  // namespace sipharness::trace
