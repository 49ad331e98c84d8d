#include "harness/files/output.hpp"

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <poll.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"

namespace sipharness::files {
namespace {

namespace fs = std::filesystem;

/// policy: the result of a run over an hour is smaller.
constexpr off_t room_for_a_result = off_t{256} * 1024;
/// @source path_resolution(7): the kernel follows as many
constexpr int most_links = 40;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  /// An error that a file system tells only now.
  int close() {
    const int number = std::exchange(number_, -1);
    return number < 0 || ::close(number) == 0 ? 0 : errno;
  }

 private:
  int number_;
};

/// A new file in the folder of `place`, gone again unless it was renamed. What is not complete has
/// no name, where the file system can do that: nothing stays of it whenever the process dies.
class Beside {
 public:
  explicit Beside(const fs::path& place) : folder_(place.parent_path()), file_(make()) {}
  ~Beside() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

  /// errno says why not.
  bool is_there() const { return file_.is_open(); }
  int number() const { return file_.number(); }

  /// Zero, or an errno. Where nothing is yet it gets its name in one step.
  int rename_to(const std::string& place) {
    if (path_.empty() && link_as(place.c_str()) == 0) return file_.close();
    if (path_.empty() && (errno != EEXIST || give_name() < 0)) return errno;
    if (const int error = file_.close(); error != 0) return error;
    if (::rename(path_.c_str(), place.c_str()) != 0) return errno;
    path_.clear();
    return 0;
  }

 private:
  int make() {
    const std::string folder = folder_.empty() ? "." : folder_.string();
    const int nameless = ::open(folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
    if (nameless >= 0) return nameless;
    return under_new_name([](const char* path) {
      return ::open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    });
  }

  int link_as(const char* path) const {
    const std::string nameless = fmt::format("/proc/self/fd/{}", file_.number());
    return ::linkat(AT_FDCWD, nameless.c_str(), AT_FDCWD, path, AT_SYMLINK_FOLLOW);
  }

  int give_name() {
    return under_new_name([this](const char* path) { return link_as(path); });
  }

  /// What `create` returns; -1 where it fails but for a name that is taken.
  int under_new_name(const auto& create) {
    constexpr int most_attempts = 100;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
      std::uint64_t chance = 0;
      if (::getrandom(&chance, sizeof(chance), 0) != sizeof(chance)) return -1;
      const std::string path = (folder_ / fmt::format(".sipharness-{:016x}", chance)).string();
      const int made = create(path.c_str());
      if (made >= 0) path_ = path;
      if (made >= 0 || errno != EEXIST) return made;
    }
    return -1;
  }

  fs::path folder_;
  std::string path_;
  Descriptor file_;
};

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// N of /proc/self/fd/N, /dev/fd/N and whatever else leads there.
std::optional<int> own_descriptor(const fs::path& path) {
  const std::string name = path.filename().string();
  int number = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size() || number < 0) return std::nullopt;
  std::error_code ignored;
  const std::string folder = fs::canonical(folder_of(path), ignored).string();
  const std::string mine = fmt::format("/proc/{}/", ::getpid());
  if (!folder.starts_with(mine) || !folder.ends_with("/fd")) return std::nullopt;
  return number;
}

bool means_folder_is_closed(int error) {
  return error == EACCES || error == EPERM || error == EROFS;
}

}  // namespace

