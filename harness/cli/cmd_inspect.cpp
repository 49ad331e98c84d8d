// sipharness inspect: the story of a capture, without a verdict.

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "harness/cli/capture_options.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/output.hpp"
#include "harness/judge/judge.hpp"
#include "harness/story/story.hpp"
#include "reports/story.hpp"

namespace sipharness::cli {
namespace {

struct InspectArguments {
  CaptureOptions capture;
  std::string json;
};

/// policy: as wide as the terminal, within what the bars need and an eye takes in.
constexpr std::size_t narrowest = 60;
constexpr std::size_t widest = 100;

int inspect(const InspectArguments& arguments) {
  try_documents({arguments.json}, inputs_of(arguments.capture));
  const judge::Loaded loaded = value_or_reject(judge::load(request_of(arguments.capture)));
  const story::Story story =
      story::tell(loaded.trace, loaded.profile, loaded.scenario ? &*loaded.scenario : nullptr);
  const reports::StoryOptions options{.file = judge::name_of(arguments.capture.what),
                                      .width = std::clamp(page_width(), narrowest, widest)};
  if (!prints_document(arguments.json)) write_output(reports::story_page(story, options));
  if (!arguments.json.empty()) write_document(arguments.json, reports::story_json(story, options));
  return passed;
}

}  // namespace

void add_inspect(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<InspectArguments>();
  CLI::App* command = app.add_subcommand(
      "inspect", "Tell who is who in a capture and what happened, without judging it");
  add_capture_options(*command, arguments->capture);
  add_document_option(*command, "--json", arguments->json, "Write the story as JSON");
  command->callback([arguments, &exit_code] { exit_code = inspect(*arguments); });
}

}  // namespace sipharness::cli
