// How large a request over UDP may be. @source RFC 3261 §18.1.1

#include "harness/check/families.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/server_faults.hpp"

namespace sipharness::check {
namespace {

std::size_t size_of(const Message& request) {
  return request.sip.bytes().size();
}

bool is_too_large(const Phone& phone, const Message& request) {
  if (request.transport != Transport::udp || size_of(request) <= largest_datagram) return false;
  // A stream to that server was refused before: §18.1.1 then wants the request by UDP after all.
  const auto refused = first_refused_stream(phone, request.server);
  return !refused || *refused > request.at;
}

void large_requests_use_a_stream(const Phone& phone, Judge& judge) {
  const Message* largest = nullptr;
  bool all_fit = true;
  for (const Transaction* transaction : client_transactions(phone)) {
    const Message& request = opening(phone, *transaction);
    if (largest == nullptr || size_of(request) > size_of(*largest)) largest = &request;
    if (!is_too_large(phone, request)) continue;
    all_fit = false;
    // A MUST that hardly any device heeds: told, not held against it (catalogue).
    judge.warn(evidence_of(phone, *transaction),
               fmt::format("{} of {} bytes over UDP", request.sip.method_text(), size_of(request)));
  }
  if (largest != nullptr && all_fit)
    judge.pass(evidence_of(phone, *largest),
               fmt::format("the largest request, {} bytes, goes over {}", size_of(*largest),
                           to_string(largest->transport)));
}

const std::array rfc3261_18_size{
    Rule{.row = {.id = "RFC3261-GEN-11",
                 .clause = "RFC 3261 §18.1.1",
                 .severity = Severity::must,
                 .sentence = "A request of more than 1300 bytes goes over a stream, unless streams "
                             "were refused.",
                 .observed = "The size of every request sent over UDP; larger ones are a warning, "
                             "few devices heed this."},
         .needs = {"a request of the device"},
         .judge = large_requests_use_a_stream,
         .is_about_content = true},
};

}  // namespace

std::span<const Rule> rfc3261_18_size_rules() {
  return rfc3261_18_size;
}

}  // namespace sipharness::check
