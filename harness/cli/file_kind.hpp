#pragma once
// What a JSON file is: a scenario, a profile or a plan; and what is said where one stands for
// another.

#include <cstdint>
#include <string>

namespace sipharness::cli {

enum class FileKind : std::uint8_t { scenario, profile, plan };

/// By the file's "$schema" or, without one, by a key that only its kind has, or its path; a
/// scenario where nothing tells.
FileKind kind_of(const std::string& text, const std::string& path);

/// Throws InputError, with the option that takes it, if the file is clearly of another kind than
/// `wanted`. A file that cannot be read, or is no JSON, is left to whoever reads it.
void require_kind(const std::string& text, const std::string& path, FileKind wanted);
void require_kind(const std::string& path, FileKind wanted);

}  // namespace sipharness::cli
