#pragma once
// Temporary folders that a killed harness left behind, with whatever a softphone kept in them.

#include <string>
#include <vector>

namespace sipharness::files {

/// Of this user, and held by no process any more.
std::vector<std::string> abandoned_folders();

/// The folder with everything in it; says nothing where that fails.
void remove_folder(const std::string& path);

}  // namespace sipharness::files
