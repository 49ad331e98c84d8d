// DNS: what can be read can be written and is the same again; any records are read without harm.

#include <string>
#include <vector>

#include "harness/dns/message.hpp"
#include "tests/fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sipharness;
  const std::vector<char> exact(data, data + size);
  (void)dns::records_in({exact.data(), exact.size()});
  const auto message = dns::parse({exact.data(), exact.size()});
  if (!message || message->type == dns::RecordType::other) return 0;
  const auto again = dns::parse(dns::encode(*message));
  fuzz::expect(again == message, "a DNS message that was written is read as it was");
  return 0;
}
