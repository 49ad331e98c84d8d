// One SIP message and whatever reads a part of it. Views stay within the bytes, what is written
// from what was read can be read again, and a response is one message and no more.

#include "harness/sip/message.hpp"

#include <string>
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
      (void)sip::verify_credentials(*credentials, "secret", message.method_text());
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

void answer(const MessageView& request) {
  const std::string response =
      sip::MessageBuilder::response_to(request, {.status = 200, .to_tag = "t", .source = source})
          .str();
  expect_one_message(response, "the response to a usable request is one usable message");
  (void)sip::response_hop(request,
                          {.transport = Transport::udp, .local = source, .remote = source});
  if (sip::has_unfit_part(request)) return;  // a server answers 400 and makes no dialog
  const MessageView read = MessageView::parse(response);
  expect(read.cseq() == request.cseq(), "the response has the CSeq of the request");
  expect(sip::unfold(read.call_id()) == sip::unfold(request.call_id()),
         "the response has the Call-ID of the request");
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
  const auto message = sip::MessageView::parse({exact.data(), exact.size()});
  fuzz::expect_views_within(message);
  fuzz::read_headers(message);
  if (message.is_usable() && message.is_request()) fuzz::answer(message);
  return 0;
}
