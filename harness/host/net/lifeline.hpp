#pragma once
// Lets a member function find out, after it called out, whether its object still exists: a handler
// may destroy the port that is calling it (harness/world/world.hpp, contract 5).

#include <memory>

namespace sipharness::host {

class Lifeline {
 public:
  Lifeline() = default;
  ~Lifeline() { *alive_ = false; }
  Lifeline(const Lifeline&) = delete;
  Lifeline& operator=(const Lifeline&) = delete;

  /// True as long as the object that holds this lifeline exists.
  std::shared_ptr<const bool> alive() const { return alive_; }

 private:
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace sipharness::host
