// The small parts: addresses, journal file, run.json, the profile for foreign captures.

#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/host/files.hpp"
#include "harness/run/addresses.hpp"
#include "harness/run/builtin_profile.hpp"
#include "harness/run/journal_file.hpp"
#include "harness/run/meta.hpp"
#include "harness/world_sim/simulated_world.hpp"
#include "tests/harness/run/servers.hpp"

namespace sipharness::run {
namespace {

using host::TemporaryFolder;
using testing::HasSubstr;

// --- Addresses -----------------------------------------------------------------------------------

TEST(Addresses, are_local_without_any_set_up) {
  struct Case {
    std::string_view name;
    Addresses addresses;
    std::string primary;
    std::string secondary;
    std::string device;
  };
  for (const Case& c :
       {Case{"simulated", default_addresses(false, true), "127.0.0.11", "127.0.0.12",
             "127.0.0.1:5062"},
        Case{"real", default_addresses(false, false), "127.0.0.11", "127.0.0.12", "127.0.0.1:0"},
        Case{"simulated IPv6", default_addresses(true, true), "fd00::11", "fd00::12",
             "[fd00::1]:5062"},
        Case{"real IPv6", default_addresses(true, false), "::1", "::1", "[::1]:0"}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(c.addresses.primary.text(), c.primary);
    EXPECT_EQ(c.addresses.secondary.text(), c.secondary);
    EXPECT_EQ(c.addresses.device.text(), c.device);
  }
}

TEST(Addresses, of_parallel_runs_are_all_different) {
  constexpr unsigned slots = 64;
  std::set<IpAddress> seen;
  for (unsigned slot = 0; slot < slots; ++slot) {
    const Addresses addresses = addresses_of_slot(slot);
    seen.insert({addresses.primary, addresses.secondary, addresses.device.address});
    EXPECT_EQ(addresses.primary.bytes()[0], 127);
    EXPECT_EQ(addresses.device.port, 0);
    const Addresses common = default_addresses(false, false);
    EXPECT_FALSE(seen.contains(common.primary) || seen.contains(common.device.address));
  }
  EXPECT_EQ(seen.size(), 3U * slots);
}

TEST(Addresses, of_several_devices_are_all_different) {
  for (const bool ipv6 : {false, true}) {
    const Addresses addresses = default_addresses(ipv6, true);
    EXPECT_EQ(device_endpoints(addresses.device, 1), std::vector{addresses.device});
    const auto herd = device_endpoints(addresses.device, 200);
    std::set<IpAddress> seen{addresses.primary, addresses.secondary, addresses.name_server};
    for (const Endpoint& one : herd) {
      EXPECT_EQ(one.port, addresses.device.port);
      seen.insert(one.address);
    }
    EXPECT_EQ(seen.size(), 203U);
  }
}

TEST(Addresses, fill_in_only_what_the_scenario_leaves_open) {
  scenario::Scenario scenario = two_servers();
  scenario.servers[0].address = IpAddress::parse("10.0.0.5");
  scenario.servers[1].address = std::nullopt;
  const scenario::Scenario filled = with_addresses(scenario, default_addresses(false, true));
  EXPECT_EQ(filled.server("primary").address->text(), "10.0.0.5");
  EXPECT_EQ(filled.server("secondary").address->text(), "127.0.0.12");
}

// --- The journal file ----------------------------------------------------------------------------

TEST(JournalFile, stamps_entries_from_scenario_zero) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/journal.jsonl";
  world_sim::SimulatedWorld world;
  {
    JournalFile file(path, world, TimePoint(2s), false);
    world.run(TimePoint(2s));
    file.write(journal::Clock{});
    world.run(TimePoint(5s));
    file.write(journal::Ended{"completed"});
    EXPECT_FALSE(file.has_failed());
  }
  const auto read = journal::read_journal(path);
  ASSERT_TRUE(read) << read.error().text();
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(read->front().at, 0s);
  EXPECT_EQ(read->back().at, 3s);
  EXPECT_EQ(std::get<journal::Ended>(read->back().event).reason, "completed");
}

TEST(JournalFile, is_on_disk_line_by_line_when_asked) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/journal.jsonl";
  const world_sim::SimulatedWorld world;
  JournalFile file(path, world, TimePoint(), true);
  for (std::size_t lines = 1; lines <= 3; ++lines) {
    file.write(journal::Clock{});
    EXPECT_EQ(journal::read_journal(path)->size(), lines);
  }
}

TEST(JournalFile, that_cannot_be_made_is_a_setup_error_that_names_it) {
  const TemporaryFolder folder;
  const world_sim::SimulatedWorld world;
  try {
    JournalFile(folder.path() + "/missing/journal.jsonl", world, TimePoint(), false);
    FAIL() << "made";
  } catch (const SetupError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/missing/journal.jsonl: No such file"));
  }
}

TEST(JournalFile, notices_a_full_disk) {
  const world_sim::SimulatedWorld world;
  for (const bool flush : {true, false}) {
    SCOPED_TRACE(flush);
    JournalFile file("/dev/full", world, TimePoint(), flush);
    file.write(journal::Clock{});
    EXPECT_TRUE(file.has_failed());
  }
}

// --- run.json ------------------------------------------------------------------------------------

TEST(Meta, is_read_as_it_was_written) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/run.json";
  for (const std::uint64_t seed : {0UL, 7UL, 18'446'744'073'709'551'615UL}) {
    host::write_file(path, to_json(Meta{"real", seed, "reference"}));
    const auto meta = read_meta(path);
    ASSERT_TRUE(meta) << meta.error().text();
    EXPECT_EQ(meta->clock, "real");
    EXPECT_EQ(meta->seed, seed);
    EXPECT_EQ(meta->device_kind, "reference");
  }
}

TEST(Meta, that_is_broken_is_refused_with_its_place) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/run.json";
  EXPECT_FALSE(read_meta(path)) << "there is none";
  for (const std::string_view text :
       {"", "{", "[]", "7", "{}", R"({"seed": 7})", R"({"seed": ""})", R"({"seed": "-1"})",
        R"({"seed": "7x"})", R"({"seed": "18446744073709551616"})",
        R"({"seed": "99999999999999999999"})", R"({"seed": "1", "seed": "2"})"}) {
    SCOPED_TRACE(text);
    host::write_file(path, text);
    const auto meta = read_meta(path);
    ASSERT_FALSE(meta);
    EXPECT_THAT(meta.error().place, HasSubstr(path + ":1:"));
  }
}

// --- The profile for foreign captures ------------------------------------------------------------

TEST(BuiltinProfile, claims_the_guide_and_knows_no_setting) {
  const scenario::Profile profile = builtin_profile();
  EXPECT_EQ(profile.kind, "external");
  EXPECT_TRUE(profile.claims_guide());
  EXPECT_EQ(profile.register_expiration, std::nullopt);
  EXPECT_EQ(profile.reregister_before, std::nullopt);
  EXPECT_FALSE(scenario::resolve(profile.account.password));
}

}  // namespace
}  // namespace sipharness::run
