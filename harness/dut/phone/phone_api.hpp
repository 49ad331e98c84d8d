#pragma once
// The functions of a GRP26xx's web interface that the harness uses, and what its replies mean. The
// phone driver calls them.
//  1. `done` gets the reply's body, or one error that says what is wrong and what to do about it.
//  2. The passcode goes into the request and nowhere else: no error quotes a target or a reply.
// @source GRP26xx CTI guide (2023-10-18). Not measured on a phone

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/base/expected.hpp"
#include "harness/host/http/client.hpp"
#include "harness/json/document.hpp"
#include "harness/world/world.hpp"

namespace sipharness::dut {

/// Of one exchange: what to say where something is wrong.
struct PhoneRequest {
  std::string_view function;  ///< "api-make_call"
  Endpoint phone;
  IpAddress harness;  ///< where the phone sees the request come from
  Duration answer_within{};
};

/// The body of the reply, or what is wrong and its remedy.
Expected<json::Value> read_phone_reply(const PhoneRequest& request,
                                       const host::HttpOutcome& outcome);

/// What api-get_line_status says of the first line that is not idle: "ringing", "connected",
/// "onhold"; "idle" if all are.
std::string busiest_line(const json::Value& lines);

/// What api-get_accounts says of the first account: registered somewhere. It does not say where.
bool is_registered(const json::Value& accounts);

class PhoneApi {
 public:
  using Done = std::function<void(const Expected<json::Value>& body)>;
  struct Options {
    Endpoint phone;
    IpAddress harness;
    std::optional<std::string> passcode{};
    Duration answer_within = std::chrono::seconds(5);
  };

  PhoneApi(world::World& world, Options options);

  void make_call(std::string_view number, Done done);
  /// "endcall", "holdcall", "acceptcall", "rejectcall".
  void operate(std::string_view command, Done done);
  void reboot(Done done);
  void line_status(Done done);
  void accounts(Done done);

 private:
  /// `parameters` as they stand in a query, "" or "&name=value".
  void call(std::string_view function, const std::string& parameters, Done done);

  Options options_;
  host::HttpClient client_;
};

}  // namespace sipharness::dut
