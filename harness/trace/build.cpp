#include <utility>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/capture/capture_file.hpp"
#include "harness/capture/hep_clock.hpp"
#include "harness/capture/time_order.hpp"
#include "harness/trace/assembler.hpp"

namespace sipharness::trace {
namespace {

/// Notes the span of the capture, and where it holds nothing, on the way to the decoder.
class SpanNotingSink final : public packet::FrameSink {
 public:
  SpanNotingSink(packet::FrameSink& next, CaptureSummary& summary)
      : next_(next), summary_(summary) {}
  void on_frame(const packet::FrameView& frame) override {
    if (!seen_) summary_.first = frame.at;
    if (seen_ && frame.at - summary_.last >= least_silence)
      summary_.silences.push_back({last_, frame.number, summary_.last, frame.at});
    seen_ = true;
    summary_.last = frame.at;
    last_ = frame.number;
    next_.on_frame(frame);
  }

 private:
  packet::FrameSink& next_;
  CaptureSummary& summary_;
  bool seen_ = false;
  std::uint32_t last_ = 0;  ///< number of the last frame
};

std::vector<Server> servers_of(const scenario::Scenario* scenario) {
  std::vector<Server> servers;
  if (scenario == nullptr) return servers;
  for (const scenario::Server& server : scenario->servers) {
    if (!server.address) continue;
    servers.push_back(
        {role_of(server.name),
         Endpoint{*server.address, server.port},
         {.from = KnownFrom::journal,
          .why = server.name == spare ? "the spare of the scenario: another machine of the primary"
                                      : ""}});
  }
  return servers;
}

/// How the frames of the file stood in time.
void tell_of_times(const capture::TimeOrder& order, CaptureSummary& summary) {
  for (const capture::TimeOrder::Step& step : order.steps()) {
    const bool went_back = step.back > Duration::zero();
    summary.faults.push_back(
        {.text = fmt::format(
             "the clock went {} by {} between frames {} and {}", went_back ? "back" : "forward",
             format_seconds(went_back ? step.back : -step.back), step.before, step.before + 1),
         .from = step.at,
         .until = step.at,
         .is_of_clock = true});
  }
  if (order.sorted() > 0)
    summary.remarks.push_back(fmt::format("the file had {} out of order: sorted by time",
                                          counted(order.sorted(), "frame")));
  if (summary.counts.frames > 2 && summary.first == summary.last)
    summary.faults.push_back({.text = "all frames have the same time"});
}

}  // namespace

Expected<Trace> build_trace(BuildOptions options) {
  AssembleOptions assemble;
  assemble.journal = std::move(options.journal);
  assemble.servers =
      options.servers.empty() ? servers_of(options.scenario) : std::move(options.servers);
  assemble.vantage = options.vantage;
  assemble.tested = std::move(options.tested);
  if (options.scenario != nullptr && options.scenario->dns && options.scenario->dns->address)
    assemble.name_server = {*options.scenario->dns->address, options.scenario->dns->port};
  const auto file = capture::CaptureFile::open(options.captures);
  if (!file) return tl::unexpected(file.error());
  assemble.file = *file;
  // The servers of a run may send a datagram twice on purpose.
  const auto copies = assemble.journal.empty() ? capture::Copies::any : capture::Copies::with_id;
  TraceAssembler assembler(std::move(assemble));
  capture::Decoder decoder(assembler, copies);
  CaptureSummary summary;
  SpanNotingSink span(decoder, summary);
  capture::TimeOrder order(span);
  capture::HepClock clock(order);
  const Expected<capture::ReadOutcome> outcome = file->read(clock);
  if (!outcome) return tl::unexpected(outcome.error());
  order.finish();
  decoder.finish();
  for (const capture::FileFault& fault : outcome->faults)
    summary.faults.push_back({.text = fault.text, .from = fault.from, .until = fault.until});
  summary.remarks = outcome->remarks;
  summary.counts = decoder.counts();
  tell_of_times(order, summary);
  return std::move(assembler).finish(summary);
}

}  // namespace sipharness::trace
