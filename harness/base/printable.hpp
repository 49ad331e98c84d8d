#pragma once
// Text from outside, made fit for a terminal, a page and an XML file. Whoever prints what a device,
// a file or a command line brought calls it; nothing else does.

#include <cstddef>
#include <string>
#include <string_view>

namespace sipharness {

/// A character of well-formed UTF-8 that may not be shown: C0 and C1 controls, line and paragraph
/// separators, what turns the direction of writing round, and what XML forbids.
/// @source ECMA-48 §5.3 (a terminal takes U+009B for an escape sequence); XML 1.0 §2.2; Unicode
/// UAX #9 (U+202E shows what follows backwards)
struct Unprintable {
  unsigned code = 0;
  std::size_t length = 0;  ///< in bytes; zero: the text begins with none
};
Unprintable unprintable_at_front(std::string_view utf8);

/// Those made visible as \xNN, broken UTF-8 as U+FFFD; one line whatever comes in, of a length that
/// can be read (shortened.hpp).
std::string printable(std::string_view text);

}  // namespace sipharness
