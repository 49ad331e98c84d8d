#include "harness/cli/shortage.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <string_view>
#include <unistd.h>

#include "harness/cli/command.hpp"
#include "harness/files/output.hpp"

namespace sipharness::cli {
namespace {

/// policy: enough to put away what a run holds; it costs address space only.
constexpr std::size_t reserve_size = 8U << 20U;
std::unique_ptr<char[]> reserve;
constexpr std::string_view out_of_memory =
    "this machine, or a limit of it (ulimit -v), has no more memory for that";
std::terminate_handler otherwise = nullptr;

void on_shortage() {
  reserve.reset();
  throw std::bad_alloc();
}

/// Where the way out was still too long, as in a destructor that allocates.
void on_terminate() {
  try {
    if (const auto error = std::current_exception()) std::rethrow_exception(error);
  } catch (const std::bad_alloc&) {
    for (const std::string_view words :
         {std::string_view("sipharness: "), out_of_memory, std::string_view("\n")})
      files::write_all(STDERR_FILENO, words);
    ::_exit(cannot_run);
  } catch (...) {
  }
  otherwise();
}

}  // namespace

std::string words_of(const std::exception& error) {
  const bool is_shortage = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  return std::string(is_shortage ? out_of_memory : error.what());
}

void prepare_for_shortage() {
  otherwise = std::set_terminate(on_terminate);
  std::set_new_handler(on_shortage);
  reserve = std::make_unique_for_overwrite<char[]>(reserve_size);
}

}  // namespace sipharness::cli
