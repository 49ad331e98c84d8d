#include "harness/scenario/drive.hpp"

#include <algorithm>

namespace sipharness::scenario {
namespace {

/// One ${name} of a text.
struct Variable {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view name;
};

std::optional<Variable> next_variable(std::string_view text, std::size_t from) {
  const std::size_t begin = text.find("${", from);
  const std::size_t close = begin == std::string_view::npos ? begin : text.find('}', begin);
  if (close == std::string_view::npos) return std::nullopt;
  return Variable{begin, close + 1, text.substr(begin + 2, close - begin - 2)};
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

std::string filled(std::string_view text, const Lookup& lookup) {
  std::string out;
  std::size_t from = 0;
  while (const auto variable = next_variable(text, from)) {
    out.append(text.substr(from, variable->begin - from));
    const auto value = lookup(variable->name);
    if (value)
      std::ranges::copy_if(*value, std::back_inserter(out), [](char c) { return !is_control(c); });
    else
      out.append(text.substr(variable->begin, variable->end - variable->begin));
    from = variable->end;
  }
  return out.append(text.substr(from));
}

std::vector<std::string> variables_in(std::string_view text) {
  std::vector<std::string> names;
  std::size_t from = 0;
  while (const auto variable = next_variable(text, from)) {
    names.emplace_back(variable->name);
    from = variable->end;
  }
  return names;
}

bool occurs_in(std::string_view pattern, std::string_view line) {
  // Pieces between the stars, each at its first place behind the one before: as the pattern may
  // begin and end anywhere, the earliest place never spoils a later one.
  std::size_t at = 0;
  while (true) {
    const std::size_t star = pattern.find('*');
    const std::string_view piece = pattern.substr(0, star);
    const std::size_t found = line.find(piece, at);
    if (found == std::string_view::npos) return false;
    if (star == std::string_view::npos) return true;
    at = found + piece.size();
    pattern.remove_prefix(star + 1);
  }
}

}  // namespace sipharness::scenario
