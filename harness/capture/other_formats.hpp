#pragma once
// Files that are given for captures and are none that is read: known by how they begin, each with
// what makes a capture of it.

#include <string>
#include <string_view>

namespace sipharness::capture {

/// "a NetMon capture, which is not read: convert it with `editcap -F pcapng IN OUT.pcapng`"
std::string why_not_a_capture(std::string_view file);

}  // namespace sipharness::capture
