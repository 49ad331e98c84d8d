#pragma once
// Collects what one check saw of one requirement and turns it into a finding. Here, once, are the
// rules that apply to every row: severity to verdict, named-but-not-exercised, capture health, host
// lag, tightened windows (requirements §0.2). A check only says what it measured.
//  1. Every call adds one instance; none at all means nothing exercised the requirement: that is
//     inconclusive if the scenario names it, else not applicable.
//     Whose doing: where a rule says the harness', in a run that was played to its end the device's
//     (it did not take its part), in one that Ctrl-C ended the user's, in one cut off the host's.
//  2. An info row is recorded, whatever the check says.
//  3. A vendor row of a device that does not claim the guide (claims_guide) becomes info.
//  4. Where an action was not delivered to the device (rule i), a named row that nothing exercised
//     says so and blames the user: the driver that the profile describes, or a person, lost it.
//  5. A fault of the capture that concerns the server and the time of an occurrence, or a host that
//     was later than the margin, turns pass, warn and fail into inconclusive, keeping what was
//     measured. What has no margin of its own (counts, ends, orders, absences) bears half of T1,
//     from the first message that it cites to 64*T1 after the last.
//  6. What cites a request of a server that nothing shows to have arrived (misdirected.hpp), and a
//     violation in its call, is inconclusive.
//  7. What rests on why the device hung up, in a call whose RTP a server withheld
//     (withheld_media.hpp), is inconclusive; a named row that nothing exercised says so too.
//  8. Without a journal a violation by what first came to the device more than 10 s after its last
//     sign of life is inconclusive: it may have been switched off. So is one by what reaches into a
//     silence that ends with a registration begun anew (absences.hpp).
//  9. Where other messages show that some are missing from the capture, so may be what a fail or a
//     warning misses: inconclusive, unless it recurs more often than messages are missing, or is
//     wrong by what a message holds.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/missing_messages.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/verdict/finding.hpp"

namespace sipharness::check {

/// Checks are written in the words of what was observed.
using namespace observed;

/// A measured interval against its window.
struct Measurement {
  CaptureTime start;
  CaptureTime end;
  verdict::Window window;
  std::optional<Tolerance> tolerance{};
  /// Start or end was produced by our host: its lag counts against the margin.
  bool host_produced = false;
  Duration measured() const { return end - start; }
};

/// From `start` to an `end` that must come before the time that was granted is over.
inline Measurement before_lapse(CaptureTime start, CaptureTime end, Duration granted) {
  return {.start = start,
          .end = end,
          .window = {.max = granted, .max_open = true},
          .host_produced = true};
}

/// What must come true before a rule can be judged, said when nothing exercised it.
struct Needs {
  std::string_view what = "something to judge";   ///< "a call that was answered"
  verdict::Blame blame = verdict::Blame::device;  ///< whose doing it is where it is missing
  /// The phone itself kept it from coming true: then it is the device's doing after all.
  bool (*withheld)(const Phone&) = nullptr;
  /// Why it is not to be asked of this phone, for what the capture shows of it; empty: it is.
  std::string_view (*waived)(const Phone&) = nullptr;
  /// Whose doing it is, where the capture tells that.
  verdict::Blame (*blamed)(const Phone&) = nullptr;
};

/// Why vendor rows are only recorded.
inline constexpr std::string_view unclaimed_guide =
    "neither the profile nor the User-Agent claims the guide";
inline constexpr std::string_view unclaimed_and_broken =
    "neither the profile nor the User-Agent claims the guide; a phone that does would be at fault";

/// Why the absence of what the device owed is no verdict where nothing of it is seen any more.
inline constexpr std::string_view may_be_switched_off =
    "nothing of the device is seen after that: was it switched off? With --journal that would be "
    "told";

/// What is right with all subjects of a rule: {} stands for them ("all 3 requests").
struct Held {
  std::string_view what{};
  std::string_view subject = "request";
};

/// What an instance rests on.
struct Basis {
  ServerRole server = ServerRole::none;
  std::string_view call_id{};
  trace::Span seen{};   ///< a fault of the capture in it hides what was there
  trace::Span lived{};  ///< a host that was late in it may have made it what it is
  bool in_itself = false;
  std::optional<std::size_t> own_hang_up{};
  bool came_to_nobody = false;
  std::optional<trace::Span> cited{};  ///< from the first message that it cites to the last
};

/// The instances of one row while it is judged. The next row takes over the memory.
struct Collected {
  std::vector<verdict::Instance> instances{};
  std::vector<Basis> bases{};                       ///< of each instance
  std::size_t kept = static_cast<std::size_t>(-1);  ///< of a row that nothing violates
};

struct Rule;

class Judge {
 public:
  /// What was `collected` before is forgotten.
  Judge(const Phone& phone, const Rule& rule, Collected& collected);

