#include "harness/host/machine/descriptors.hpp"

#include <algorithm>
#include <limits>
#include <sys/resource.h>

namespace sipharness::host {
namespace {

/// policy: enough for a program to start, ports, files and the partial judge.
constexpr int kept_back = 64;

/// As the process was given it; nothing where it was never raised.
rlimit given{0, 0};

}  // namespace

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  given = limit;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) given = {0, 0};
}

int descriptor_limit() {
  rlimit limit{};
  constexpr auto most = static_cast<rlim_t>(std::numeric_limits<int>::max());
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<int>(std::min(limit.rlim_cur, most))
                                                 : std::numeric_limits<int>::max();
}

void restore_descriptor_limit() {
  if (given.rlim_cur != 0) ::setrlimit(RLIMIT_NOFILE, &given);
}

bool is_kept_back(int descriptor) {
  const int limit = descriptor_limit();
  return descriptor >= limit - std::min(kept_back, limit / 4);
}

}  // namespace sipharness::host
