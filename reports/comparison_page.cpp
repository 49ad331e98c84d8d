// The page of a comparison: what its script draws.

#include <nlohmann/json.hpp>

#include "reports/comparison.hpp"
#include "reports/comparison_words.hpp"
#include "reports/html_assets.hpp"
#include "reports/self_contained.hpp"

namespace reports {

using nlohmann::ordered_json;
using sipharness::campaign::Change;

std::string comparison_page(const sipharness::campaign::Comparison& comparison) {
  ordered_json changes = ordered_json::array();
  for (const Change& change : comparison.changes)
    changes.push_back({{"kind", to_string(change.kind)},
                       {"requirement", change.requirement->id},
                       {"where", where(change)},
                       {"before", told(change.before)},
                       {"after", told(change.after)},
                       {"moved", move(change)}});
  return self_contained(assets::comparison_sections, assets::comparison_script,
                        {{"verdict", to_string(overall(comparison))},
                         {"headline", headline(comparison)},
                         {"summary", summary(comparison)},
                         {"before", who(comparison.before)},
                         {"after", who(comparison.after)},
                         {"notes", notes(comparison)},
                         {"changes", std::move(changes)}});
}

}  // namespace reports
