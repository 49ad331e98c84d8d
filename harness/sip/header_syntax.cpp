#include "harness/sip/header_syntax.hpp"

#include <algorithm>
#include <array>

#include "harness/sip/find_byte.hpp"
#include "harness/sip/first_parameter.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

constexpr const char* empty_parameter = "an empty parameter";
constexpr const char* not_a_date = "a Date that is not as RFC 1123 has it, in GMT";

/// Nearly every parameter begins right behind its ';', and is not looked into.
bool may_have_empty_parameter(std::string_view parameters) {
  for (std::size_t at = find_byte(parameters, ';'); at != parameters.size();
       at = find_byte(parameters, ';', at + 1))
    if (at + 1 == parameters.size() || !token_characters.contains(parameters[at + 1])) return true;
  return false;
}

/// @param parameters begins with ';' or is empty
bool has_empty_parameter(std::string_view parameters) {
  if (!may_have_empty_parameter(parameters)) return false;
  while (const auto parameter = take_parameter(parameters))
    if (parameter->name.empty()) return true;
  return false;
}

/// A comma alone would do for take_list_member(): it passes empty members over.
const char* problem_of_vias(std::string_view value) {
  while (true) {
    const std::size_t comma = std::min(find_unquoted(value, ','), value.size());
    const std::string_view member = value.substr(0, comma);
    if (trim(member).empty()) return "an empty Via";
    Via via;
    const bool is_readable = parse_via(member, via);
    if (const char* const problem = problem_of_via(member, is_readable ? via : Via()))
      return problem;
    if (!is_readable) return "unreadable Via";
    if (comma == value.size()) return nullptr;
    value.remove_prefix(comma + 1);
  }
}

/// Tokens with blanks between them, or a quoted string. @source RFC 3261 §25.1 (display-name)
bool is_display_name(std::string_view text) {
  if (text.starts_with('"')) return behind_quoted(text, 0) == text.size();
  while (!text.empty()) {
    const auto end = std::find_if(text.begin(), text.end(), is_blank);
    if (!is_token(take(text, static_cast<std::size_t>(end - text.begin())))) return false;
    text = trim_left(text);
  }
  return true;
}

const char* problem_of_address(std::string_view member) {
  const auto address = parse_address(member);
  // Unreadable as a whole: the parser tells that where it matters.
  return address ? problem_of_address(member, *address) : nullptr;
}

const char* problem_of_addresses(std::string_view value) {
  while (!value.empty())
    if (const char* const problem = problem_of_address(take_list_member(value))) return problem;
  return nullptr;
}

/// Takes a word off the front, with the blank behind it.
std::string_view take_date_word(std::string_view& rest) {
  const std::string_view word = take(rest, rest.find(' '));
  if (!rest.empty()) rest.remove_prefix(1);
  return word;
}

bool is_number_of(std::size_t digits, std::string_view text) {
  return text.size() == digits && std::ranges::all_of(text, is_digit);
}

bool is_time_of_day(std::string_view text) {
  return text.size() == 8 && is_number_of(2, text.substr(0, 2)) && text[2] == ':' &&
         is_number_of(2, text.substr(3, 2)) && text[5] == ':' && is_number_of(2, text.substr(6));
}

/// "Sat, 13 Nov 2010 23:29:00 GMT", case-sensitive. @source RFC 3261 §20.17, §25.1 (SIP-date)
bool is_date(std::string_view text) {
  constexpr std::array<std::string_view, 7> days = {"Mon,", "Tue,", "Wed,", "Thu,",
                                                    "Fri,", "Sat,", "Sun,"};
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return std::ranges::count(days, take_date_word(text)) == 1 &&
         is_number_of(2, take_date_word(text)) &&
         std::ranges::count(months, take_date_word(text)) == 1 &&
         is_number_of(4, take_date_word(text)) && is_time_of_day(take_date_word(text)) &&
         text == "GMT";
}

}  // namespace

const char* problem_of_via(std::string_view value, const Via& via) {
  constexpr std::string_view cookie = "z9hG4bK";
  if (has_empty_parameter(from_semicolon(value))) return empty_parameter;
  return same_ignoring_case(via.branch, cookie) ? "a branch that is the magic cookie alone"
                                                : nullptr;
}

const char* problem_of_address(std::string_view value, const Address& address) {
  const std::string_view uri = address.uri;
  if (!address.in_brackets) {
    // §20: such a URI must be enclosed, since its end cannot be told otherwise.
    if (find_byte(uri, '?') != uri.size()) return "a URI with '?' is not in angle brackets";
  } else {
    const char* const open = uri.data() - 1;
    if (*open != '<' || uri.data()[uri.size()] != '>') return "blanks around a URI in brackets";
    const auto name = static_cast<std::size_t>(open - value.data());
    if (!is_display_name(trim({value.data(), name}))) return "a display name that must be quoted";
  }
  return has_empty_parameter(address.parameters) ? empty_parameter : nullptr;
}

const char* find_syntax_problem(const Header& header) {
  switch (header.id) {
    case HeaderId::via:
      return problem_of_vias(header.value);
    case HeaderId::from:
    case HeaderId::to:
      return problem_of_address(header.value);
    case HeaderId::contact:
      return problem_of_addresses(header.value);
    case HeaderId::other:
      return same_ignoring_case(header.name, "Date") && !is_date(header.value) ? not_a_date
                                                                               : nullptr;
    default:
      return nullptr;
  }
}

}  // namespace sipharness::sip
