#pragma once
// How `--help` looks: at most eighty columns.

#include <memory>

#include <CLI/CLI.hpp>

namespace sipharness::cli {

std::shared_ptr<CLI::Formatter> help_formatter();

}  // namespace sipharness::cli
