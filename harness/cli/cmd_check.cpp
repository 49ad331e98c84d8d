// sipharness check: judge a run folder or a capture that somebody took.

#include <memory>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/judge/judge.hpp"
#include "reports/text.hpp"

namespace sipharness::cli {
namespace {

struct CheckArguments {
  judge::JudgeRequest request;
  std::string scenario, profile, journal, vantage, primary, secondary;
  bool so_far = false;
  OutputOptions output;
};

std::optional<std::string> given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<trace::Vantage> vantage_of(const std::string& word) {
  if (word.empty()) return std::nullopt;
  if (word == "device") return trace::Vantage::device;
  return word == "server" ? trace::Vantage::server : trace::Vantage::unknown;
}

std::vector<trace::Server> servers_of(const CheckArguments& arguments) {
  std::vector<trace::Server> servers;
  const auto add = [&](trace::ServerRole role, const std::string& text) {
    if (text.empty()) return;
    const auto endpoint = Endpoint::parse(text);
    if (!endpoint || endpoint->port == 0)
      throw InputError(
          fmt::format("--{} {}: an address with a port is needed, such as 192.0.2.10:5060 or "
                      "[2001:db8::10]:5060",
                      to_string(role), reports::printable(text)));
    servers.push_back({role, *endpoint});
  };
  add(trace::ServerRole::primary, arguments.primary);
  add(trace::ServerRole::secondary, arguments.secondary);
  if (servers.size() == 2 && servers[0].endpoint == servers[1].endpoint)
    throw InputError(fmt::format("--primary and --secondary are both {}: name two servers",
                                 servers[0].endpoint.text()));
  return servers;
}

int check(CheckArguments arguments) {
  arguments.request.servers = servers_of(arguments);
  arguments.request.only = requirements_named(arguments.request.only);
  arguments.request.scenario = given(arguments.scenario);
  arguments.request.profile = given(arguments.profile);
  arguments.request.journal = given(arguments.journal);
  arguments.request.vantage = vantage_of(arguments.vantage);
  std::vector<verdict::Result> results;
  const auto judge = arguments.so_far ? judge::judge_so_far : judge::judge;
  results.push_back(value_or_reject(judge(arguments.request)).result);
  print_result(results.front(), arguments.output, {}, false);
  write_results(results, arguments.output);
  return worst_exit_code(results);
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App* command = app.add_subcommand("check", "Judge a run folder or a capture");
  command->add_option("what", arguments->request.capture, "A run folder, or a pcap or pcapng file")
      ->required()
      ->type_name("RUN_FOLDER|CAPTURE");
  command->add_option("--scenario", arguments->scenario, "What was staged")->type_name("FILE");
  command->add_option("--profile", arguments->profile, "What the device is")->type_name("FILE");
  command->add_option("--journal", arguments->journal, "What the harness did")->type_name("FILE");
  command->add_option("--vantage", arguments->vantage, "Where it was captured")
      ->check(CLI::IsMember({"device", "server", "unknown"}));
  command
      ->add_option("--primary", arguments->primary,
                   "The primary of a capture that does not show who is who; without --secondary "
                   "there is none")
      ->type_name("ADDRESS:PORT");
  command->add_option("--secondary", arguments->secondary, "Its secondary")
      ->type_name("ADDRESS:PORT")
      ->needs("--primary");
  command
      ->add_option("--only", arguments->request.only,
                   "Judge these only: GRP-CALL-03, GRP-REG, rfc3261/17")
      ->type_name("ID");
  command
      ->add_option("--jobs", arguments->request.jobs,
                   "Phones judged side by side (default 0: one for each core)")
      ->check(CLI::Range(0, 64))
      ->default_val(0U);
  command->add_flag("--strict", arguments->request.strict, "Warnings count as failures");
  command->add_flag("--so-far", arguments->so_far,
                    "The run still goes on: what it lacks is not held against it");
  add_output_options(*command, arguments->output);
  command->callback([arguments, &exit_code] { exit_code = check(*arguments); });
}

}  // namespace sipharness::cli
