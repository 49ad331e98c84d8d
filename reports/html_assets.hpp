#pragma once
// The files of reports/html, built into the program.

#include <string_view>

namespace reports::assets {

extern const std::string_view page;   ///< page.html
extern const std::string_view style;  ///< page.css
extern const std::string_view report_sections;
extern const std::string_view report_script;
extern const std::string_view index_sections;
extern const std::string_view index_script;
extern const std::string_view matrix_sections;
extern const std::string_view matrix_script;
extern const std::string_view comparison_sections;
extern const std::string_view comparison_script;
extern const std::string_view live_sections;
extern const std::string_view live_script;

}  // namespace reports::assets
