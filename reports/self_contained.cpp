#include "reports/self_contained.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "reports/html_assets.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using nlohmann::ordered_json;

/// How a Content-Security-Policy names a script or style that may run.
/// @source W3C Content Security Policy Level 3 §2.3.1 (hash-source)
std::string hash_source(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), sum.data(), &size, EVP_sha256(), nullptr);
  std::array<unsigned char, std::size_t{2} * EVP_MAX_MD_SIZE> base64{};
  const int length = EVP_EncodeBlock(base64.data(), sum.data(), static_cast<int>(size));
  return fmt::format("'sha256-{}'", std::string(base64.begin(), base64.begin() + length));
}

/// Data inside a <script>: nothing in it can end the element or begin a comment.
/// @source HTML Living Standard §4.12.1.3 (restrictions for contents of script elements)
std::string inert(std::string_view document) {
  std::string out;
  out.reserve(document.size());
  for (const char c : document) {
    if (c == '<' || c == '>' || c == '&')
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out;
}

/// The template with each {{name}} replaced; what is put in is not looked at again.
std::string filled(std::string_view form,
                   const std::vector<std::pair<std::string_view, std::string_view>>& parts) {
  std::string out;
  while (!form.empty()) {
    const std::size_t begin = form.find("{{");
    out += form.substr(0, begin);
    if (begin == std::string_view::npos) break;
    const std::size_t end = form.find("}}", begin);
    const std::string_view name = form.substr(begin + 2, end - begin - 2);
    for (const auto& [known, text] : parts)
      if (known == name) out += text;
    form.remove_prefix(end + 2);
  }
  return out;
}

}  // namespace

std::string self_contained(std::string_view sections, std::string_view script,
                           const ordered_json& data, std::string_view also_allowed) {
  const std::string policy = fmt::format(
      "default-src 'none'; base-uri 'none'; form-action 'none';{} style-src {}; "
      "script-src {}",
      also_allowed, hash_source(assets::style), hash_source(script));
  const std::string document =
      inert(printable_json(data.dump(-1, ' ', false, ordered_json::error_handler_t::replace)));
  return filled(assets::page, {{"policy", policy},
                               {"style", assets::style},
                               {"sections", sections},
                               {"data", document},
                               {"script", script}});
}

}  // namespace reports
