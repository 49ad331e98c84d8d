#include "harness/campaign/shard.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "harness/base/version.hpp"
#include "harness/campaign/fields.hpp"
#include "harness/files/files.hpp"

namespace sipharness::campaign {
namespace {

using verdict::NotRun;

constexpr NotRun::Kind why_none[] = {NotRun::Kind::could_not, NotRun::Kind::cut_short,
                                     NotRun::Kind::left_out};

std::optional<unsigned> whole_number_in(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

unsigned shard_number(const Fields& from, std::string_view key, std::uint64_t most) {
  const std::uint64_t number = from.count(key);
  if (number < 1 || number > most) from.refuse(key, fmt::format("must be 1 to {}", most));
  return static_cast<unsigned>(number);
}

/// policy: more machines than any lab has.
constexpr std::uint64_t most_shards = 10'000;

Shard::Run run_of(const Fields& from) {
  Shard::Run run{from.text_or_empty("folder")};
  if (run.folder.find('/') != std::string::npos || run.folder == "..")
    from.refuse("folder", "must be the name of a folder beside this file");
  if (from.text_or_none("why"))
    run.not_run = NotRun{from.text("name"), from.text("why"), from.one_of("kind", why_none)};
  if (run.folder.empty() && !run.not_run) from.refuse("folder", "has no result and no reason");
  return run;
}

/// In what a shard is of another campaign than the first; empty: it is of the same.
std::string_view difference(const Shard& one, const Shard& other) {
  if (one.shard.of != other.shard.of) return "the number of shards";
  if (one.strict != other.strict) return "--strict";
  if (one.only != other.only) return "--only";
  if (one.plan != other.plan) return "its runs: scenarios, profile, device, seed or --repeat";
  return {};
}

}  // namespace

std::optional<ShardNumber> parse_shard_number(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto number = whole_number_in(text.substr(0, slash));
  const auto of = whole_number_in(text.substr(std::min(slash + 1, text.size())));
  if (!number || !of || *number < 1 || *number > *of || *of > most_shards) return std::nullopt;
  return ShardNumber{*number, *of};
}

std::vector<unsigned> balanced(const std::vector<Duration>& lengths, unsigned shards) {
  std::vector<std::size_t> longest_first(lengths.size());
  std::iota(longest_first.begin(), longest_first.end(), std::size_t{0});
  std::ranges::stable_sort(longest_first, std::ranges::greater{},
                           [&](std::size_t run) { return lengths[run]; });
  std::vector<std::pair<Duration, std::size_t>> busy(shards);  // and with how many runs
  std::vector<unsigned> shard_of(lengths.size());
  for (const std::size_t run : longest_first) {
    const auto least = std::ranges::min_element(busy);
    least->first += lengths[run];
    ++least->second;
    shard_of[run] = static_cast<unsigned>(least - busy.begin()) + 1;
  }
  return shard_of;
}

Expected<Shard> parse_shard(std::string_view text, const std::string& file) {
  const auto document = json::parse(text, file);
  if (!document) return tl::unexpected(document.error());
  Reading reading{file};
  const Fields from(*document, reading);
  if (from.text("format") != "sipharness-shard/1")
    from.refuse("format", "must be sipharness-shard/1");
  Shard shard{.harness = from.text("harness"), .shard = {}};
  shard.shard.of = shard_number(from, "of", most_shards);
  shard.shard.number = shard_number(from, "shard", shard.shard.of);
  shard.strict = from.truth("strict");
  shard.only = from.texts("only");
  for (const json::Value& item : from.items("plan")) {
    const Fields run(item, reading);
    shard.plan.push_back(
        {run.text("name"), run.text("request"), shard_number(run, "shard", shard.shard.of)});
  }
  for (const json::Value& item : from.items("runs"))
    shard.runs.push_back(run_of(Fields(item, reading)));
  const auto planned = std::ranges::count(shard.plan, shard.shard.number, &PlannedRun::shard);
  if (shard.runs.size() != static_cast<std::size_t>(planned))
    from.refuse("runs", fmt::format("has {} runs; its plan has {} of this shard", shard.runs.size(),
                                    planned));
  if (reading.error) return tl::unexpected(*reading.error);
  return shard;
}

Expected<std::vector<ShardFolder>> read_shards(const std::vector<std::string>& folders) {
  std::vector<ShardFolder> shards;
  std::map<unsigned, std::string> seen;
  for (const std::string& folder : folders) {
    const std::string file = folder + "/" + shard_file;
    const auto text = files::read_file(file);
    if (!text) return tl::unexpected(text.error());
    const auto shard = parse_shard(*text, file);
    if (!shard) return tl::unexpected(shard.error());
    if (shard->harness != version())
      return failure(file, fmt::format("was run by version {}, this is {}: merge shards with the "
                                       "version that ran them",
                                       shard->harness, version()));
    if (!shards.empty())
      if (const auto what = difference(shards.front().shard, *shard); !what.empty())
        return failure(file, fmt::format("is of another campaign than {}: it differs in {}",
                                         shards.front().path, what));
    const auto [at, is_new] = seen.emplace(shard->shard.number, folder);
    if (!is_new)
      return failure(file, fmt::format("is shard {} of {}, as {} is", shard->shard.number,
                                       shard->shard.of, at->second));
    shards.push_back({folder, *shard});
  }
  return shards;
}

std::vector<Shard::Run> merge(const std::vector<ShardFolder>& shards) {
  std::map<unsigned, const ShardFolder*> by_number;
  for (const ShardFolder& one : shards) by_number[one.shard.shard.number] = &one;
  std::map<unsigned, std::size_t> next;
  std::vector<Shard::Run> runs;
  const Shard& any = shards.front().shard;
  for (const PlannedRun& planned : any.plan) {
    const auto from = by_number.find(planned.shard);
    if (from == by_number.end()) {
      const std::string why = fmt::format("shard {} of {} is missing", planned.shard, any.shard.of);
      runs.push_back({{}, NotRun{planned.name, why, NotRun::Kind::cut_short}});
      continue;
    }
    Shard::Run run = from->second->shard.runs[next[planned.shard]++];
    if (!run.folder.empty()) run.folder = from->second->path + "/" + run.folder;
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace sipharness::campaign
