#pragma once
// The run could not be set up: a taken port, no such interface, no permission. Thrown where it is
// found, caught once in main; exit code 4. The text names the remedy.

#include <stdexcept>

namespace sipharness {

class SetupError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace sipharness
