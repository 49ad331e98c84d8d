#include "tests/fuzz/peer.hpp"

#include <algorithm>
#include <charconv>

#include "harness/sip/auth/digest.hpp"
#include "harness/sip/builder.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace sipharness::fuzz {
namespace {

using sip::HeaderId;
using sip::MessageView;

}  // namespace

Peer::Peer(world::World& world, const Endpoint& local, const Endpoint& other)
    : world_(world),
      local_(local),
      other_(other),
      port_(world.open_datagram(local, *this)),
      listener_(world.listen(
          local, [this](std::unique_ptr<world::Stream> stream) -> world::StreamHandler& {
            stream_ = std::move(stream);
            framer_ = sip::StreamFramer();
            return *this;
          })) {}

void Peer::send(std::string_view text) {
  port_->send(other_, expanded(text));
}

void Peer::send_on_stream(std::string_view text) {
  if (!stream_) {
    framer_ = sip::StreamFramer();
    stream_ = world_.connect({local_.address, 0}, other_, *this);
  }
  stream_->send(expanded(text));
}

void Peer::end_stream(bool aborts) {
  if (stream_ && aborts) stream_->abort();
  stream_.reset();
}

void Peer::respond(std::string_view text) {
  const MessageView request = MessageView::parse(last_request_);
  if (!request.is_usable()) return;
  int status = 200;
  std::from_chars(text.data(), text.data() + text.size(), status);
  status = std::clamp(status, 100, 699);
  const std::size_t line_end = std::min(text.find('\n'), text.size());
  std::string response = sip::MessageBuilder::response_to(request, status, "peer").str();
  if (line_end < text.size()) {
    // Where Content-Length stands, the last header: what follows is headers and perhaps a body.
    response.resize(response.rfind("Content-Length"));
    response += expanded(text.substr(line_end + 1));
  }
  if (came_on_stream_)
    send_on_stream(response);
  else
    port_->send(other_, response);
}

void Peer::on_datagram(const Endpoint&, std::string_view payload) {
  came_on_stream_ = false;
  keep(payload);
}

void Peer::on_bytes(std::string_view bytes) {
  framer_.push(bytes);
  while (const auto piece = framer_.next()) {
    expect(piece->kind != sip::StreamPiece::Kind::broken, "a stream that was sent can be framed");
    came_on_stream_ = true;
    if (piece->kind == sip::StreamPiece::Kind::message) keep(piece->bytes);
  }
}

void Peer::keep(std::string_view message) {
  const MessageView view = MessageView::parse(message);
  if (!view.is_usable()) return;
  if (view.is_request() && view.method() != sip::Method::ack) last_request_ = message;
  branch_ = view.branch();
  to_tag_ = view.to_tag();
  from_tag_ = view.from_tag();
  call_id_ = view.call_id();
  cseq_ = std::to_string(view.cseq());
  if (const auto challenge = sip::parse_challenge(view.header(HeaderId::www_authenticate)))
    authorization_ = sip::answer_challenge(*challenge, {.username = "1001",
                                                        .password = "sipharness",
                                                        .method = "REGISTER",
                                                        .uri = "sip:10.0.0.11",
                                                        .cnonce = "c"});
  if (on_message) on_message(view);
}

std::string Peer::expanded(std::string_view text) const {
  std::string written;
  for (const char c : text) {
    if (c >= 1 && c <= 6)
      written += meaning(c);
    else
      written += c;
  }
  return written;
}

std::string_view Peer::meaning(char control) const {
  switch (control) {
    case 1:
      return branch_;
    case 2:
      return to_tag_;
    case 3:
      return from_tag_;
    case 4:
      return call_id_;
    case 5:
      return cseq_;
    default:
      return authorization_;
  }
}

void tell_peers(char what, std::string_view text, Peer& first, Peer& second) {
  switch (what) {
    case 'v':
      return second.send(text);
    case 't':
      return first.send_on_stream(text);
    case 'r':
      return first.respond(text);
    case 's':
      return second.respond(text);
    case 'x':
    case 'y':
      return first.end_stream(what == 'y');
    default:
      return first.send(text);
  }
}

}  // namespace sipharness::fuzz
