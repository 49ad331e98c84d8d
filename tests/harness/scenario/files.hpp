#pragma once
// Scenario and profile files of the source tree, for tests that go through all of them.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace sipharness::scenario {

inline std::string source_path(const std::string& path) {
  return std::string(SOURCE_ROOT) + "/" + path;
}

inline std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Every JSON file below a folder of the source tree that is neither schema nor plan, sorted.
inline std::vector<std::string> json_files(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source_path(folder))) {
    const std::string path = entry.path().string();
    const bool is_other =
        path.ends_with(".schema.json") || path.find("/plans/") != std::string::npos;
    if (path.ends_with(".json") && !is_other) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline bool is_profile(const std::string& path) {
  return path.find("/profiles/") != std::string::npos ||
         std::filesystem::path(path).filename().string().starts_with("profile_");
}

}  // namespace sipharness::scenario
