#include "harness/dut/process/netstring.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sipharness::dut {
namespace {

constexpr std::size_t longest_length = 5;  ///< digits of longest_text

}  // namespace

std::string netstring(std::string_view text) {
  return fmt::format("{}:{},", text.size(), text);
}

std::string netstring_command(std::string_view command) {
  using Json = nlohmann::ordered_json;
  const std::size_t space = std::min(command.find(' '), command.size());
  const Json json{{"command", command.substr(0, space)},
                  {"params", command.substr(std::min(space + 1, command.size()))}};
  return netstring(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::optional<std::string> NetstringReader::feed(
    std::string_view bytes, const std::function<void(std::string_view)>& on_text) {
  if (lost_) return std::nullopt;
  buffer_.append(bytes);
  for (bool took = true; took;) {
    took = false;
    if (auto problem = take_one(on_text, took)) {
      lost_ = true;
      buffer_.clear();
      return problem;
    }
  }
  return std::nullopt;
}

std::optional<std::string> NetstringReader::take_one(
    const std::function<void(std::string_view)>& on_text, bool& took) {
  const std::size_t colon = buffer_.find(':');
  const std::string_view digits = std::string_view(buffer_).substr(0, colon);
  if (digits.size() > longest_length) return "a netstring that begins with no length";
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  const bool is_number = error == std::errc{} && end == digits.data() + digits.size();
  if (!digits.empty() && !is_number) return "a netstring whose length is no number";
  if (colon == std::string::npos) return std::nullopt;
  if (digits.empty() || length > longest_text)
    return fmt::format("a netstring of {} bytes; at most {} are read", digits, longest_text);
  if (buffer_.size() < colon + length + 2) return std::nullopt;
  if (buffer_[colon + 1 + length] != ',') return "a netstring without its comma";
  on_text(std::string_view(buffer_).substr(colon + 1, length));
  buffer_.erase(0, colon + length + 2);
  took = true;
  return std::nullopt;
}

}  // namespace sipharness::dut
