#pragma once
// Which devices there are in a trace whose directions are known, which message is whose, which of
// the devices are under test, and how they are called.

#include <optional>

#include "harness/trace/trace.hpp"

namespace sipharness::trace {

/// Fills Trace::devices and the device of flows and messages. In a foreign capture who only answers
/// is a device as well, and two phones may share an account; in a run what is nobody's is the first
/// device's.
void assign_devices(Trace& trace);

/// Who never was let in anywhere and called nobody, beside others who were: not under test.
void mark_strangers(Trace& trace);

/// Only these are under test. There is always one of them.
void mark_tested(Trace& trace, const Tested& tested);

/// Adds those of a run that never said a word: they are judged like the others. One alone under
/// test is "phone", whoever else is there.
void name_devices(Trace& trace);

}  // namespace sipharness::trace
