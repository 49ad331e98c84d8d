#pragma once
// How rules speak of what they judge: one subject at a time, with its evidence.
//
//   each<calls, judge_call>          judge_call(phone, call, it) for every call of the phone
//   every<requests, wrong_with>      wrong_with(phone, request) says what is wrong with one, or
//                                    nothing; where nothing is, all pass as one (Rule::held).
//                                    A third argument, true: see Evidence::in_itself.
//                                    wrong_with(phone, request, it) may say it itself
//   only<requests, is_register>      those of the requests that is_register(phone, request)
//   in_turn<each<...>, every<...>>   of several kinds of subjects, one after the other
//
//  1. `subjects` is a function of harness/observed that gives a range of values or of pointers.
//  2. The evidence of an occurrence is evidence_of(phone, subject) until cite() adds to it or
//     about() replaces it; it is found only where something is said.
//  3. What is said may be a format with its arguments: it.violated("answered with {}", status).

#include <concepts>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "harness/check/judge.hpp"

namespace sipharness::check {

/// What is wrong with a subject; nothing if it is right.
using Wrong = std::optional<std::string>;

class Occurrence {
 public:
  template <class Subject>
  Occurrence(const Phone& phone, Judge& judge, const Subject& subject)
      : phone_(phone),
        judge_(judge),
        subject_(&subject),
        find_evidence_(&evidence_of_subject<Subject>) {}

  /// Adds a message to the evidence, if there is one.
  Occurrence& cite(std::optional<std::size_t> message);
  Occurrence& cite(const Message* message) {
    return message == nullptr ? *this : cite(message->index);
  }
  /// See Evidence::in_itself.
  Occurrence& in_itself() {
    evidence().in_itself = true;
    return *this;
  }
  /// What is said rests on why the device sent this BYE (or CANCEL), if there is one.
  Occurrence& rests_on(const Message* hang_up);
  Occurrence& rests_on(std::optional<std::size_t> hang_up) {
    return rests_on(hang_up ? &phone_.message(*hang_up) : nullptr);
  }
  /// Replaces the evidence.
  Occurrence& about(Evidence evidence);
  /// By that of another subject.
  template <class Subject>
  requires(!std::convertible_to<Subject, Evidence>) Occurrence& about(const Subject& subject) {
    return about(evidence_of(phone_, subject));
  }

  void pass(std::string message) { judge_.pass(evidence(), std::move(message)); }
  void violated(std::string message) { judge_.violated(evidence(), std::move(message)); }
  void warn(std::string message) { judge_.warn(evidence(), std::move(message)); }
  void fail(std::string message) { judge_.fail(evidence(), std::move(message)); }
  void inconclusive(verdict::Blame blame, std::string reason) {
    judge_.inconclusive(evidence(), blame, std::move(reason));
  }
  template <class First, class... Rest>
  void pass(fmt::format_string<First, Rest...> text, First&& first, Rest&&... rest) {
    pass(fmt::format(text, std::forward<First>(first), std::forward<Rest>(rest)...));
  }
  template <class First, class... Rest>
  void violated(fmt::format_string<First, Rest...> text, First&& first, Rest&&... rest) {
    violated(fmt::format(text, std::forward<First>(first), std::forward<Rest>(rest)...));
  }
  template <class First, class... Rest>
  void warn(fmt::format_string<First, Rest...> text, First&& first, Rest&&... rest) {
    warn(fmt::format(text, std::forward<First>(first), std::forward<Rest>(rest)...));
  }
  template <class First, class... Rest>
  void fail(fmt::format_string<First, Rest...> text, First&& first, Rest&&... rest) {
    fail(fmt::format(text, std::forward<First>(first), std::forward<Rest>(rest)...));
  }
  template <class First, class... Rest>
  void inconclusive(verdict::Blame blame, fmt::format_string<First, Rest...> text, First&& first,
                    Rest&&... rest) {
    inconclusive(blame, fmt::format(text, std::forward<First>(first), std::forward<Rest>(rest)...));
  }
  /// See Judge::is_asked_for.
  bool is_asked_for() const { return judge_.is_asked_for(); }
  /// pass or violated, with the one message.
  void expect(bool holds, std::string_view seen) { expect(holds, seen, seen); }
  /// pass with the one message, violated with the other.
  void expect(bool holds, std::string_view held, std::string_view broken);
  void within(const Measurement& measurement, std::string_view what) {
    judge_.within(evidence(), measurement, what);
  }
  /// From one instant to another.
  void within(trace::Span span, const verdict::Window& window, std::string_view what,
              std::optional<Tolerance> tolerance = {}) {
    within({.start = span.from, .end = span.until, .window = window, .tolerance = tolerance}, what);
  }
  void should_be_within(const Measurement& measurement, std::string_view what) {
    judge_.should_be_within(evidence(), measurement, what);
  }
  template <class First, class... Rest>
  void within(const Measurement& measurement, fmt::format_string<First, Rest...> what,
              First&& first, Rest&&... rest) {
    within(measurement, std::string_view(fmt::format(what, std::forward<First>(first),
                                                     std::forward<Rest>(rest)...)));
  }
  /// Violated, if the capture shows what the device received; elsewhere the message that it should
  /// have heeded, or its reaction, may have been lost on the way.
  void violated_unless_lost(const std::string& message);
  template <class First, class... Rest>
  void violated_unless_lost(fmt::format_string<First, Rest...> text, First&& first,
                            Rest&&... rest) {
    violated_unless_lost(
        fmt::format(text, std::forward<First>(first), std::forward<Rest>(rest)...));
  }
  /// Violated, if that is certain; else inconclusive: `doubt` goes on with the message.
  void violated_if(bool is_certain, const std::string& message, verdict::Blame blame,
                   std::string_view doubt);

