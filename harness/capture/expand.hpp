#pragma once
// Compressed captures: gzip, Zstandard and xz, known by how they begin, not by their names.
//  1. What a file holds before it ends early or is damaged is given, with what is wrong.
//  2. Memory is bounded: a few kilobytes may claim to be terabytes.
/// @source RFC 1952, RFC 8878, https://tukaani.org/xz/xz-file-format.txt

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/expected.hpp"
#include "harness/capture/pages.hpp"

namespace sipharness::capture {

/// policy: more than a ring buffer's files are, less than a machine has.
inline constexpr std::size_t most_expanded = std::size_t{1} << 30U;

struct Expanded {
  Pages bytes{};
  std::optional<std::string> fault{};  ///< "the gzip data ends early"
};

bool is_compressed(std::string_view file);

/// An error without a place: more than `most` bytes, or more memory than there is.
Expected<Expanded> expand(std::string_view file, std::size_t most = most_expanded);

}  // namespace sipharness::capture
