// What reading one SIP message costs, against 0.3 µs for about 600 bytes. Each round asks for all
// that the trace asks of every message.

#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "harness/sip/address.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::sip {
namespace {

const std::string register_request =
    "REGISTER sip:127.0.0.11:5070 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1a2b3c4d5e6f7081;rport\r\n"
    "From: \"1001\" <sip:1001@127.0.0.11:5070>;tag=9fxced76sl\r\n"
    "To: \"1001\" <sip:1001@127.0.0.11:5070>\r\n"
    "Call-ID: 3848276298220188511@phone.example.com\r\n"
    "CSeq: 2001 REGISTER\r\n"
    "Contact: <sip:1001@127.0.0.1:5060>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000>\"\r\n"
    "Max-Forwards: 70\r\n"
    "Expires: 120\r\n"
    "User-Agent: Grandstream GRP2614 1.0.9.23\r\n"
    "Supported: path\r\n"
    "Allow: INVITE, ACK, OPTIONS, CANCEL, BYE, SUBSCRIBE, NOTIFY, INFO, REFER, UPDATE\r\n"
    "Content-Length: 0\r\n\r\n";

const std::string sdp =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";

const std::string invite_request =
    "INVITE sip:1002@127.0.0.11:5070 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK81706f5e4d3c2b1a;rport\r\n"
    "Route: <sip:127.0.0.11:5070;lr>\r\n"
    "From: \"1001\" <sip:1001@127.0.0.11:5070>;tag=a48s\r\n"
    "To: <sip:1002@127.0.0.11:5070>\r\n"
    "Call-ID: 123456789@phone.example.com\r\n"
    "CSeq: 20 INVITE\r\n"
    "Contact: <sip:1001@127.0.0.1:5060>\r\n"
    "Max-Forwards: 70\r\n"
    "User-Agent: Grandstream GRP2614 1.0.9.23\r\n"
    "Supported: replaces, path, timer\r\n"
    "Session-Expires: 180\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 160\r\n\r\n" +
    sdp;

const std::string ok_response =
    "SIP/2.0 200 OK\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1a2b3c4d5e6f7081;rport=5060;"
    "received=127.0.0.1\r\n"
    "From: \"1001\" <sip:1001@127.0.0.11:5070>;tag=9fxced76sl\r\n"
    "To: \"1001\" <sip:1001@127.0.0.11:5070>;tag=37GkEhwl6\r\n"
    "Call-ID: 3848276298220188511@phone.example.com\r\n"
    "CSeq: 2001 REGISTER\r\n"
    "Contact: <sip:1001@127.0.0.1:5060>;expires=120\r\n"
    "Server: sipharness\r\n"
    "Content-Length: 0\r\n\r\n";

const std::string compact_request =
    "NOTIFY sip:1001@127.0.0.1:5060 SIP/2.0\r\n"
    "v: SIP/2.0/UDP 127.0.0.11:5070;branch=z9hG4bKaabbccddeeff0011\r\n"
    "f: <sip:1001@127.0.0.11:5070>;tag=n1\r\n"
    "t: <sip:1001@127.0.0.11:5070>;tag=s1\r\n"
    "i: 5551212@127.0.0.1\r\n"
    "CSeq: 3 NOTIFY\r\n"
    "m: <sip:127.0.0.11:5070>\r\n"
    "Max-Forwards: 70\r\n"
    "o: message-summary\r\n"
    "Subscription-State: active;expires=100\r\n"
    "c: application/simple-message-summary\r\n"
    "l: 22\r\n\r\nMessages-Waiting: no\r\n";

void parse_message(benchmark::State& state, const std::string& text,
                   MessageView (*read)(std::string_view)) {
  for (auto round : state) {
    (void)round;
    const MessageView message = read(text);
    benchmark::DoNotOptimize(message.header(HeaderId::contact).data());
    benchmark::DoNotOptimize(message.branch().data());
    benchmark::DoNotOptimize(message.expires());
    benchmark::DoNotOptimize(message.to_tag().data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void copy_view(benchmark::State& state) {
  const MessageView message = MessageView::parse(invite_request);
  for (auto round : state) {
    (void)round;
    MessageView copy = message;
    benchmark::DoNotOptimize(copy);
  }
}

BENCHMARK_CAPTURE(parse_message, register_request, register_request, MessageView::parse);
BENCHMARK_CAPTURE(parse_message, invite_with_sdp, invite_request, MessageView::parse);
BENCHMARK_CAPTURE(parse_message, ok_to_register, ok_response, MessageView::parse);
BENCHMARK_CAPTURE(parse_message, compact_notify, compact_request, MessageView::parse);
BENCHMARK_CAPTURE(parse_message, register_examined, register_request, MessageView::examine);
BENCHMARK(copy_view);

}  // namespace
}  // namespace sipharness::sip

BENCHMARK_MAIN();
