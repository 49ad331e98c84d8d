#include "harness/host/process/device_log.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "harness/base/printable.hpp"
#include "harness/base/setup_error.hpp"

namespace sipharness::host {
namespace {

/// policy: more of one line tells nobody anything.
constexpr std::size_t longest_shown = 4096;

std::string shown(std::string text) {
  if (text.size() > longest_shown) text.replace(longest_shown, std::string::npos, " …");
  std::ranges::replace(text, '\t', ' ');
  return printable(text);
}

}  // namespace

std::string redacted(std::string text, const std::vector<std::string>& secrets) {
  constexpr std::string_view instead = "***";
  for (const std::string& secret : secrets) {
    if (secret.size() < shortest_secret) continue;
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + instead.size()))
      text.replace(at, secret.size(), instead);
  }
  return text;
}

DeviceLog::DeviceLog(Options options)
    : options_(std::move(options)), file_(std::fopen(options_.path.c_str(), "we")) {
  if (!file_)
    throw SetupError(fmt::format("cannot write {}: {}", options_.path, std::strerror(errno)));
}

void DeviceLog::write(Duration at, char mark, std::string_view text) {
  if (written_ >= options_.limit) return;
  const std::string line = fmt::format("{:.3f} {} {}\n", to_seconds(at), mark,
                                       shown(redacted(std::string(text), options_.secrets)));
  written_ += line.size();
  std::fwrite(line.data(), 1, line.size(), file_.get());
  if (written_ >= options_.limit)
    std::fputs("| the log ends here: it has reached its limit\n", file_.get());
  std::fflush(file_.get());
}

}  // namespace sipharness::host
