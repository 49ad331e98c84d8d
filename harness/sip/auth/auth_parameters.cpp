#include "harness/sip/auth/auth_parameters.hpp"

#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

std::string unescaped(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

}  // namespace

std::optional<std::string_view> digest_parameters(std::string_view value) {
  constexpr std::string_view scheme = "Digest";
  value = trim(value);
  const bool is_digest = value.size() > scheme.size() && is_blank(value[scheme.size()]) &&
                         same_ignoring_case(value.substr(0, scheme.size()), scheme);
  if (!is_digest) return std::nullopt;
  return trim(value.substr(scheme.size()));
}

std::optional<AuthParameter> take_auth_parameter(std::string_view& rest) {
  const std::string_view member = take_list_member(rest);
  const std::size_t equals = member.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view raw = trim(member.substr(equals + 1));
  AuthParameter parameter;
  parameter.name = trim(member.substr(0, equals));
  parameter.quoted = without_quotes(raw).size() != raw.size();
  parameter.value = parameter.quoted ? unescaped(without_quotes(raw)) : std::string(raw);
  return parameter;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result += '"';
}

}  // namespace sipharness::sip
