#pragma once
// What a word of the command line names: a file, a folder, or something that comes with the harness
// by the name it is printed under.
//  1. A path that exists is meant as a path, whatever is called like it.
//  2. A shipped scenario is `primary_down` or `guide/both_up_register`, with its variant behind a
//     slash: `registrar_refuses/403`. A topic (`guide`) is all scenarios of its folder.
//  3. A shipped profile is named by its file: `baresip`.
// What is none of these is an InputError with the nearest name.

#include <string>
#include <string_view>
#include <vector>

namespace sipharness::cli {

/// A scenario file, and the one of its variants that was named; empty: all of them.
struct NamedScenario {
  std::string file;
  std::string variant{};
};

/// The files that words name, those of a folder sorted.
std::vector<NamedScenario> scenarios_named(const std::vector<std::string>& words);

/// The file of a profile.
std::string profile_named(const std::string& word);

/// What `validate` reads: scenarios and profiles, by path or by name.
std::vector<std::string> files_named(const std::vector<std::string>& words);

/// The name under which a shipped scenario is listed: "guide/both_up_register".
std::string shipped_name(const std::string& file);

}  // namespace sipharness::cli
