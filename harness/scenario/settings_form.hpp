#pragma once
// What the descriptions of scenario and profile share. See scenario_form.hpp.

#include <string>
#include <string_view>

#include "harness/scenario/kinds.hpp"
#include "harness/scenario/profile.hpp"

namespace sipharness::scenario {

class Fields;

/// How the schemas and the documentation call an object, and what it is.
struct ObjectName {
  std::string_view name;  ///< below "$defs" of the schema; empty: the file's outermost object
  std::string_view what;
  bool has_fixed_defaults = true;  ///< else they depend on the rest of the file
};
/// Every struct with a description has one.
template <class T>
inline constexpr ObjectName object_name{};

template <class T>
concept Described = !object_name<T>.what.empty();

/// policy: what phones let one choose, and then some.
inline constexpr kind::Integer request_retries{{0, 10}};

void schema_reference(auto& form) {
  std::string path;  // for editors alone
  form("$schema", path, kind::text, "Path of this schema, for editors.");
}

template <>
inline constexpr ObjectName object_name<OptionsKeepAlive>{
    "options_keepalive",
    "OPTIONS sent to each server at which the device is registered; it registers anew when several "
    "in a row are lost."};
void describe(auto& form, OptionsKeepAlive& keep_alive) {
  form("interval", keep_alive.interval, kind::whole_seconds, "Whole seconds.");
  // policy: more OPTIONS in a row than that are not waited for.
  form("max_lost", keep_alive.max_lost, kind::Integer{{1, 1'000}},
       "This many in a row without any response.");
}
void check(const Fields& fields, OptionsKeepAlive& keep_alive);

}  // namespace sipharness::scenario
