#include "harness/scenario/key_table.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/scenario/key_names.hpp"
#include "harness/scenario/plan_form.hpp"
#include "harness/scenario/writer.hpp"

namespace sipharness::scenario {
namespace {

/// What a kind allows.
struct Allowed {
  std::string text;
  std::vector<std::string> words{};
  std::optional<Range> range{};
};

Allowed words_of(std::vector<std::string> words) {
  std::string text = fmt::format("`{}`", fmt::join(words, "`, `"));
  return {std::move(text), std::move(words)};
}

Allowed words_of(const std::vector<std::string_view>& words) {
  return words_of(std::vector<std::string>(words.begin(), words.end()));
}

Allowed allowed(const kind::Plain& plain) {
  return {std::string(plain.allowed)};
}

Allowed allowed(kind::Anchor) {
  return words_of(words::anchor_names());
}

Allowed allowed(kind::Setting) {
  return words_of(keys_of<Configure>().all);
}

Allowed allowed(kind::MessageLine line) {
  if (line.variables.empty()) return allowed(kind::one_line);
  return {fmt::format("text of one line, in which ${{{}}} are filled in",
                      fmt::join(line.variables, "}, ${"))};
}

Allowed allowed(kind::Headers headers) {
  return {"header names, each with a value or a list of them: " +
          allowed(kind::MessageLine(headers)).text};
}

Allowed allowed(kind::Template) {
  return {"text with variables"};
}

Allowed allowed(kind::Time time) {
  return {time.unit_name.empty() ? "duration"
                                 : fmt::format("duration in whole {}", time.unit_name)};
}

Allowed allowed(kind::Integer integer) {
  return {fmt::format("whole number from {} to {}", integer.range.min, integer.range.max),
          {},
          integer.range};
}

Allowed allowed(kind::Number number) {
  return {
      fmt::format("number from {} to {}", number.range.min, number.range.max), {}, number.range};
}

Allowed allowed(kind::Either either) {
  return words_of(std::vector{std::to_string(either.first), std::to_string(either.second)});
}

template <class Word>
Allowed allowed(kind::OneOf<Word> one_of) {
  return words_of(names_of(one_of.choices));
}

template <class Kind>
Allowed allowed(kind::OneOrMore<Kind> one_or_more) {
  Allowed one = allowed(one_or_more.kind);
  one.text += ", or a list of these";
  return one;
}

// --- How often it may be there -------------------------------------------------------------------

template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;
template <>
inline constexpr bool is_list<HeaderList> = false;
template <class T>
inline constexpr bool is_list<std::optional<T>> = is_list<T>;

template <class Kind>
inline constexpr bool is_object =
    std::is_same_v<Kind, kind::Object> || std::is_same_v<Kind, kind::OneOrMore<kind::Object>>;

template <class Kind>
inline constexpr bool allows_one = false;
template <class Kind>
inline constexpr bool allows_one<kind::OneOrMore<Kind>> = true;

/// What is there once optional values and lists are taken off.
template <class T>
struct Inner {
  using type = T;
};
template <class T>
struct Inner<std::optional<T>> : Inner<T> {};
template <class T>
struct Inner<std::vector<T>> : Inner<T> {};

template <class T>
void add_table(std::vector<KeyTable>& tables);

/// The form that makes rows of a table, and the tables of the objects that it meets.
class Tabulator {
 public:
  Tabulator(KeyTable& table, std::vector<KeyTable>& tables, bool has_fixed_defaults)
      : table_(table), tables_(tables), has_fixed_defaults_(has_fixed_defaults) {}

  template <class T, class Kind>
  void operator()(std::string_view key, const T& value, Kind kind, std::string_view what) {
    KeyRow& row = add<T>(key, kind, what);
    if (has_fixed_defaults_) row.fallback = fallback(value, kind);
  }
  template <class T, class Kind>
  void required(std::string_view key, const T&, Kind kind, std::string_view what) {
    add<T>(key, kind, what).is_required = true;
  }
  template <class T>
  void alternative(std::string_view key, const auto&, auto kind, std::string_view what) {
    add<T>(key, kind, what).is_alternative = true;
  }
  template <class T>
  void entry(std::string_view key, const std::map<std::string, T>&, auto kind,
             std::string_view what) {
    add<T>(key, kind, what);
  }

 private:
  template <class T, class Kind>
  KeyRow& add(std::string_view key, Kind kind, std::string_view what) {
    using Object = typename Inner<T>::type;
    constexpr bool is_list_only = is_list<T> && !allows_one<Kind>;
    if constexpr (is_object<Kind>) {
      add_table<Object>(tables_);
      return add_row(key, allowed(kind), is_list_only, object_name<Object>.name, what);
    } else {
      return add_row(key, allowed(kind), is_list_only, {}, what);
    }
  }

  KeyRow& add_row(std::string_view key, Allowed value, bool is_list_only, std::string_view object,
                  std::string_view what) {
    if (is_list_only) value.text = "list of: " + value.text;
    return table_.rows.emplace_back(KeyRow{key,
                                           std::move(value.text),
                                           std::move(value.words),
                                           value.range,
                                           std::string(object),
                                           {},
                                           false,
                                           false,
                                           what});
  }

  template <class T, class Kind>
  static std::string fallback(const T& value, Kind kind) {
    if constexpr (is_object<Kind>)
      return {};
    else
      return text_of(json_of(value, kind));
  }

  static std::string text_of(Json json) {
    if (json.empty()) return {};
    if (json.is_array()) json = Json(json.front());
    if (json.is_number()) return fmt::format("{}", json.get<double>());
    return json.is_string() ? json.get<std::string>() : json.dump();
  }

  KeyTable& table_;
  std::vector<KeyTable>& tables_;
  bool has_fixed_defaults_;
};

template <class T>
void add_table(std::vector<KeyTable>& tables) {
  const ObjectName name = object_name<T>;
  if (std::ranges::find(tables, name.name, &KeyTable::name) != tables.end()) return;
  const std::size_t place = tables.size();
  tables.push_back({name.name, name.what, {}});
  KeyTable table = tables.back();
  Tabulator form(table, tables, name.has_fixed_defaults);
  T value{};
  describe(form, value);
  tables[place] = std::move(table);
}

template <class T>
std::vector<KeyTable> tables_from() {
  std::vector<KeyTable> tables;
  add_table<T>(tables);
  return tables;
}

}  // namespace

std::vector<KeyTable> scenario_key_tables() {
  return tables_from<Scenario>();
}

std::vector<KeyTable> profile_key_tables() {
  return tables_from<Profile>();
}

std::vector<KeyTable> plan_key_tables() {
  return tables_from<Plan>();
}

}  // namespace sipharness::scenario
