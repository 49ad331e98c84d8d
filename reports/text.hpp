#pragma once
// Small pieces of text that reports share.

#include <string>
#include <string_view>

#include "harness/base/printable.hpp"
#include "harness/verdict/result.hpp"
#include "harness/verdict/run_name.hpp"

namespace reports {

/// What a device sent never reaches a terminal or a page raw.
using sipharness::printable;
using sipharness::verdict::full_name;
using sipharness::verdict::name_of;

/// A JSON document in which that is escaped; as nlohmann writes it, control characters are.
std::string printable_json(std::string_view document);

/// "frames 41, 55 and 12 more".
std::string frame_list(const std::vector<std::uint32_t>& frames, std::size_t most = 8);

/// "31 passed, 1 warning, 0 failed, …" leaving out what is zero but passed and failed.
std::string count_line(const sipharness::verdict::Result& result);

/// "FAIL", "N/A"; in one of a terminal's sixteen colours.
std::string verdict_word(sipharness::verdict::Verdict verdict, bool colour);

/// Text in a table of GitHub Flavored Markdown: nothing in it is markup, a link or a new cell.
std::string in_markdown(std::string_view text);

}  // namespace reports
