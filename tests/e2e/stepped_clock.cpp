// A wall clock that a test steps, for LD_PRELOAD: real time and what the file CLOCK_OFFSET names
// adds to it, in nanoseconds as eight bytes. All other clocks and every timer are left alone.
// (libfaketime shifts absolute timers of the monotonic clock, too: what it starts waits for ever.)

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

const volatile std::int64_t* mapped_offset() {
  static const std::int64_t none = 0;
  const char* const path = std::getenv("CLOCK_OFFSET");
  const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return &none;
  void* const memory = ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  return memory == MAP_FAILED ? &none : static_cast<const std::int64_t*>(memory);
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  constexpr std::int64_t second = 1'000'000'000;
  static const volatile std::int64_t* const offset = mapped_offset();
  const auto result = static_cast<int>(::syscall(SYS_clock_gettime, clock, now));
  if (result != 0 || clock != CLOCK_REALTIME) return result;
  const std::int64_t all = now->tv_sec * second + now->tv_nsec + *offset;
  now->tv_sec = all / second;
  now->tv_nsec = all % second;
  return 0;
}

extern "C" int gettimeofday(timeval* now, void*) noexcept {
  timespec exact{};
  clock_gettime(CLOCK_REALTIME, &exact);
  *now = {.tv_sec = exact.tv_sec, .tv_usec = exact.tv_nsec / 1000};
  return 0;
}

extern "C" time_t time(time_t* out) noexcept {
  timespec exact{};
  clock_gettime(CLOCK_REALTIME, &exact);
  if (out != nullptr) *out = exact.tv_sec;
  return exact.tv_sec;
}