 private:
  template <class Subject>
  static Evidence evidence_of_subject(const Phone& phone, const void* subject) {
    return evidence_of(phone, *static_cast<const Subject*>(subject));
  }
  Evidence& evidence();

  const Phone& phone_;
  Judge& judge_;
  const void* subject_;
  Evidence (*find_evidence_)(const Phone&, const void*);
  std::optional<Evidence> evidence_;
};

/// The value behind a pointer, or the value.
template <class Item>
const auto& subject_of(const Item& item) {
  if constexpr (std::is_pointer_v<Item>)
    return *item;
  else
    return item;
}

template <auto subjects, auto judge_one>
void each(const Phone& phone, Judge& judge) {
  for (const auto& item : subjects(phone)) {
    const auto& subject = subject_of(item);
    Occurrence occurrence(phone, judge, subject);
    judge_one(phone, subject, occurrence);
  }
}

template <auto... judges>
void in_turn(const Phone& phone, Judge& judge) {
  (judges(phone, judge), ...);
}

/// Where nothing was said since `before` instances, all subjects are right (Rule::held).
template <auto subjects>
void all_held(const Phone& phone, Judge& judge, std::size_t before = 0) {
  auto&& all = subjects(phone);
  if (judge.said() > before || std::ranges::empty(all)) return;
  const std::size_t first =
      evidence_of(phone, subject_of(*std::ranges::begin(all))).messages.front();
  judge.all_held(first, static_cast<std::size_t>(std::ranges::distance(all)));
}

template <auto subjects, auto wrong_with, bool in_itself = false>
void every(const Phone& phone, Judge& judge) {
  const std::size_t before = judge.said();
  for (const auto& item : subjects(phone)) {
    const auto& subject = subject_of(item);
    if constexpr (std::invocable<decltype(wrong_with), const Phone&, decltype(subject),
                                 Occurrence&>) {
      Occurrence occurrence(phone, judge, subject);
      wrong_with(phone, subject, occurrence);
    } else if (const Wrong wrong = wrong_with(phone, subject)) {
      Evidence evidence = evidence_of(phone, subject);
      evidence.in_itself = in_itself;
      judge.violated(evidence, *wrong);
    }
  }
  all_held<subjects>(phone, judge, before);
}

/// A view: the subjects are looked through, not copied.
template <auto subjects, auto belongs>
auto only(const Phone& phone) {
  return subjects(phone) | std::views::filter([&phone](const auto& item) {
           return belongs(phone, subject_of(item));
         });
}

}  // namespace sipharness::check
