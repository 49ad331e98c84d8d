#include "harness/cli/capture_options.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/file_kind.hpp"
#include "harness/cli/named_files.hpp"
#include "harness/cli/words.hpp"
#include "harness/files/files.hpp"
#include "harness/judge/run_folder.hpp"

namespace sipharness::cli {
namespace {

std::optional<std::string> given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<trace::Vantage> vantage_of(const std::string& word) {
  if (word.empty()) return std::nullopt;
  if (word == "device") return trace::Vantage::device;
  return word == "server" ? trace::Vantage::server : trace::Vantage::unknown;
}

/// The addresses of one server, as a comma-separated list.
void add_servers(std::vector<trace::Server>& servers, trace::ServerRole role,
                 std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view text = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    const auto endpoint = Endpoint::parse(text);
    if (!endpoint || endpoint->port == 0)
      throw InputError(
          fmt::format("--{} {}: an address with a port is needed, such as 192.0.2.10:5060 or "
                      "[2001:db8::10]:5060",
                      to_string(role), text));
    const auto known = std::ranges::find(servers, *endpoint, &trace::Server::endpoint);
    if (known != servers.end() && known->role != role)
      throw InputError(
          fmt::format("--primary and --secondary are both {}: name two servers", endpoint->text()));
    if (known == servers.end())
      servers.push_back({role, *endpoint, {.from = trace::KnownFrom::named}});
  }
}

std::vector<trace::Server> servers_of(const CaptureOptions& options) {
  std::vector<trace::Server> servers;
  add_servers(servers, trace::ServerRole::primary, options.primary);
  add_servers(servers, trace::ServerRole::secondary, options.secondary);
  return servers;
}

std::string scenario_file(const std::string& word) {
  const auto named = scenarios_named({word});
  if (named.size() > 1 || !named.front().variant.empty())
    throw InputError(
        fmt::format("--scenario {}: name one file, of a scenario without variants", word));
  require_kind(named.front().file, FileKind::scenario);
  return named.front().file;
}

}  // namespace

bool CaptureOptions::is_run_folder() const {
  return files::is_folder(what.front());
}

void add_capture_options(CLI::App& command, CaptureOptions& options) {
  command
      .add_option("capture", options.what,
                  "A run folder, or a capture: pcap, pcapng or snoop, also compressed; several "
                  "files where it was cut into pieces")
      ->required()
      ->type_name("RUN_FOLDER|CAPTURE");
  command.add_option("--scenario", options.scenario, "What was staged, by file or name")
      ->type_name("SCENARIO");
  command.add_option("--profile", options.profile, "What the device is, by file or name")
      ->type_name("PROFILE");
  command
      .add_option("--journal", options.journal,
                  "Journal of the run: what the harness did (journal.jsonl)")
      ->type_name("FILE");
  command
      .add_option("--vantage", options.vantage, "Where it was captured: device, server or unknown")
      ->type_name("PLACE")
      ->check(one_of({"device", "server", "unknown"}));
  command
      .add_option("--primary", options.primary,
                  "The primary of a capture that does not show who is who; without --secondary "
                  "there is none. Several addresses of one server: with commas between")
      ->type_name("ADDRESS:PORT,...");
  command.add_option("--secondary", options.secondary, "Its secondary")
      ->type_name("ADDRESS:PORT,...")
      ->needs("--primary");
}

judge::JudgeRequest request_of(const CaptureOptions& options) {
  judge::JudgeRequest request;
  request.capture = options.what.front();
  request.more.assign(options.what.begin() + 1, options.what.end());
  request.servers = servers_of(options);
  if (!options.scenario.empty()) request.scenario = scenario_file(options.scenario);
  if (!options.profile.empty()) {
    request.profile = profile_named(options.profile);
    require_kind(*request.profile, FileKind::profile);
  }
  request.journal = given(options.journal);
  request.vantage = vantage_of(options.vantage);
  return request;
}

std::vector<std::string> inputs_of(const CaptureOptions& options) {
  std::vector<std::string> inputs = {options.scenario, options.profile, options.journal};
  for (const std::string& path : options.what) {
    const judge::RunFolder folder{path};
    inputs.insert(inputs.end(), {path, folder.capture(), folder.journal(), folder.scenario(),
                                 folder.profile(), folder.meta()});
  }
  return inputs;
}

}  // namespace sipharness::cli
