// sipharness manual: the manual page, and what shells complete.

#include <map>
#include <memory>

#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/manual.hpp"
#include "harness/cli/words.hpp"

namespace sipharness::cli {

void add_manual(CLI::App& app, int& exit_code) {
  using Page = std::string (*)(const CLI::App&);
  static const std::map<std::string, Page> pages = {
      {"bash", bash_completion}, {"man", man_page}, {"zsh", zsh_completion}};
  auto what = std::make_shared<std::string>("man");
  CLI::App* command =
      app.add_subcommand("manual", "Print the manual page, or the completion of a shell");
  command->add_option("what", *what, "man (default), bash or zsh")
      ->type_name("WHAT")
      ->check(one_of({"man", "bash", "zsh"}));
  command->callback([what, &app, &exit_code] {
    write_output(pages.at(*what)(app));
    exit_code = passed;
  });
}

}  // namespace sipharness::cli
