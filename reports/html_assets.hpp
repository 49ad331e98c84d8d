#pragma once
// The files of reports/html, built into the program.

#include <string_view>

namespace reports::assets {

extern const std::string_view form;    ///< report.html
extern const std::string_view style;   ///< report.css
extern const std::string_view script;  ///< the .js files, in the order of CMakeLists.txt

}  // namespace reports::assets
