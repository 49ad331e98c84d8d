#include "harness/host/process/home_guard.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <signal.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/files/abandoned_folders.hpp"

namespace sipharness::host {
namespace {

namespace fs = std::filesystem;

/// policy: what is killed may have started another process just before; so often is looked again.
constexpr int most_rounds = 10;

std::optional<pid_t> process_in(const fs::path& folder) {
  const std::string name = folder.filename().string();
  pid_t id = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
  const bool is_number = error == std::errc() && end == name.data() + name.size();
  return is_number ? std::optional(id) : std::nullopt;
}

bool belongs_to(const fs::path& process, std::string_view variable) {
  std::ifstream file(process / "environ", std::ios::binary);
  const std::string environment(std::istreambuf_iterator<char>(file), {});
  std::string_view rest = environment;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    if (rest.substr(0, end) == variable) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

/// How many there were.
int kill_all_of(const std::string& home) {
  const std::string variable = "HOME=" + home;
  int killed = 0;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const auto id = process_in(entry->path());
    if (!id || *id == ::getpid() || !belongs_to(entry->path(), variable)) continue;
    if (::kill(*id, SIGKILL) == 0) ++killed;
  }
  return killed;
}

/// The guard: nothing of the harness but this function and the socket.
[[noreturn]] void watch_over(int harness, const std::string& home) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_NAME, "sipharness-grd");
  ::dup2(harness, STDIN_FILENO);
  ::syscall(SYS_close_range, 1U, ~0U, 0U);
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  char farewell = 0;
  ssize_t length = 0;
  while ((length = ::read(STDIN_FILENO, &farewell, 1)) < 0 && errno == EINTR) {
  }
  if (length > 0) ::_exit(0);
  end_processes_of(home);
  files::remove_folder(home);
  ::_exit(0);
}

}  // namespace

void end_processes_of(const std::string& home) {
  for (int round = 0; round < most_rounds && kill_all_of(home) > 0; ++round) ::usleep(1000);
}

HomeGuard::HomeGuard(std::string home) : home_(std::move(home)) {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw SetupError(fmt::format("cannot guard a program: {}", std::strerror(errno)));
  alive_ = Descriptor(ends[0]);
  const Descriptor theirs(ends[1]);
  guard_ = ::fork();
  if (guard_ == 0) watch_over(theirs.number(), home_);
  if (guard_ < 0) throw SetupError(fmt::format("cannot guard a program: {}", std::strerror(errno)));
}

HomeGuard::~HomeGuard() {
  end_processes_of(home_);
  constexpr char farewell = 'x';
  [[maybe_unused]] const ssize_t sent = ::send(alive_.number(), &farewell, 1, MSG_NOSIGNAL);
  while (::waitpid(guard_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void clear_leftovers() {
  for (const std::string& home : files::abandoned_folders()) {
    end_processes_of(home);
    files::remove_folder(home);
  }
}

}  // namespace sipharness::host