int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd wanted{.fd = descriptor, .events = POLLOUT, .revents = 0};
      ::poll(&wanted, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

Output::Output(std::string path) : path_(std::move(path)), place_(path_) {
  if (path_ == "-") {
    way_ = Way::descriptor;
    descriptor_ = STDOUT_FILENO;
    return;
  }
  // Also refuses what the kernel would not follow: the link of another in a folder of all.
  struct stat found {};
  exists_ = ::stat(path_.c_str(), &found) == 0;
  if (!exists_ && errno != ENOENT) fail(errno);
  follow_links();
  if (way_ == Way::descriptor || !exists_) return;
  if (S_ISDIR(found.st_mode)) fail(EISDIR);
  if (S_ISREG(found.st_mode)) return;
  way_ = Way::in_place;
  place_ = path_;
}

void Output::follow_links() {
  std::error_code error;
  for (int links = 0; links <= most_links; ++links) {
    if (const auto own = own_descriptor(place_)) {
      way_ = Way::descriptor;
      descriptor_ = *own;
      return;
    }
    const fs::path link = fs::read_symlink(place_, error);
    if (error) return;
    place_ = (folder_of(place_) / link).string();
  }
  fail(ELOOP);
}

bool Output::is_standard_output() const {
  return descriptor_ == STDOUT_FILENO;
}

bool Output::is_same_file(const Output& other) const {
  if (way_ != Way::replaced || other.way_ != Way::replaced) return false;
  std::error_code error;
  const auto whole = [&error](const std::string& place) {
    return fs::canonical(folder_of(place), error) / fs::path(place).filename();
  };
  return whole(place_) == whole(other.place_);
}

bool Output::would_replace(const std::string& file) const {
  std::error_code error;
  return way_ == Way::replaced && fs::is_regular_file(file, error) &&
         fs::equivalent(place_, file, error);
}

void Output::try_out() const {
  if (way_ == Way::descriptor) {
    const int flags = ::fcntl(descriptor_, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) fail(EBADF);
    return;
  }
  if (exists_) demand(W_OK);
  if (way_ == Way::in_place) return;
  Beside fresh(place_);
  if (!fresh.is_there()) {
    if (!exists_ || !means_folder_is_closed(errno)) fail(errno);
    return;
  }
  if (const int error = ::posix_fallocate(fresh.number(), 0, room_for_a_result); error != 0)
    fail(error);
}

void Output::write(std::string_view text, bool durable) const {
  if (exists_) demand(W_OK);
  switch (way_) {
    case Way::replaced:
      return replace(text, durable);
    case Way::in_place:
      return write_in_place(text);
    case Way::descriptor:
      return write_to(descriptor_, text);
  }
}

void Output::replace(std::string_view text, bool durable) const {
  Beside fresh(place_);
  if (!fresh.is_there()) {
    if (exists_ && means_folder_is_closed(errno)) return write_in_place(text);
    fail(errno);
  }
  struct stat before {};
  if (::stat(place_.c_str(), &before) == 0) {
    // Only root may give a file away; who may not keeps what is written for themselves.
    [[maybe_unused]] const int given = ::fchown(fresh.number(), before.st_uid, before.st_gid);
    if (::fchmod(fresh.number(), before.st_mode & 0777U) != 0) fail(errno);
  }
  write_to(fresh.number(), text);
  if (durable && ::fsync(fresh.number()) != 0) fail(errno);
  const int error = fresh.rename_to(place_);
  // A file that is mounted there, as containers have it.
  if (error == EBUSY) return write_in_place(text);
  if (error != 0) fail(error);
}

void Output::write_in_place(std::string_view text) const {
  int number = -1;
  // A pipe is opened when its reader comes; a first Ctrl-C does not end the waiting.
  while ((number = ::open(place_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY)) < 0)
    if (errno != EINTR) fail(errno);
  Descriptor file(number);
  write_to(file.number(), text);
  if (const int error = file.close(); error != 0) fail(error);
}

void Output::write_to(int descriptor, std::string_view text) const {
  if (const int error = write_all(descriptor, text); error != 0) fail(error);
}

void Output::demand(int permission) const {
  if (::faccessat(AT_FDCWD, place_.c_str(), permission, AT_EACCESS) != 0) fail(errno);
}

void Output::fail(int error) const {
  const std::string what = is_standard_output() ? "to standard output" : path_;
  throw SetupError(fmt::format("cannot write {}: {}", what, std::strerror(error)));
}

}  // namespace sipharness::files
