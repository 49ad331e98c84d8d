#pragma once
// A page that needs nothing else: its style, its script and what it is drawn from stand in it.
//  1. It asks nothing of any network, and its own policy (Content-Security-Policy) lets only the
//     script and the style run that were built in.
//  2. What came from outside is data in it (JSON, escaped) and reaches the document as text only.

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace reports {

/// @param also_allowed directives of the policy besides, each with a blank before and its ";"
/// behind
std::string self_contained(std::string_view sections, std::string_view script,
                           const nlohmann::ordered_json& data, std::string_view also_allowed = {});

}  // namespace reports
