#include "harness/base/counted.hpp"

#include <algorithm>
#include <array>

namespace sipharness {
namespace {

/// OPTIONS is its own plural; methods are in capitals.
std::string_view plural_ending(std::string_view what) {
  constexpr std::array<std::string_view, 5> hissing{"s", "x", "ch", "sh", "SH"};
  if (what.ends_with("OPTIONS")) return "";
  const bool hisses =
      std::ranges::any_of(hissing, [&](std::string_view end) { return what.ends_with(end); });
  return hisses ? "es" : "s";
}

}  // namespace

std::string counted(std::size_t count, std::string_view what) {
  std::string text = std::to_string(count);
  text.append(" ").append(what);
  if (count != 1) text += plural_ending(what);
  return text;
}

std::string all_of(std::size_t count, std::string_view what) {
  return count == 1 ? std::string("the only ").append(what) : "all " + counted(count, what);
}

std::string times(std::size_t count) {
  return count == 1 ? "once" : std::to_string(count) + " times";
}

}  // namespace sipharness
