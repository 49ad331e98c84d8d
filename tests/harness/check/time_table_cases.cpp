// The catalogue's time tables against the checks that judge them: every row of T-1 and T-2 passes,
// and no row passes for another.

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace time_table {

struct Row {
  std::string_view name;
  Duration t1;
  Duration t2;
  std::vector<Duration> head;  ///< offsets of retransmissions up to where they become regular
  Duration last;               ///< then every T2 up to here
};

/// T-1: any request but INVITE, no response.
const std::vector<Row> table_1 = {
    {"t1_500ms_t2_4s", 500ms, 4s, {500ms, 1500ms, 3500ms, 7500ms}, 31500ms},
    {"t1_500ms_t2_2s", 500ms, 2s, {500ms, 1500ms, 3500ms}, 31500ms},
    {"t1_500ms_t2_8s", 500ms, 8s, {500ms, 1500ms, 3500ms, 7500ms, 15500ms}, 31500ms},
    {"t1_1s_t2_4s", 1s, 4s, {1s, 3s, 7s}, 63s},
    {"t1_1s_t2_8s", 1s, 8s, {1s, 3s, 7s, 15s}, 63s},
    {"t1_2s_t2_4s", 2s, 4s, {2s, 6s}, 126s},
};

/// T-2: INVITE, no response; there is no cap, so nothing becomes regular.
const std::vector<Row> table_2 = {
    {"t1_500ms", 500ms, 4s, {500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms}, 0s},
    {"t1_1s", 1s, 4s, {1s, 3s, 7s, 15s, 31s, 63s}, 0s},
    {"t1_2s", 2s, 4s, {2s, 6s, 14s, 30s, 62s, 126s}, 0s},
};

std::vector<Duration> offsets_of(const Row& row) {
  std::vector<Duration> offsets = row.head;
  while (offsets.back() + row.t2 <= row.last) offsets.push_back(offsets.back() + row.t2);
  return offsets;
}

/// What the device sends is `sent`; what its profile says is `told`.
std::function<void(Setting)> unanswered(std::string method, Row sent, Row told) {
  return [=](Setting s) {
    s.profile.timers.t1 = told.t1;
    s.profile.timers.t2 = told.t2;
    s.trace.at(0s).silent(primary);
    const auto first = s.trace.at(1s).from_device(primary).request(method);
    s.trace.retransmissions(first, offsets_of(sent));
    s.trace.ends(200s);
  };
}

/// The first transmission of `sent` that comes when none does in `told`.
Expected fails_at_the_first_difference(const Row& sent, const Row& told) {
  const std::vector<Duration> offsets = offsets_of(sent);
  const auto differs = std::ranges::mismatch(offsets, offsets_of(told)).in1;
  const Duration before = differs == offsets.begin() ? Duration::zero() : *std::prev(differs);
  const auto frame = static_cast<std::uint32_t>(differs - offsets.begin()) + 2;
  return fails(fmt::format("transmission {} after the one before: {}", frame,
                           format_seconds(*differs - before)),
               {frame - 1, frame});
}

void add_rows(std::vector<Case>& cases, const std::vector<Row>& table, std::string_view method,
              std::string_view intervals, std::string_view end) {
  for (const Row& row : table) {
    cases.push_back({std::string(row.name), intervals, Verdict::pass,
                     unanswered(std::string(method), row, row)});
    cases.push_back(
        {std::string(row.name), end, Verdict::pass, unanswered(std::string(method), row, row)});
    const auto other =
        std::ranges::find_if(table, [&](const Row& r) { return r.name != row.name; });
    cases.push_back({fmt::format("{}_is_not_{}", other->name, row.name), intervals,
                     fails_at_the_first_difference(*other, row),
                     unanswered(std::string(method), *other, row)});
  }
}

}  // namespace time_table

std::vector<Case> time_table_cases() {
  using namespace time_table;
  std::vector<Case> cases;
  add_rows(cases, table_1, "REGISTER", "RFC3261-TIMER-E", "RFC3261-TIMER-F");
  add_rows(cases, table_2, "INVITE", "RFC3261-TIMER-A", "RFC3261-TIMER-B");
  return cases;
}

}  // namespace sipharness::check_tests
