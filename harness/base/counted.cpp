#include "harness/base/counted.hpp"

namespace sipharness {

std::string counted(std::size_t count, std::string_view what) {
  std::string text = std::to_string(count);
  text.append(" ").append(what);
  if (count != 1) text += 's';
  return text;
}

std::string all_of(std::size_t count, std::string_view what) {
  return count == 1 ? std::string("the only ").append(what) : "all " + counted(count, what);
}

std::string times(std::size_t count) {
  return count == 1 ? "once" : std::to_string(count) + " times";
}

}  // namespace sipharness
