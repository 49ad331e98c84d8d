#pragma once
// The story of a capture as text and as JSON. Pure functions, like those of report.hpp.

#include <string>

#include "harness/story/story.hpp"

namespace reports {

struct StoryOptions {
  std::string file{};  ///< name of the capture
  std::size_t width = 100;
};

/// Counts, span, and who is who: what `check` prints above its verdict.
std::string story_head(const sipharness::story::Overview& overview, const StoryOptions& options);

/// One page: the head, then what happened to each phone. Of many phones, and of long lists, the
/// first few are told and the number of the rest.
std::string story_page(const sipharness::story::Story& story, const StoryOptions& options);

/// Everything, format sipharness-story/1.
std::string story_json(const sipharness::story::Story& story, const StoryOptions& options);

}  // namespace reports
