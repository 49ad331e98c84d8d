#include "harness/cli/help.hpp"

#include <sstream>
#include <string>
#include <utility>

#include "reports/page.hpp"

namespace sipharness::cli {
namespace {

constexpr std::size_t columns = 80;
constexpr std::size_t left_column = 30;

std::string broken(const std::string& text, std::size_t width) {
  reports::Page page(width);
  page.line("", text);
  std::string lines = std::move(page).text();
  lines.pop_back();
  return lines;
}

class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(left_column); }

  std::string make_option_desc(const CLI::Option* option) const override {
    return broken(option->get_description(), columns - left_column);
  }
  std::string make_subcommand(const CLI::App* command) const override {
    std::ostringstream out;
    CLI::detail::format_help(out, command->get_display_name(true),
                             broken(command->get_description(), columns - left_column),
                             left_column);
    return out.str();
  }
};

}  // namespace

std::shared_ptr<CLI::Formatter> help_formatter() {
  return std::make_shared<HelpFormatter>();
}

}  // namespace sipharness::cli
