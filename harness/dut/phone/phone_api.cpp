#include "harness/dut/phone/phone_api.hpp"

#include <utility>

#include <fmt/format.h>

namespace sipharness::dut {
namespace {

using host::HttpFailure;

/// policy: what a phone says of itself is far less.
constexpr std::size_t largest_reply = 65536;

constexpr int unauthorized = 401;
constexpr int forbidden = 403;
constexpr int not_found = 404;

std::string place_of(const PhoneRequest& request) {
  return fmt::format("phone {}: {}", request.phone.text(), request.function);
}

std::string remedy_for(const PhoneRequest& request, HttpFailure failure) {
  switch (failure) {
    case HttpFailure::refused:
      return "connection refused, nothing listens there: is --phone-address right, and does the "
             "phone allow web access by HTTP (P1650)?";
    case HttpFailure::unreachable:
      return "no host answers there: is --phone-address right, is the phone on this network?";
    case HttpFailure::timed_out:
      return fmt::format(
          "no answer within {}: is --phone-address right? If the phone shows a "
          "question, switch Remote Control Pop-up Window off (P32051=0)",
          format_duration(request.answer_within));
    case HttpFailure::not_http:
      return "what answers is no web server: is --phone-address right, port and all?";
    case HttpFailure::too_large:
      return "the reply is larger than any of a GRP26xx: is --phone-address right?";
    case HttpFailure::cut_off:
      return fmt::format(
          "the connection ended before the reply did: does Action URI Allowed IPs "
          "(P32052) name {} or \"any\"?",
          request.harness.text());
  }
  return "no reply";
}

std::string remedy_for_status(const PhoneRequest& request, int status) {
  if (status == unauthorized || status == forbidden)
    return fmt::format(
        "refused (HTTP {}): wrong passcode, or Action URI Allowed IPs (P32052) does "
        "not name {} or \"any\"",
        status, request.harness.text());
  if (status == not_found)
    return "the phone does not know this function (HTTP 404): switch Action URI Support on "
           "(P32050=1); else its firmware lacks it";
  return fmt::format("the phone answers with HTTP {}", status);
}

/// Only to read: what changes something is refused for other reasons too.
bool only_reads(std::string_view function) {
  return function.starts_with("api-get_");
}

std::string remedy_for_refusal(const PhoneRequest& request, const json::Value* body) {
  if (body != nullptr && body->kind == json::Kind::string && body->string == "unknown")
    return "the phone does not know this function: its firmware lacks it";
  if (only_reads(request.function))
    return fmt::format(
        "the phone refuses: wrong passcode (its admin's or user's password), or "
        "Action URI Allowed IPs (P32052) does not name {} or \"any\"",
        request.harness.text());
  return "the phone refuses: no call in the state for it, or a wrong passcode";
}

}  // namespace

Expected<json::Value> read_phone_reply(const PhoneRequest& request,
                                       const host::HttpOutcome& outcome) {
  const std::string place = place_of(request);
  if (!outcome) return failure(place, remedy_for(request, outcome.error()));
  constexpr int ok = 200;
  if (outcome->status != ok) return failure(place, remedy_for_status(request, outcome->status));
  const Expected<json::Value> reply = json::parse(outcome->body, place);
  const json::Value* const response = reply ? reply->find("response") : nullptr;
  if (response == nullptr || response->kind != json::Kind::string)
    return failure(place,
                   "the reply is not that of a GRP26xx: is --phone-address right, and is Action "
                   "URI Support on (P32050=1)?");
  const json::Value* const body = reply->find("body");
  if (response->string != "success") return failure(place, remedy_for_refusal(request, body));
  return body == nullptr ? json::Value{} : *body;
}

std::string busiest_line(const json::Value& lines) {
  for (const json::Value& line : lines.items) {
    const json::Value* const state = line.find("state");
    const bool is_known =
        state != nullptr &&
        (state->string == "ringing" || state->string == "connected" || state->string == "onhold");
    if (is_known) return state->string;
  }
  return "idle";
}

bool is_registered(const json::Value& accounts) {
  if (accounts.items.empty()) return false;
  const json::Value* const registered = accounts.items.front().find("reg");
  return registered != nullptr && (registered->number == 1 || registered->string == "1");
}

PhoneApi::PhoneApi(world::World& world, Options options)
    : options_(std::move(options)),
      client_(world, options_.harness,
              {.time_out = options_.answer_within, .body = largest_reply}) {}

void PhoneApi::make_call(std::string_view number, Done done) {
  call("api-make_call", fmt::format("&phonenumber={}&account=0", host::percent_encoded(number)),
       std::move(done));
}

void PhoneApi::operate(std::string_view command, Done done) {
  call("api-phone_operation", fmt::format("&cmd={}", command), std::move(done));
}

void PhoneApi::reboot(Done done) {
  call("api-sys_operation", "&request=REBOOT", std::move(done));
}

void PhoneApi::line_status(Done done) {
  call("api-get_line_status", "", std::move(done));
}

void PhoneApi::accounts(Done done) {
  call("api-get_accounts", "", std::move(done));
}

void PhoneApi::call(std::string_view function, const std::string& parameters, Done done) {
  const PhoneRequest request{function, options_.phone, options_.harness, options_.answer_within};
  const std::string target =
      fmt::format("/cgi-bin/{}?passcode={}{}", function,
                  host::percent_encoded(options_.passcode.value_or("")), parameters);
  client_.get(options_.phone, target,
              [request, done = std::move(done)](const host::HttpOutcome& outcome) {
                done(read_phone_reply(request, outcome));
              });
}

}  // namespace sipharness::dut
