#pragma once
// DNS messages as far as this harness speaks them: one question, addresses for an answer. The fake
// name server writes them, the resolver reads them, and the trace shows what a device asked, and
// where names led it.
//  1. parse() is given hostile bytes: it gives nothing rather than a wrong message. A name of more
//     than 255 octets, more than 16 compression pointers or one that leads forwards is no name; so
//     reading costs no more than a bounded amount for each record. A label that holds a dot makes
//     none either: written, it would be two.
//  2. Names are compared and written in lower case, without the final dot.
/// @source RFC 1035 §4 (messages), §3.2.2 (A), §3.3.1 (CNAME); RFC 3596 §2 (AAAA); RFC 2782 (SRV);
/// RFC 3403 §4 (NAPTR)

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/endpoint.hpp"

namespace sipharness::dns {

inline constexpr std::uint16_t well_known_port = 53;

enum class RecordType : std::uint16_t {
  other = 0,
  a = 1,
  cname = 5,
  aaaa = 28,
  srv = 33,
  naptr = 35,
};

/// "A", "CNAME", "AAAA", "SRV", "NAPTR"; "?" for any other.
std::string_view to_string(RecordType type);

/// @source RFC 1035 §4.1.1
enum class ResponseCode : std::uint8_t {
  ok = 0,
  format_error = 1,
  server_failure = 2,
  no_such_name = 3,
  not_implemented = 4,
};

struct Answer {
  IpAddress address;
  std::chrono::seconds time_to_live{};
  bool operator==(const Answer&) const = default;
};

/// One target of an SRV record.
struct Service {
  std::uint16_t priority = 0;  ///< the lowest is tried first
  std::uint16_t weight = 0;    ///< among targets of one priority: how often each comes first
  std::uint16_t port = 0;
  std::string target;
  std::chrono::seconds time_to_live{};
  bool operator==(const Service&) const = default;
};

struct Message {
  std::uint16_t id = 0;
  bool is_response = false;
  ResponseCode code = ResponseCode::ok;
  std::string name;  ///< asked for
  RecordType type = RecordType::a;
  std::vector<Answer> answers{};    ///< of the type that was asked for, A or AAAA
  std::vector<Service> services{};  ///< where that was SRV
  bool operator==(const Message&) const = default;
};

/// A record by which a name leads on: to an address, or to another name.
struct Record {
  std::string name;
  RecordType type = RecordType::a;
  std::string target{};        ///< of CNAME, SRV and NAPTR; empty where NAPTR replaces by nothing
  IpAddress address{};         ///< of A and AAAA
  std::uint16_t priority = 0;  ///< of SRV: the lowest is tried first
  std::uint16_t port = 0;      ///< of SRV
  bool operator==(const Record&) const = default;
};

/// Labels of more than 63 bytes are cut.
std::string encode(const Message& message);
/// Nothing if it is no DNS message with exactly one question.
std::optional<Message> parse(std::string_view bytes);
/// Those of all sections of a response, as far as it can be read.
std::vector<Record> records_in(std::string_view bytes);

}  // namespace sipharness::dns
