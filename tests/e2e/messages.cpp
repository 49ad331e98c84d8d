// Prints the SIP messages that the harness sees in captures, one a line, for a test that holds them
// against those of another dissector:
//   FRAME SOURCE DESTINATION METHOD_OR_STATUS CALL_ID CSEQ
// and what the captures lack, each line after "fault: ".

#include <cstdio>

#include <fmt/format.h>

#include "harness/trace/trace.hpp"

int main(int argc, char** argv) {
  using namespace sipharness;
  trace::BuildOptions options;
  options.captures.assign(argv + 1, argv + argc);
  const auto trace = trace::build_trace(std::move(options));
  if (!trace) {
    fmt::print(stderr, "{}\n", trace.error().text());
    return 2;
  }
  for (const trace::Message message : trace->messages) {
    const std::string what = message.sip.is_request() ? std::string(message.sip.method_text())
                                                      : std::to_string(message.sip.status());
    fmt::print("{} {} {} {} {} {}\n", message.frame, message.source.text(),
               message.destination.text(), what, message.sip.call_id(), message.sip.cseq());
  }
  for (const std::string& fault : trace->health.texts()) fmt::print("fault: {}\n", fault);
  return 0;
}
