#include "harness/host/process/signals.hpp"

#include <atomic>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <string_view>
#include <unistd.h>

namespace sipharness::host {
namespace {

constexpr int exit_code_interrupted = 130;
constexpr int exit_code_cannot_run = 4;

std::atomic<bool> seen{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not take a lock");

/// A string literal's bytes; null: there is nothing to write.
std::atomic<const char*> last_words{nullptr};
static_assert(std::atomic<const char*>::is_always_lock_free);

extern "C" void on_interrupt(int) {
  if (!seen.exchange(true)) return;
  if (const char* const words = last_words) [[maybe_unused]]
    const auto written = ::write(STDERR_FILENO, words, ::strlen(words));
  ::_exit(exit_code_interrupted);
}

/// What may be told more than once: the end of the terminal by shell and kernel, an interrupt of
/// the whole process group by the parent too.
extern "C" void on_repeated_word(int) {
  seen = true;
}

extern "C" void on_write_error(int) {}

/// Anything else than a page that its file does not have any more ends the program as it would.
extern "C" void on_unreadable_page(int, siginfo_t* fault, void*) {
  if (fault->si_code != BUS_ADRERR) {
    ::signal(SIGBUS, SIG_DFL);
    return;
  }
  constexpr std::string_view words =
      "sipharness: a capture became shorter while it was read, or its disk failed: judge a copy of "
      "it\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, words.data(), words.size());
  ::_exit(exit_code_cannot_run);
}

}  // namespace

void catch_interrupts() {
  seen = false;
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
  action.sa_handler = on_repeated_word;
  ::sigaction(interrupt_of_children, &action, nullptr);
  // Under nohup the end of the terminal is no reason to stop.
  struct sigaction before {};
  if (::sigaction(SIGHUP, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) return;
  ::sigaction(SIGHUP, &action, nullptr);
}

void write_when_ended(const char* text) {
  last_words = text;
}

void interrupt() {
  seen = true;
}

bool is_interrupted() {
  return seen;
}

void see_write_errors() {
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  // A handler, since what is ignored stays so in every program that is started.
  action.sa_handler = on_write_error;
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    struct sigaction before {};
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_DFL)
      ::sigaction(signal, &action, nullptr);
  }
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(standard, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);
}

void end_at_unreadable_page() {
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_SIGINFO;
  action.sa_sigaction = on_unreadable_page;
  ::sigaction(SIGBUS, &action, nullptr);
}

void end_by_closed_pipe() {
  struct sigaction action {};
  ::sigaction(SIGPIPE, nullptr, &action);
  if (action.sa_handler != on_write_error) return;
  action.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &action, nullptr);
  ::raise(SIGPIPE);
}

}  // namespace sipharness::host
