// Sub-cases of a scenario file: each a merge patch over the rest of the file. @source RFC 7396 §2

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/scenario/draft.hpp"
#include "harness/scenario/key_names.hpp"
#include "harness/scenario/reader.hpp"

namespace sipharness::scenario {
namespace {

json::Value& member(json::Value& object, const std::string& key) {
  for (auto& [name, value] : object.members)
    if (name == key) return value;
  return object.members.emplace_back(json::Member{std::string(key), {}}).value;
}

void merge(json::Value& target, const json::Value& patch) {
  if (patch.kind != json::Kind::object || target.kind != json::Kind::object) {
    target = patch;
    return;
  }
  for (const auto& [key, value] : patch.members) {
    if (value.kind == json::Kind::null)
      std::erase_if(target.members, [&key](const auto& kept) { return kept.name == key; });
    else
      merge(member(target, key), value);
  }
}

json::Value without(json::Value object, std::string_view key) {
  std::erase_if(object.members, [key](const auto& kept) { return kept.name == key; });
  return object;
}

std::string variant_name(const json::Value& patch, const std::vector<Variant>& before,
                         Problems& problems) {
  VariantPatch read;
  read_value(patch, problems, read, kind::object);
  const json::Value* const place = patch.find("name");
  if (place == nullptr || place->kind != json::Kind::string) return read.name;
  const auto same = [&read](const Variant& other) { return other.name == read.name; };
  if (std::ranges::any_of(before, same))
    problems.add(*place, fmt::format("a second variant named \"{}\"", read.name));
  return read.name;
}

}  // namespace

const std::vector<std::string_view>& VariantPatch::changeable() {
  static const std::vector<std::string_view> keys = [] {
    std::vector<std::string_view> of_the_file = keys_of<Scenario>().all;
    constexpr std::array fixed{"$schema", "name", "variant", "variants"};
    std::erase_if(of_the_file, [&fixed](std::string_view key) {
      return std::ranges::find(fixed, key) != fixed.end();
    });
    return of_the_file;
  }();
  return keys;
}

std::vector<Variant> expand_variants(const json::Value& root, Problems& problems) {
  const json::Value* const listed = root.find("variants");
  if (listed == nullptr) return {{"", root}};
  std::vector<Variant> variants;
  const json::Value base = without(root, "variants");
  for (const json::Value& patch : items_of(*listed, problems)) {
    const std::string name = variant_name(patch, variants, problems);
    Variant& variant = variants.emplace_back(Variant{name, base});
    if (patch.kind == json::Kind::object) merge(variant.merged, without(patch, "name"));
  }
  if (variants.empty()) problems.add(*listed, "the list of variants is empty; leave it out");
  return variants;
}

}  // namespace sipharness::scenario
