#include "harness/verdict/selection.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace sipharness::verdict {
namespace {

constexpr std::string_view section_sign = "§";
constexpr std::string_view rfc = "RFC ";
constexpr std::string_view guide = "guide";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view leading(std::string_view text, std::string_view allowed) {
  return text.substr(0, std::min(text.find_first_not_of(allowed), text.size()));
}

/// `front` is all of `whole`, or ends where `separator` begins the next part.
bool is_front_part(std::string_view front, std::string_view whole, char separator) {
  while (!front.empty() && front.back() == separator) front.remove_suffix(1);
  if (front.empty() || !whole.starts_with(front)) return false;
  return whole.size() == front.size() || whole[front.size()] == separator;
}

bool means(std::string_view word, const Requirement& row) {
  if (is_front_part(word, lower(row.id), '-')) return true;
  return std::ranges::any_of(clause_paths(row.clause), [word](const std::string& path) {
    return is_front_part(word, path, '.') || is_front_part(word, path, '/');
  });
}

}  // namespace

std::vector<std::string> clause_paths(std::string_view clause) {
  std::vector<std::string> paths;
  if (clause.starts_with(guide)) paths.emplace_back(guide);
  std::string document;
  for (std::size_t at = 0; at < clause.size(); ++at) {
    const std::string_view rest = clause.substr(at);
    if (rest.starts_with(rfc))
      document = fmt::format("rfc{}", leading(rest.substr(rfc.size()), "0123456789"));
    if (!rest.starts_with(section_sign) || document.empty()) continue;
    std::string_view number = leading(rest.substr(section_sign.size()), "0123456789.");
    if (number.ends_with('.')) number.remove_suffix(1);
    paths.push_back(fmt::format("{}/{}", document, number));
  }
  return paths;
}

std::vector<const Requirement*> select(std::string_view word,
                                       std::span<const Requirement* const> rows) {
  const std::string wanted = lower(word);
  std::vector<const Requirement*> found;
  for (const Requirement* row : rows) {
    if (lower(row->id) == wanted) return {row};
    if (means(wanted, *row)) found.push_back(row);
  }
  return found;
}

}  // namespace sipharness::verdict
