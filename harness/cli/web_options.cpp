#include "harness/cli/web_options.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/host/http/secret.hpp"

namespace sipharness::cli {
namespace {

constexpr std::string_view anywhere = "true";
constexpr std::size_t shortest_token = 8;
constexpr std::size_t longest_token = 128;

/// "192.0.2.1:8080", "192.0.2.1": a free port there.
std::optional<Endpoint> page_endpoint(const std::string& where) {
  if (where == anywhere) return Endpoint{*IpAddress::parse("127.0.0.1"), 0};
  if (const auto endpoint = Endpoint::parse(where)) return endpoint;
  const auto address = IpAddress::parse(where);
  return address ? std::optional(Endpoint{*address, 0}) : std::nullopt;
}

bool is_of_this_host(const IpAddress& address) {
  return address == *IpAddress::parse("::1") || (address.is_v4() && address.bytes()[0] == 127);
}

/// It stands in a link and in a cookie.
bool is_token(std::string_view text) {
  return text.size() >= shortest_token && text.size() <= longest_token &&
         host::percent_encoded(text) == text;
}

}  // namespace

void add_web_options(CLI::App& command, WebOptions& options) {
  command
      .add_flag(
          "--web", options.where,
          "Show on a page what goes on, with prompts as buttons: at a free port of loopback, or "
          "--web=ADDRESS:PORT; real time only")
      ->type_name("[=ADDRESS:PORT]");
  command
      .add_option("--web-token", options.token,
                  "What the link of the page has to carry (default beyond loopback: one is made)")
      ->type_name("TOKEN");
}

void take_web_address(WebOptions& options, std::vector<std::string>& names) {
  if (options.where != anywhere) return;
  const auto address = std::ranges::find_if(
      names, [](const std::string& name) { return Endpoint::parse(name).has_value(); });
  if (address == names.end()) return;
  options.where = *address;
  names.erase(address);
}

void check_web_options(const WebOptions& options) {
  if (options.is_given() && !page_endpoint(options.where))
    throw InputError(
        fmt::format("--web: found {}; allowed is an address of this machine and a "
                    "port, such as 127.0.0.1:8080",
                    options.where));
  if (!options.token.empty() && !options.is_given()) throw InputError("--web-token is for --web");
  if (!options.token.empty() && !is_token(options.token))
    throw InputError(
        fmt::format("--web-token: allowed are {} to {} letters, digits and the signs - . _ ~",
                    shortest_token, longest_token));
}

std::unique_ptr<web::LabPage> open_web_page(const WebOptions& options, const std::string& folder) {
  if (!options.is_given()) return nullptr;
  const Endpoint local = *page_endpoint(options.where);
  const bool needs_token = options.token.empty() && !is_of_this_host(local.address);
  auto page = std::make_unique<web::LabPage>(
      web::LabPageOptions{local, needs_token ? host::make_secret() : options.token, folder});
  tell(fmt::format("sipharness: live page {}", page->link()));
  return page;
}

}  // namespace sipharness::cli
