// Prints the transactions that the harness sees in a run folder, one a line, for a test that holds
// them against those of another dissector:
//   METHOD BRANCH SERVER  frames of the transmissions  of the responses  of the ACKs

#include <cstdio>

#include <fmt/format.h>

#include "harness/files/files.hpp"
#include "harness/judge/judge.hpp"
#include "harness/trace/transaction.hpp"

namespace {

using namespace sipharness;

std::string frames(const trace::Trace& trace, const std::vector<std::size_t>& messages) {
  std::vector<std::uint32_t> numbers;
  for (const std::size_t message : messages) numbers.push_back(trace.messages[message].frame);
  return numbers.empty() ? "-" : fmt::format("{}", fmt::join(numbers, ","));
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
  const trace::Trace& trace = judged->trace;
  for (const trace::Transaction& transaction : trace::find_transactions(trace)) {
    const trace::Message& first = trace.messages[transaction.sends.front()];
    fmt::print("{} {} {} {} {} {}\n", first.sip.method_text(), first.sip.via().branch,
               first.destination.text(), frames(trace, transaction.sends),
               frames(trace, transaction.responses), frames(trace, transaction.acks));
  }
  return 0;
}
