#pragma once
// What the value of a key must be, as the descriptions of scenario and profile say it beside the
// key: reader, writer and key tables each have one function for a kind. A list or an optional
// value has the kind of what is in it.

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"

namespace sipharness::scenario {

/// One word of an enumeration as files spell it.
template <class T>
struct Choice {
  std::string_view name;
  T value;
};

template <class T>
using Choices = std::span<const Choice<T>>;

template <class T>
std::vector<std::string_view> names_of(Choices<T> choices) {
  std::vector<std::string_view> names;
  for (const Choice<T>& choice : choices) names.push_back(choice.name);
  return names;
}

/// Bounds of a number, both allowed.
struct Range {
  double min = 0;
  double max = 0;
};

/// Neither a list nor a value that need not be there.
template <class T>
inline constexpr bool is_single = true;
template <class T>
inline constexpr bool is_single<std::optional<T>> = false;
template <class T>
inline constexpr bool is_single<std::vector<T>> = false;

namespace kind {

/// A kind that says by itself what is allowed.
struct Plain {
  std::string_view allowed;
};

inline constexpr struct Any : Plain {
} any{{"as there"}};
inline constexpr struct Object : Plain {
} object{{"object"}};
inline constexpr struct Text : Plain {
} text{{"text"}};
inline constexpr struct OneLine : Plain {
} one_line{{"text of one line"}};
inline constexpr struct Name : Plain {
} name{{"text of 1 to 100 bytes without control characters"}};
inline constexpr struct FileName : Plain {
} file_name{{"text of 1 to 100 bytes without `/` and control characters; not `.` or `..`"}};
inline constexpr struct HostName : Plain {
} host_name{{"host name in lower case"}};
inline constexpr struct RecordName : Plain {
} record_name{{"host name in lower case, or one behind `_sip._udp.` or `_sip._tcp.`"}};
inline constexpr struct PhaseName : Plain {
} phase_name{{"lower-case letters, digits and _; not `default`"}};
inline constexpr struct Requirement : Plain {
} requirement{{"id of the catalogue"}};
inline constexpr struct Truth : Plain {
} truth{{"true or false"}};
inline constexpr struct Present : Plain {
} present{{"true"}};
inline constexpr struct Address : Plain {
} address{{"IPv4 or IPv6 address"}};
inline constexpr struct NameTarget : Plain {
} name_target{{"`primary`, `secondary`, `spare` or an address"}};
inline constexpr struct Bytes : Plain {  ///< in a file; the value is what they stand for
} bytes{{"hexadecimal digits, two for each byte"}};
inline constexpr struct DelayOrNever : Plain {
} delay_or_never{{"duration or `never`"}};
inline constexpr struct Pattern : Plain {
} pattern{{"text in which * stands for anything"}};
inline constexpr struct Path : Plain {
} path{{"path below the scratch home"}};
inline constexpr struct Files : Plain {
} files{{"paths below the scratch home, each with a list of lines"}};
inline constexpr struct Anchor {
} anchor;
inline constexpr struct Setting {  ///< a key of a scenario's `configure`
} setting;

struct Time {
  Duration unit{};  ///< it must be a multiple of; zero: none
  std::string_view unit_name{};
};
struct Integer {
  Range range;
};
struct Number {
  Range range;
};
/// One of two numbers.
struct Either {
  int first = 0;
  int second = 0;
};
template <class T>
struct OneOf {
  Choices<T> choices;
};
/// A value of that kind, or a list of them.
template <class Kind>
struct OneOrMore {
  Kind kind;
};
/// A line of a message in which ${name} may stand for what only a run knows.
struct MessageLine {
  std::span<const std::string_view> variables;
};
/// Names of headers, each with a value or a list of them. A value is such a line; without
/// variables it is taken as it stands.
struct Headers : MessageLine {};
/// A text with variables, ${name}; its place decides which ones it may have.
struct Template {
  enum class Place { command, text, action } place;
};

inline constexpr Time duration;
inline constexpr Time whole_seconds{1s, "seconds"};
inline constexpr Time whole_minutes{1min, "minutes"};
inline constexpr Integer port{{1, 65535}};
inline constexpr Headers headers;
inline constexpr Number probability{{0, 1}};
inline constexpr Template in_command{Template::Place::command};
inline constexpr Template in_text{Template::Place::text};
inline constexpr Template in_action{Template::Place::action};

template <class T, std::size_t n>
constexpr OneOf<T> one_of(const std::array<Choice<T>, n>& choices) {
  return {Choices<T>(choices)};
}
constexpr auto one_or_more(auto kind) {
  return OneOrMore<decltype(kind)>{kind};
}

}  // namespace kind
}  // namespace sipharness::scenario
