// Prints the transactions that the harness sees in a run folder, one a line, for a test that holds
// them against those of another dissector:
//   METHOD BRANCH SERVER  frames of the transmissions  of the responses  of the ACKs

#include <cstdio>

#include <fmt/format.h>

#include "harness/files/files.hpp"
#include "harness/judge/judge.hpp"
#include "harness/observed/journal_facts.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace {

using namespace sipharness;

std::string frames(const observed::Phone& phone, const std::vector<std::size_t>& messages) {
  std::vector<std::uint32_t> numbers;
  for (const std::size_t message : messages) numbers.push_back(phone.message(message).frame);
  return numbers.empty() ? "-" : fmt::format("{}", fmt::join(numbers, ","));
}

void print(const observed::Phone& phone) {
  for (const observed::Transaction& transaction : transactions(phone)) {
    const trace::Message& first = opening(phone, transaction);
    fmt::print("{} {} {} {} {} {}\n", first.sip.method_text(), first.sip.via().branch,
               first.destination.text(), frames(phone, transaction.sends),
               frames(phone, transaction.responses), frames(phone, transaction.acks));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: transactions RUN_FOLDER\n");
    return 2;
  }
  const auto judged = judge::judge({.capture = argv[1], .only = {"DUT-PARSE"}});
  if (!judged) {
    fmt::print(stderr, "{}\n", judged.error().text());
    return 2;
  }
  const observed::JournalFacts journal(judged->trace);
  const scenario::Profile profile;
  for (std::size_t device = 0; device < judged->trace.devices.size(); ++device)
    print({judged->trace, journal, profile, nullptr, device});
  return 0;
}
