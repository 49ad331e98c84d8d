// sipharness inspect: the story of a capture, without a verdict.

#include <algorithm>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "harness/cli/capture_options.hpp"
#include "harness/cli/command.hpp"
#include "harness/files/files.hpp"
#include "harness/judge/judge.hpp"
#include "harness/story/story.hpp"
#include "reports/story.hpp"

namespace sipharness::cli {
namespace {

struct InspectArguments {
  CaptureOptions capture;
  std::string json;
};

int inspect(const InspectArguments& arguments) {
  const judge::Loaded loaded = value_or_reject(judge::load(request_of(arguments.capture)));
  const story::Story story =
      story::tell(loaded.trace, loaded.profile, loaded.scenario ? &*loaded.scenario : nullptr);
  const reports::StoryOptions options{.file = files::file_name(arguments.capture.what)};
  const std::string json =
      arguments.json.empty() ? std::string() : reports::story_json(story, options);
  if (arguments.json != "-")
    fmt::print("{}", reports::story_page(story, options));
  else
    fmt::print("{}", json);
  if (!arguments.json.empty() && arguments.json != "-") files::write_file(arguments.json, json);
  return passed;
}

}  // namespace

void add_inspect(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<InspectArguments>();
  CLI::App* command = app.add_subcommand(
      "inspect", "Tell who is who in a capture and what happened, without judging it");
  add_capture_options(*command, arguments->capture);
  command
      ->add_option("--json", arguments->json,
                   "Write the story as JSON to FILE (- for the terminal)")
      ->type_name("FILE");
  command->callback([arguments, &exit_code] { exit_code = inspect(*arguments); });
}

}  // namespace sipharness::cli
