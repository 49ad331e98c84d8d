#pragma once
// Where the scenarios and profiles that come with the harness are: beside the source tree one
// stands in, or installed beside the program.

#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/scenario.hpp"

namespace sipharness::cli {

/// The folder of shipped scenarios. Throws InputError if there is none.
std::string shipped_scenarios();

/// Every scenario file below `folder`, sorted; schemas, profiles, plans and run folders left out.
/// Throws InputError for a run folder.
std::vector<std::string> scenario_files(const std::string& folder);

/// Reads what words name (named_files.hpp); every error of every file at once, as InputError.
/// @param variant only those of this name; empty: all.
std::vector<scenario::Scenario> read_scenarios(const std::vector<std::string>& words,
                                               const std::string& variant = {});

/// By name or path.
scenario::Profile read_profile(const std::string& name_or_path);

std::vector<std::string> shipped_profile_names();

/// Every profile that comes with the harness, by name.
std::vector<scenario::Profile> shipped_profiles();

/// The ids that words of the command line mean (see verdict::select). Throws InputError, with the
/// nearest spelling, for a word that means none.
std::vector<std::string> requirements_named(const std::vector<std::string>& words);

/// The same for any word out of a known list.
void reject_unknown(std::string_view what, const std::string& word,
                    const std::vector<std::string_view>& known);

}  // namespace sipharness::cli
