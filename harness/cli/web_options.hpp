#pragma once
// --web and --web-token: the live page of a run, or of servers alone.

#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/web/lab_page.hpp"

namespace sipharness::cli {

/// policy: how often what the page shows of a capture is brought up to date.
inline constexpr Duration page_period = 1s;

struct WebOptions {
  std::string where;  ///< empty: no page; "true": where there is room on loopback
  std::string token;  ///< empty: one is made where one is needed
  bool is_given() const { return !where.empty(); }
};

void add_web_options(CLI::App& command, WebOptions& options);

/// `--web ADDRESS:PORT` without "=": the address was taken for one of `names`, which it cannot be.
void take_web_address(WebOptions& options, std::vector<std::string>& names);

/// Throws InputError.
void check_web_options(const WebOptions& options);

/// The page, once its link was printed; null: none is wanted. Throws SetupError.
std::unique_ptr<web::LabPage> open_web_page(const WebOptions& options, const std::string& folder);

}  // namespace sipharness::cli
