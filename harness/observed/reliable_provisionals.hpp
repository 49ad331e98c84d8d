#pragma once
// Provisional responses that were sent to the device reliably, and the PRACKs that it answered
// with.
// @source RFC 3262 §3, §4

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

struct ReliableProvisional {
  const Transaction* invite = nullptr;
  std::size_t response = 0;            ///< message: its first copy
  std::string rack;                    ///< what a PRACK must say to name it
  std::optional<std::size_t> prack{};  ///< message: the first that names it
  /// Message: the first PRACK in its dialog after it that names no response at all.
  std::optional<std::size_t> stray_prack{};
};

std::vector<ReliableProvisional> find_reliable_provisionals(const Phone& phone);
/// To INVITEs that said the device supports 100rel, by INVITE.
inline const std::vector<ReliableProvisional>& reliable_provisionals(const Phone& phone) {
  return phone.derived<find_reliable_provisionals>();
}

/// The response, and the PRACK.
Evidence evidence_of(const Phone& phone, const ReliableProvisional& one);

}  // namespace sipharness::observed