  /// Judged and right.
  void pass(const Evidence& evidence, std::string message);
  /// Violated: fail for must, vendor; warn for should, quality. What §0.2 of the catalogue says.
  void violated(const Evidence& evidence, std::string message);
  /// Not as good as it should be, whatever the severity: at most warn.
  void warn(const Evidence& evidence, std::string message);
  /// Wrong whatever the severity word says (rows that the catalogue fails explicitly).
  void fail(const Evidence& evidence, std::string message);
  /// pass if inside the window, violated if outside; the window may be tightened by the scenario,
  /// and the numbers are in the finding. `what` names the interval: "INVITE reached the secondary".
  void within(const Evidence& evidence, const Measurement& measurement, std::string_view what);
  /// As within, but outside means only warn.
  void should_be_within(const Evidence& evidence, const Measurement& measurement,
                        std::string_view what);
  /// The capture, the host or the vantage does not allow a verdict on this occurrence.
  void inconclusive(const Evidence& evidence, verdict::Blame blame, std::string reason);
  /// The profile switches it off.
  void not_applicable(std::string_view reason);
  /// Something else than Rule::needs must come true first, as it turned out.
  void needs(std::string precondition, verdict::Blame blame = verdict::Blame::device);
  /// The scenario names the requirement, or there is none.
  bool is_asked_for() const;
  /// How many instances there are so far.
  std::size_t said() const { return instances_.size(); }
  /// All of `count` subjects are right, as `held` says; `first` is a message of the first.
  void all_held(std::size_t first, std::size_t count);

  /// All there is to say, worst first.
  verdict::Instances finish() &&;

 private:
  verdict::Instance& add(verdict::Verdict verdict, const Evidence& evidence, std::string message);
  void measure(const Evidence& evidence, const Measurement& measurement, std::string_view what,
               verdict::Verdict outside);
  verdict::Window tightened(verdict::Window window) const;
  verdict::Verdict fulfilment() const;
  verdict::Verdict violation() const;
  bool is_unclaimed_vendor_row() const;
  /// The verdicts of an unclaimed vendor row, as they were `judged`, become information.
  void record(const std::vector<verdict::Verdict>& judged);
  void conclude_unexercised();
  /// Whose doing it is that nothing exercised the row.
  verdict::Blame blame() const;
  /// A violation that other messages, or their time, may excuse.
  bool is_excusable(std::size_t instance) const;
  void allow_for_silent_servers(const std::vector<MissingMessage>& missing);
  trace::Span lifetime_of(const Evidence& evidence) const;
  void allow_for_misdirected_requests();
  void allow_for_unusable_responses();
  void allow_for_withheld_media();
  void allow_for_host_lag();
  void allow_for_departure();
  void allow_for_absences();
  void allow_for_missing_messages();
  void make_inconclusive(verdict::Instance& instance, verdict::Blame blame,
                         std::string reason) const;
  void heed_faults();
  /// The fault takes nothing from the instance, whenever it was.
  bool stands_beside(const trace::Fault& fault, std::size_t instance) const;
  /// In which the fault would turn the instance round.
  trace::Span span_that_matters(const trace::Fault& fault, std::size_t instance) const;

  const Phone& phone_;
  const Rule& rule_;
  std::vector<verdict::Instance>& instances_;
  verdict::Instances instead_;  ///< where there is none: why
  std::vector<Basis>& bases_;
  std::size_t kept_;
  struct Needed {
    std::string what;
    verdict::Blame blame;
  };
  std::optional<Needed> needed_;  ///< instead of what the rule needs, as it turned out
};

/// `violated`, if the capture shows what the device received; elsewhere the message that it should
/// have heeded, or its reaction, may have been lost on the way.
void violated_unless_lost(const Phone& phone, Judge& judge, const Evidence& evidence,
                          const std::string& message);

}  // namespace sipharness::check
