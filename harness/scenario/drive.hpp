#pragma once
// How a softphone is started and driven, as its profile says it: a new softphone is a profile file
// and no code. Texts have variables, ${primary.address}, filled when the program starts; patterns
// are texts in which * stands for anything and which may stand anywhere in a line.

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"

namespace sipharness::scenario {

struct Profile;

enum class Framing { lines, netstring_json };

/// Where actions are sent and news come from, besides the program's output.
struct Control {
  std::string address;  ///< "127.0.0.1:4444" or "/path/of/socket"
  Framing framing = Framing::lines;
  bool operator==(const Control&) const = default;
};

/// When the program accepts actions: its control connection stands, and this was printed.
struct Ready {
  std::optional<std::string> output;  ///< pattern; absent: nothing is waited for
  Duration within = 10s;
  bool operator==(const Ready&) const = default;
};

/// What is sent for one verb, and the news that tell how it went.
struct DriveAction {
  std::vector<std::string> send;
  std::vector<std::string> ok;      ///< patterns, any of them
  std::vector<std::string> failed;  ///< patterns, any of them
  Duration within = 40s;            ///< afterwards it counts as not told
  bool operator==(const DriveAction&) const = default;
};

/// What a driver does by itself when it reads something.
struct Reaction {
  std::string on;  ///< pattern
  std::vector<std::string> send;
  bool operator==(const Reaction&) const = default;
};

/// How the program is asked to end before it is made to.
struct Stop {
  std::vector<std::string> send;  ///< empty: SIGTERM at once
  Duration within = 3s;
  bool operator==(const Stop&) const = default;
};

using ActionsByVerb = std::map<std::string, DriveAction>;  ///< by the verb's word

struct Drive {
  std::vector<std::string> command;  ///< program and arguments; searched in PATH
  std::string package;               ///< Debian package that brings it
  std::map<std::string, std::string> environment;
  std::vector<std::string> folders;          ///< below the scratch home
  std::map<std::string, std::string> files;  ///< below the scratch home: path, text
  std::vector<std::string> lacks;            ///< settings of `configure` that it does not have
  std::optional<Control> control;            ///< absent: standard input
  Ready ready;
  ActionsByVerb verbs;
  std::vector<Reaction> reactions;
  Stop stop;
  bool operator==(const Drive&) const = default;
};

/// The value of a variable; nothing if there is none of that name.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// `text` with every ${name} replaced by its value; an unknown name stays as it stands. Control
/// characters of a value are left out: it cannot smuggle in a line of its own.
std::string filled(std::string_view text, const Lookup& lookup);

/// What a text may call a setting of the device, as numbers: durations in seconds, truth as 1 and
/// 0; subscriptions is a list with commas. 0 stands for what is not set.
std::span<const std::string_view> setting_variables();
/// The value of one of these; nothing for any other name.
std::optional<std::string> setting_text(const Profile& profile, std::string_view name);

/// The names of the variables in `text`, in their order.
std::vector<std::string> variables_in(std::string_view text);

/// Whether the pattern occurs in the line. Takes time in proportion to the line's length.
bool occurs_in(std::string_view pattern, std::string_view line);

}  // namespace sipharness::scenario
