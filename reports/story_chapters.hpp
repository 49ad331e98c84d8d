#pragma once
// The chapters of a story's page, each a file.

#include "harness/story/story.hpp"
#include "reports/page.hpp"

namespace reports {

/// policy: so many entries of a list are told of the only phone, and of one of several.
inline constexpr std::size_t entries_of_one_phone = 12;
inline constexpr std::size_t entries_of_each_phone = 5;

/// What the chapters of one page have in common.
struct StoryPage {
  const sipharness::story::Overview& overview;
  Page& page;
  std::size_t entries_told = entries_of_one_phone;

  /// "     5.000 00:00:05.000 frame 12    ".
  std::string stamp(const sipharness::story::Moment& moment) const;
  /// The same where no frame stands for it.
  std::string stamp(sipharness::CaptureTime at) const;
  /// "    … and 3 more", if there are more than are told.
  void rest(std::size_t entries, std::string_view what) const;
};

/// "7.980 to 43.580 s"; one number where they do not differ.
std::string describe_range(sipharness::Duration shortest, sipharness::Duration longest);

/// What the characters of write_registrations() mean.
inline constexpr std::string_view bar_legend =
    "R accepted, = registered, . not registered, x refused, ? no answer, U ended";

/// "the primary"; "another server".
std::string name_of(sipharness::trace::ServerRole server);

void write_registrations(const StoryPage& to, const sipharness::story::Phone& phone);
void write_calls(const StoryPage& to, const sipharness::story::Phone& phone);

}  // namespace reports
