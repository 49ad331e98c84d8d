#include "harness/capture/file_bytes.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "harness/capture/expand.hpp"

namespace sipharness::capture {
namespace {

struct Descriptor {
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  int number;
};

/// False with errno set.
bool read_all(int descriptor, Pages& pages) {
  while (true) {
    const std::span<char> room = pages.room();
    const ssize_t size = ::read(descriptor, room.data(), room.size());
    if (size == 0) return true;
    if (size > 0)
      pages.add(static_cast<std::size_t>(size));
    else if (errno != EINTR)
      return false;
  }
}

}  // namespace

Expected<std::shared_ptr<const FileBytes>> FileBytes::read(const std::string& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number < 0) return failure(path, std::strerror(errno));
  auto bytes = std::make_shared<FileBytes>();
  struct stat status {};
  if (::fstat(file.number, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
    const auto size = static_cast<std::size_t>(status.st_size);
    void* const mapping = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number, 0);
    if (mapping != MAP_FAILED) std::tie(bytes->mapping_, bytes->mapped_) = std::pair(mapping, size);
  }
  if (bytes->mapping_ == nullptr && !read_all(file.number, bytes->pages_))
    return failure(path, std::strerror(errno));
  if (is_compressed(bytes->all())) {
    auto expanded = expand(bytes->all());
    if (!expanded) return failure(path, expanded.error().message);
    bytes->unmap();
    bytes->pages_ = std::move(expanded->bytes);
    bytes->fault_ = std::move(expanded->fault);
  }
  return bytes;
}

FileBytes::~FileBytes() {
  unmap();
}

void FileBytes::unmap() {
  if (mapping_ != nullptr) ::munmap(mapping_, mapped_);
  mapping_ = nullptr;
}

std::string_view FileBytes::all() const {
  return mapping_ != nullptr ? std::string_view(static_cast<const char*>(mapping_), mapped_)
                             : pages_.all();
}

bool FileBytes::holds(std::string_view bytes) const {
  const std::string_view whole = all();
  const std::less_equal<const char*> not_after;
  return not_after(whole.data(), bytes.data()) &&
         not_after(bytes.data() + bytes.size(), whole.data() + whole.size());
}

}  // namespace sipharness::capture
