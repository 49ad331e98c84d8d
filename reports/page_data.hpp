#pragma once
// What the page is drawn from, as compact JSON: of a result and a story only what is shown there.

#include <nlohmann/json.hpp>

#include "reports/html.hpp"

namespace reports {

/// {"format", "summary", "name", …, "findings", "rows", "phones", "ladder"}; reports/html/*.js read
/// it. What is empty is left out.
nlohmann::ordered_json page_data(const HtmlReport& report);

}  // namespace reports
