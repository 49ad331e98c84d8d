#include "harness/scenario/problems.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "harness/base/printable.hpp"

namespace sipharness::scenario {
namespace {

constexpr std::size_t longest_quote = 60;

std::string in_quotes(std::string_view text) {
  if (text.size() <= longest_quote) return fmt::format("\"{}\"", text);
  std::size_t end = longest_quote;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return fmt::format("\"{}…\"", text.substr(0, end));
}

}  // namespace

std::string describe(const json::Value& value) {
  switch (value.kind) {
    case json::Kind::string:
      return in_quotes(value.string);
    case json::Kind::number:
      return fmt::format("{}", value.number);
    case json::Kind::boolean:
      return value.boolean ? "true" : "false";
    default:
      return std::string(json::to_string(value.kind));
  }
}

Error joined(std::vector<Error> errors) {
  Error all = std::move(errors.front());
  for (std::size_t i = 1; i < errors.size(); ++i) all.message.append("\n").append(errors[i].text());
  return all;
}

std::string enumerate(const std::vector<std::string_view>& words) {
  if (words.size() < 2) return words.empty() ? "" : std::string(words.front());
  return fmt::format("{} or {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
}

std::string did_you_mean(std::string_view found, const std::vector<std::string_view>& allowed) {
  const std::string_view meant = json::nearest(found, allowed);
  return meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant);
}

void Problems::add(const json::Value& at, std::string message) {
  if (const std::string pointer = at.pointer(); !pointer.empty())
    message = pointer + ": " + message;
  found_.push_back(
      {at.line, at.column, Error{json::place(printable(file_), at), printable(message)}});
}

void Problems::add_wrong(const json::Value& at, std::string_view allowed) {
  add(at, fmt::format("found {}; allowed is {}", describe(at), allowed));
}

void Problems::add_choice(const json::Value& at, const std::vector<std::string_view>& allowed) {
  add(at, fmt::format("found {}; allowed is {}{}", describe(at), enumerate(allowed),
                      did_you_mean(at.string, allowed)));
}

void Problems::add_missing(const json::Value& object, std::string_view key) {
  add(object, fmt::format("\"{}\" is missing", key));
  found_.back().missing = Key(object.pointer(), key);
}

void Problems::add_unknown(const json::Value& object, const json::Member& member,
                           const std::vector<std::string_view>& allowed) {
  const auto& [key, value] = member;
  add(value,
      fmt::format("unknown key; allowed is {}{}", enumerate(allowed), did_you_mean(key, allowed)));
  meant_.emplace(object.pointer(), json::nearest(key, allowed));
}

std::vector<Error> Problems::in_file_order() const {
  std::vector<Problem> sorted = found_;
  std::erase_if(
      sorted, [this](const Problem& one) { return one.missing && meant_.contains(*one.missing); });
  const auto by_place = [](const Problem& a, const Problem& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  };
  std::stable_sort(sorted.begin(), sorted.end(), by_place);
  std::vector<Error> errors;
  for (Problem& problem : sorted) {
    const auto same = [&problem](const Error& e) { return e.text() == problem.error.text(); };
    if (std::none_of(errors.begin(), errors.end(), same))
      errors.push_back(std::move(problem.error));
  }
  return errors;
}

}  // namespace sipharness::scenario
