#pragma once
// What devices came to, as they are judged one after the other: all findings are counted, and of
// each requirement and verdict the worst are kept, those nearest to the end of what was expected or
// farthest beyond it.
//  1. A finding is not stored unless it is kept: of a fleet most only add to a count.
//  2. No verdict that a device has is lost: the result as a whole comes to the same.
//  3. The order in which devices are added does not matter.

#include <array>
#include <compare>
#include <cstddef>
#include <span>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/verdict/finding.hpp"
#include "harness/verdict/fleet.hpp"

namespace sipharness::verdict {

class Tally {
 public:
  /// Keeps all.
  Tally() = default;
  /// Keeps so many of each requirement and verdict; of the same margin the first devices'.
  explicit Tally(std::size_t kept) : most_(kept) {}

  /// The findings of one device, of the same requirements in the same order as any other's. Takes
  /// what is kept.
  void add(std::size_t device, std::span<Finding> findings);

  /// Every requirement, counted.
  std::vector<FleetRow> rows() const;
  /// Takes out what was kept: by requirement, then device.
  std::vector<Finding> findings();

 private:
  struct Rank {
    Duration margin{};
    std::size_t device = 0;
    auto operator<=>(const Rank&) const = default;
  };
  struct Kept {
    Rank rank;
    Finding finding;
  };
  struct Row {
    FleetRow counted;
    std::array<std::vector<Kept>, 6> kept{};  ///< by verdict; the last to be kept leads its heap
  };

  void keep(std::vector<Kept>& kept, Rank rank, Finding& finding) const;

  std::size_t most_ = static_cast<std::size_t>(-1);
  std::vector<Row> rows_;
};

}  // namespace sipharness::verdict
