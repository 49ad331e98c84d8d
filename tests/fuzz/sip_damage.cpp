#include "tests/fuzz/sip_damage.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace sipharness::fuzz {
namespace {

using Parts = std::vector<std::string>;

/// What the parts of each level end with: records, lines, values, parameters, words.
constexpr std::string_view levels = "\x1e\n,; ";

/// Numbers at which something begins to be too small or too large.
constexpr auto telling_numbers = std::to_array<std::string_view>({"",
                                                                  "0",
                                                                  "1",
                                                                  "2",
                                                                  "69",
                                                                  "70",
                                                                  "71",
                                                                  "90",
                                                                  "255",
                                                                  "256",
                                                                  "486",
                                                                  "699",
                                                                  "700",
                                                                  "65535",
                                                                  "65536",
                                                                  "2147483647",
                                                                  "2147483648",
                                                                  "4294967295",
                                                                  "4294967296",
                                                                  "9223372036854775808",
                                                                  "18446744073709551616",
                                                                  "-1",
                                                                  "+1",
                                                                  "1.5",
                                                                  "0000000001",
                                                                  "00000000000000000000"});

constexpr auto methods = std::to_array<std::string_view>(
    {"INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS", "SUBSCRIBE", "NOTIFY", "PUBLISH",
     "MESSAGE", "INFO", "PRACK", "UPDATE", "REFER"});

/// Lines that mean something wherever they stand; names and values are taken from them too.
constexpr auto telling_lines = std::to_array<std::string_view>({
    "Via: SIP/2.0/UDP [::1];branch=z9hG4bK;rport;received=::",
    "v: SIP / 2.0 / TCP 10.0.0.1 : 65536;maddr=239.0.0.1;ttl=1",
    "From: \"A \\\"<,;>\" <sip:1001@10.0.0.11>;tag=",
    "f: sip:1001@10.0.0.11;tag=f1",
    "To: <sip:1001@10.0.0.11>;tag=t1",
    "t: <sips:a:b@[::1]:5061;lr?Subject=x&Route=%3Csip:x%3E>",
    "Call-ID: c1@10.0.0.1",
    "i: \x04",
    "CSeq: 1 INVITE",
    "Contact: *",
    "m: <sip:1001@10.0.0.1:5060;transport=tcp>;expires=0;q=0.5, <sip:1001@10.0.0.2>",
    "Contact: <tel:+1>;+sip.instance=\"<urn:uuid:0>\";reg-id=1",
    "Expires: 0",
    "Min-Expires: 3600",
    "Retry-After: 18000;duration=0 (busy)",
    "Max-Forwards: 0",
    "Record-Route: <sip:10.0.0.11;lr>, <sip:[2001:db8::1]:5062>",
    "Route: <sip:10.0.0.1:5060;maddr=10.0.0.2>",
    "Require: 100rel, timer, nobody-knows",
    "k: timer, replaces, path",
    "Unsupported: timer",
    "Proxy-Require: x",
    "RSeq: 1",
    "RAck: 1 1 INVITE",
    "Session-Expires: 90;refresher=uac",
    "x: 4294967295;refresher=uas",
    "Min-SE: 3600",
    "Replaces: c1;to-tag=t1;from-tag=f1;early-only",
    "Join: c1;to-tag=t1;from-tag=f1",
    "r: <sip:1002@10.0.0.11?Replaces=c1%3Bto-tag%3Dt>",
    "Event: dialog;id=1",
    "o: check-sync;reboot=true",
    "Subscription-State: terminated;reason=deactivated;retry-after=0",
    "Allow: INVITE, ACK, BYE",
    "u: message-summary",
    "Content-Type: multipart/mixed;boundary=\"x\"",
    "c: application/sdp",
    "e: gzip",
    "Content-Length: 0",
    "l: 1",
    "Authorization: \x06",
    "Authorization: Digest username=\"1001\", realm=\"r\", nonce=\"n\", uri=\"sip:x\", "
    "response=\"0\", qop=auth-int, nc=00000001, cnonce=\"\", opaque=\"\", algorithm=MD5-sess",
    "WWW-Authenticate: Digest realm=\"r\", nonce=\"\\\"\", qop=\"auth,auth-int\", stale=TRUE, "
    "algorithm=SHA-256",
    "Proxy-Authenticate: Digest realm=\"\", nonce=\"n\"",
    "WWW-Authenticate: Basic realm=\"r\"",
    "Reason: SIP;cause=200;text=\"x\", Q.850;cause=16",
    "Warning: 399 10.0.0.11 \"x\"",
    "c=IN IP6 ::1",
    "m=audio 0 RTP/AVP 0 8 101",
    "a=inactive",
});

std::string_view one_of(const auto& from, Rng& rng) {
  return from[rng.below(from.size())];
}

/// Each with what ends it.
Parts split(std::string_view text, char end) {
  Parts parts;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find(end), text.size() - 1) + 1;
    parts.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return parts;
}

