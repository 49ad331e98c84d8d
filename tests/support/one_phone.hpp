#pragma once
// A phone of a built trace with all that it refers to, for tests of what is derived from it.

#include <utility>

#include "harness/observed/phone.hpp"
#include "tests/support/trace_builder.hpp"

namespace sipharness::test_support {

struct OnePhone {
  explicit OnePhone(TraceBuilder& builder, scenario::Profile judged_by = {}, std::size_t device = 0)
      : trace(builder.build()),
        profile(std::move(judged_by)),
        journal(trace),
        phone(trace, journal, profile, nullptr, device) {}

  trace::Trace trace;
  scenario::Profile profile;
  observed::JournalFacts journal;
  observed::Phone phone;
};

}  // namespace sipharness::test_support
