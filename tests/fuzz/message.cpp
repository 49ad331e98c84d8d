// One SIP message and whatever reads a part of it. Views stay within the bytes, what is written
// from what was read is read the same again, a stream has the same message as a datagram, and a
// response is one message and no more.

#include "harness/sip/message.hpp"

#include <string>
#include <utility>
#include <vector>

#include "harness/sip/address.hpp"
#include "harness/sip/auth/digest.hpp"
#include "harness/sip/builder.hpp"
#include "harness/sip/dialog.hpp"
#include "harness/sip/line_text.hpp"
#include "harness/sip/sdp.hpp"
#include "harness/sip/session_expires.hpp"
#include "harness/sip/transport/stream_framer.hpp"
#include "harness/sip/transport/transport.hpp"
#include "harness/sip/uri.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace sipharness::fuzz {
namespace {

using sip::HeaderId;
using sip::MessageView;

const Endpoint source = *Endpoint::parse("192.0.2.1:5062");

void expect_views_within(const MessageView& message) {
  const std::string_view bytes = message.bytes();
  const sip::Via via = message.via();
  for (const std::string_view part :
       {message.body(), message.method_text(), message.request_uri(), message.reason(),
        message.call_id(), message.from_tag(), message.to_tag(), message.branch(),
        message.sent_by(), via.transport, via.host, via.branch, via.received, via.sent_by})
    expect_within(part, bytes);
  if (message.problem()) expect(message.problem()->offset <= bytes.size(), "a problem's place");
}

void read_addresses(std::string_view value) {
  for (const sip::Address& address : sip::parse_addresses(value)) {
    for (const std::string_view part : {address.uri, address.parameters, address.display_name})
      expect_within(part, value);
    expect(sip::same_uri(address.uri, address.uri), "a URI equals itself");
    if (const auto uri = sip::parse_uri(address.uri)) {
      for (const std::string_view part : {uri->scheme, uri->user, uri->host, uri->headers})
        expect_within(part, value);
      (void)uri->endpoint();
      (void)uri->parameter("transport");
    }
  }
}

void read_headers(const MessageView& message) {
  for (const sip::Header& header : message.headers()) {
    expect_within(header.name, message.bytes());
    expect_within(header.value, message.bytes());
    read_addresses(header.value);
    (void)sip::unfold(header.value);
    (void)sip::parse_session_expires(header.value);
    if (const auto challenge = sip::parse_challenge(header.value))
      expect(sip::parse_challenge(sip::format_challenge(*challenge)).has_value(),
             "a challenge that was written can be read");
    if (const auto credentials = sip::parse_credentials(header.value))
      // A fuzzer that sees comparisons finds the digest of any one password.
      expect(!sip::verify_credentials(*credentials, "one", message.method_text()) ||
                 !sip::verify_credentials(*credentials, "another", message.method_text()),
             "no two passwords are the right one");
  }
  if (const auto sdp = sip::parse_sdp(message.body()))
    expect(sip::parse_sdp(sip::format_sdp(*sdp)).has_value(),
           "an SDP that was written can be read");
}

/// As a stream would carry it.
void expect_one_message(const std::string& text, std::string_view what) {
  sip::StreamFramer framer(text.size() + 1);
  framer.push(text);
  const auto piece = framer.next();
  expect(
      piece && piece->kind == sip::StreamPiece::Kind::message && piece->bytes.size() == text.size(),
      what);
  expect(MessageView::parse(text).is_usable(), what);
}

/// A stream gives what a datagram that begins with the same message does, but of a body cut short,
/// for which it waits.
void expect_same_on_stream(const MessageView& message) {
  sip::StreamFramer framer(message.bytes().size() + 1);
  framer.push(message.bytes());
  const auto piece = framer.next();
  if (!piece || piece->kind != sip::StreamPiece::Kind::message || !message.content_length()) return;
  const MessageView framed = MessageView::parse(piece->bytes);
  expect(framed.body() == message.body(), "the body of a stream is that of a datagram");
  expect(framed.call_id() == message.call_id() && framed.branch() == message.branch() &&
             framed.cseq() == message.cseq() && framed.status() == message.status(),
         "the message of a stream is that of a datagram");
}

/// Each value as the builder writes it.
std::vector<std::pair<std::string, std::string>> written_headers(const MessageView& message) {
  std::vector<std::pair<std::string, std::string>> headers;
  for (const sip::Header& header : message.headers()) {
    std::string value;
    sip::append_line_text(header.value, value);
    if (header.id != HeaderId::content_length && header.id != HeaderId::content_type)
      headers.emplace_back(header.name, value);
  }
  return headers;
}

void expect_same_once_built(const MessageView& message) {
  if (sip::has_unfit_part(message)) return;  // the builder puts blanks there
  sip::MessageBuilder builder =
      message.is_request()
          ? sip::MessageBuilder::request(message.method_text(), message.request_uri())
          : sip::MessageBuilder::response(message.status(), message.reason());
  const auto headers = written_headers(message);
  for (const auto& [name, value] : headers) builder.header(name, value);
  builder.body(message.header(HeaderId::content_type), message.body());
  const std::string text = builder.str();
  expect_one_message(text, "a usable message that is built again is one usable message");
  const MessageView built = MessageView::parse(text);
  expect(built.is_request() == message.is_request() && built.status() == message.status() &&
             built.method_text() == message.method_text() && built.cseq() == message.cseq(),
         "a message that is built again has the same start line");
  expect(written_headers(built) == headers, "a message that is built again has the same headers");
  expect(built.body() == message.body(), "a message that is built again has the same body");
}

void answer(const MessageView& request) {
  const std::string response =
      sip::MessageBuilder::response_to(request, {.status = 200, .to_tag = "t", .source = source})
          .str();
  expect_one_message(response, "the response to a usable request is one usable message");
  (void)sip::response_hop(request,
                          {.transport = Transport::udp, .local = source, .remote = source});
  const MessageView read = MessageView::parse(response);
  expect(read.cseq() == request.cseq(), "the response has the CSeq of the request");
  if (sip::has_unfit_part(request)) return;  // a server answers 400 and makes no dialog
  expect(read.call_id() == request.call_id(), "the response has the Call-ID of the request");
  const sip::Dialog dialog = sip::Dialog::from_request(request, "local");
  expect_one_message(dialog.request("BYE", 2, "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx").str(),
                     "a request in the dialog of a usable request is one usable message");
}

}  // namespace
}  // namespace sipharness::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sipharness;
  // An exact copy, so that a sanitizer sees the first byte read behind the end.
  const std::vector<char> exact(data, data + size);
  const auto message = sip::MessageView::examine({exact.data(), exact.size()});
  fuzz::expect_views_within(message);
  fuzz::read_headers(message);
  fuzz::expect_same_on_stream(message);
  if (message.is_usable()) fuzz::expect_same_once_built(message);
  if (message.is_usable() && message.is_request()) fuzz::answer(message);
  return 0;
}
