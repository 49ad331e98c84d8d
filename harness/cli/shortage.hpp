#pragma once
// What happens when memory runs out: an exception like others, which ends the command with an exit
// code, keeps what is on the disk, and says so in a line.

#include <exception>
#include <string>

namespace sipharness::cli {

/// What an exception says, in words for a person.
std::string words_of(const std::exception& error);

/// Puts memory aside for the way out, which takes some itself. Once, before anything else.
void prepare_for_shortage();

}  // namespace sipharness::cli
