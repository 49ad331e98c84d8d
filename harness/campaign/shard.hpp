#pragma once
// A share of a campaign: which runs there are in all, which of them one machine plays, and what
// became of those. `run --shard` leaves it beside the run folders, `merge` puts the shares
// together.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/expected.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::campaign {

/// The name of its file in the folder of the runs.
inline constexpr const char* shard_file = "shard.json";

struct ShardNumber {
  unsigned number = 1;  ///< from 1 on
  unsigned of = 1;

  bool operator==(const ShardNumber&) const = default;
};
/// "2/4"; nothing where it is none.
std::optional<ShardNumber> parse_shard_number(std::string_view text);

/// Which shard each of these runs belongs to, from 1 on: the longest first, each to the shard that
/// is busy shortest. The same lengths give the same shares on every machine.
std::vector<unsigned> balanced(const std::vector<Duration>& lengths, unsigned shards);

struct PlannedRun {
  std::string name;     ///< with its seed where the scenario is run several times
  std::string request;  ///< digest of scenario, profile, device and seed
  unsigned shard = 1;

  bool operator==(const PlannedRun&) const = default;
};

struct Shard {
  std::string harness;  ///< the version that ran it
  ShardNumber shard;
  bool strict = false;
  std::vector<std::string> only{};  ///< requirements that were named
  std::vector<PlannedRun> plan{};   ///< of all shards, as one machine would play them
  /// A run of this shard, in the order of the plan.
  struct Run {
    std::string folder;                        ///< its name; empty: it left no result
    std::optional<verdict::NotRun> not_run{};  ///< why it left none, or not all of it
  };
  std::vector<Run> runs{};
};

/// Format sipharness-shard/1.
Expected<Shard> parse_shard(std::string_view text, const std::string& file);

struct ShardFolder {
  std::string path;
  Shard shard;
};
/// Reads the shards in these folders. An error where two are the same shard, or belong to different
/// campaigns, or were run by another version than this.
Expected<std::vector<ShardFolder>> read_shards(const std::vector<std::string>& folders);

/// All runs of the plan in its order; what belongs to a shard that is not there did not run.
std::vector<Shard::Run> merge(const std::vector<ShardFolder>& shards);  ///< folders with their path

}  // namespace sipharness::campaign
