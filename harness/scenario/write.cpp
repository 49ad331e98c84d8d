// Scenario and profile as JSON. Passwords are written as they were given, never looked up.

#include <fmt/format.h>

#include "harness/scenario/writer.hpp"

namespace sipharness::scenario {

Json json_of(const std::string& bytes, kind::Bytes) {
  std::string digits;
  for (const char byte : bytes) digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return digits;
}

Json json_of(const HeaderList& headers, kind::Headers) {
  Json object = Json::object();
  for (const auto& [name, value] : headers) {
    Json& values = object[name];
    if (values.is_null())
      values = value;
    else if (values.is_array())
      values.push_back(value);
    else
      values = Json::array({values, value});
  }
  return object;
}

Json json_of(const std::map<std::string, std::string>& files, kind::Files) {
  Json object = Json::object();
  for (const auto& [path, text] : files) {
    Json& lines = object[path] = Json::array();
    for (std::size_t from = 0; from < text.size();) {
      const std::size_t end = text.find('\n', from);
      lines.push_back(text.substr(from, end - from));
      from = end == std::string::npos ? text.size() : end + 1;
    }
  }
  return object;
}

Json json_of(const Nth& nth, kind::Object) {
  return nth.to == nth.from ? Json(nth.from) : object_of(nth);
}

Json json_of(const Expectation& expectation, kind::Object) {
  const bool has_window = expectation.min || expectation.max;
  return has_window ? object_of(expectation) : Json(expectation.requirement);
}

std::string to_json(const Scenario& scenario) {
  return json_of(scenario, kind::object).dump(2) + "\n";
}

std::string to_json(const Profile& profile) {
  return json_of(profile, kind::object).dump(2) + "\n";
}

}  // namespace sipharness::scenario
