#include "reports/html.hpp"

#include <nlohmann/json.hpp>

#include "reports/html_assets.hpp"
#include "reports/page_data.hpp"
#include "reports/self_contained.hpp"

namespace reports {

std::string html(const HtmlReport& report) {
  return self_contained(assets::report_sections, assets::report_script, page_data(report));
}

}  // namespace reports
