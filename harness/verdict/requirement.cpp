#include "harness/verdict/requirement.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "harness/verdict/catalogue/always_rows.hpp"
#include "harness/verdict/catalogue/authentication_rows.hpp"
#include "harness/verdict/catalogue/dialog_rows.hpp"
#include "harness/verdict/catalogue/failover_rows.hpp"
#include "harness/verdict/catalogue/guide_rows.hpp"
#include "harness/verdict/catalogue/recovery_rows.hpp"
#include "harness/verdict/catalogue/register_rows.hpp"
#include "harness/verdict/catalogue/request_rows.hpp"
#include "harness/verdict/catalogue/selection_rows.hpp"
#include "harness/verdict/catalogue/session_rows.hpp"
#include "harness/verdict/catalogue/subscription_rows.hpp"
#include "harness/verdict/catalogue/transaction_rows.hpp"

namespace sipharness::verdict {
namespace {

template <std::size_t... sizes>
constexpr auto joined(const std::array<Requirement, sizes>&... parts) {
  std::array<Requirement, (sizes + ...)> all{};
  auto end = all.begin();
  ((end = std::copy(parts.begin(), parts.end(), end)), ...);
  return all;
}

constexpr auto rows =
    joined(catalogue::guide_rows, catalogue::register_rows, catalogue::request_rows,
           catalogue::transaction_rows, catalogue::dialog_rows, catalogue::selection_rows,
           catalogue::subscription_rows, catalogue::session_rows, catalogue::authentication_rows,
           catalogue::failover_rows, catalogue::recovery_rows, catalogue::always_rows);

constexpr bool ids_are_unique() {
  for (auto row = rows.begin(); row != rows.end(); ++row) {
    const auto same = [row](const Requirement& other) { return other.id == row->id; };
    if (std::any_of(row + 1, rows.end(), same)) return false;
  }
  return true;
}
static_assert(ids_are_unique());

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::must:
      return "must";
    case Severity::should:
      return "should";
    case Severity::vendor:
      return "vendor";
    case Severity::quality:
      return "quality";
    case Severity::info:
      return "info";
  }
  return "";
}

std::span<const Requirement> requirements() {
  return rows;
}

const Requirement* find_requirement(std::string_view id) {
  const auto row =
      std::find_if(rows.begin(), rows.end(), [id](const Requirement& r) { return r.id == id; });
  return row == rows.end() ? nullptr : &*row;
}

}  // namespace sipharness::verdict