std::string joined(const Parts& parts) {
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

/// Parts change places, one comes twice, gets lost, or comes from others.
void rearrange(Parts& parts, const Parts& others, Rng& rng) {
  if (parts.empty()) return;
  const auto place = [&] {
    return parts.begin() + static_cast<std::ptrdiff_t>(rng.below(parts.size()));
  };
  switch (rng.below(5)) {
    case 0:
      std::swap(*place(), *place());
      break;
    case 1:
      parts.insert(place(), std::string(*place()));
      break;
    case 2:
      parts.erase(place());
      break;
    case 3:
      if (!others.empty()) parts.insert(place(), std::string(one_of(others, rng)));
      break;
    default:
      if (!others.empty()) *place() = one_of(others, rng);
  }
}

void change_number(std::string& line, Rng& rng) {
  constexpr std::string_view digits = "0123456789";
  const std::size_t begin = line.find_first_of(digits, rng.below(line.size() + 1));
  if (begin == std::string::npos) return;
  const std::size_t end = std::min(line.find_first_not_of(digits, begin), line.size());
  line.replace(begin, end - begin, one_of(telling_numbers, rng));
}

void fold(std::string& line, Rng& rng) {
  const std::size_t at = line.find_first_of(" ;,:=", rng.below(line.size() + 1));
  if (at != std::string::npos) line.insert(at + 1, rng.below(2) == 0 ? "\r\n " : "\r\n\t");
}

/// Of a line: its name with the colon, and the rest.
std::pair<std::string_view, std::string_view> name_and_value(std::string_view line) {
  const std::size_t name = std::min(line.find(':'), line.size() - 1) + 1;
  return {line.substr(0, name), line.substr(name)};
}

void change_line(std::string& line, Rng& rng) {
  const std::string told = std::string(one_of(telling_lines, rng)) + "\r\n";
  const auto [name, value] = name_and_value(line);
  switch (rng.below(6)) {
    case 0:
      return fold(line, rng);
    case 1:
      line = std::string(name).append(name_and_value(told).second);
      break;
    case 2:
      line = std::string(name_and_value(told).first).append(value);
      break;
    case 3:
      line += told;
      break;
    default:
      change_number(line, rng);
  }
}

/// The first method that stands there becomes another one, wherever it stands.
void change_method(std::string& record, Rng& rng) {
  const auto found = std::find_if(methods.begin(), methods.end(), [&](std::string_view method) {
    return record.find(method) != std::string::npos;
  });
  if (found == methods.end()) return;
  const std::string_view other = one_of(methods, rng);
  for (std::size_t at = record.find(*found); at != std::string::npos;
       at = record.find(*found, at + other.size()))
    record.replace(at, found->size(), other);
}

void damage_level(std::string& text, std::string_view other, std::string_view ends, Rng& rng) {
  const char end = ends.front();
  if (end == '\n' && rng.below(16) == 0) return change_method(text, rng);
  Parts parts = split(text, end);
  if (parts.empty()) return;
  const Parts others = split(other, end);
  std::string& part = parts[rng.below(parts.size())];
  if (ends.size() == 1 || rng.below(8) == 0)
    rearrange(parts, others, rng);
  else if (end == '\n' && rng.below(2) == 0)
    change_line(part, rng);
  else
    damage_level(part, others.empty() ? other : one_of(others, rng), ends.substr(1), rng);
  text = joined(parts);
}

}  // namespace

void damage_sip(std::string& text, std::string_view other, Rng& rng) {
  damage_level(text, other, levels, rng);
}

}  // namespace sipharness::fuzz
