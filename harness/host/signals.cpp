#include "harness/host/signals.hpp"

#include <atomic>
#include <signal.h>
#include <unistd.h>

namespace sipharness::host {
namespace {

constexpr int exit_code_interrupted = 130;

std::atomic<bool> seen{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not take a lock");

extern "C" void on_interrupt(int) {
  if (seen.exchange(true)) ::_exit(exit_code_interrupted);
}

}  // namespace

void catch_interrupts() {
  seen = false;
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
}

bool is_interrupted() {
  return seen;
}

}  // namespace sipharness::host
