#include "harness/judge/meta.hpp"

#include <charconv>
#include <system_error>

#include <nlohmann/json.hpp>

#include "harness/files/files.hpp"
#include "harness/json/document.hpp"

namespace sipharness::judge {

std::string to_json(const Meta& meta) {
  const nlohmann::ordered_json out = {{"format", "sipharness-run/1"},
                                      {"clock", meta.clock},
                                      {"seed", std::to_string(meta.seed)},
                                      {"device_kind", meta.device_kind},
                                      {"request", meta.request}};
  return out.dump(2) + "\n";
}

Expected<Meta> read_meta(const std::string& path) {
  const auto text = files::read_file(path);
  if (!text) return tl::unexpected(text.error());
  const auto document = json::parse(*text, path);
  if (!document) return tl::unexpected(document.error());
  Meta meta;
  const auto text_of = [&](std::string_view key) {
    const json::Value* value = document->find(key);
    return value != nullptr ? value->string : std::string();
  };
  meta.clock = text_of("clock");
  meta.device_kind = text_of("device_kind");
  meta.request = text_of("request");
  // A string in the file: JSON numbers do not hold 64 bits.
  const std::string seed = text_of("seed");
  const char* const end = seed.data() + seed.size();
  const auto [stop, error] = std::from_chars(seed.data(), end, meta.seed);
  if (error != std::errc{} || stop != end)
    return failure(json::place(path, *document),
                   "\"seed\" must be a decimal number of 64 bits as a string");
  return meta;
}

}  // namespace sipharness::judge
