#include "harness/capture/capture_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <pcap/pcap.h>

#include "harness/capture/link_types.hpp"

namespace sipharness::capture {

/// Mapped where that is possible, else (a pipe) read into memory.
struct CaptureFile::Bytes {
  Bytes() = default;
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  ~Bytes() {
    if (mapping != nullptr) munmap(mapping, size);
  }
  std::string_view all() const {
    return mapping != nullptr ? std::string_view(static_cast<const char*>(mapping), size)
                              : std::string_view(copied);
  }

  void* mapping = nullptr;
  std::size_t size = 0;
  std::string copied;
};

namespace {

/// What a pcap file's 32 bits can say: the year 2106.
constexpr std::int64_t last_second = 0xffffffff;

struct CloseCapture {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};

/// What the read loop carries from packet to packet.
struct Reading {
  std::string_view file;
  std::size_t at = 0;  ///< what the stream has taken; ftello() tells what libpcap has
  std::FILE* stream = nullptr;
  packet::FrameSink* sink = nullptr;
  packet::LinkType link = packet::LinkType::ethernet;
  ReadOutcome outcome{};
};

ssize_t read_some(void* cookie, char* buffer, std::size_t size) {
  Reading& reading = *static_cast<Reading*>(cookie);
  const std::string_view taken = reading.file.substr(reading.at, size);
  std::copy(taken.begin(), taken.end(), buffer);
  reading.at += taken.size();
  return static_cast<ssize_t>(taken.size());
}

int tell_position(void* cookie, off64_t* offset, int whence) {
  if (whence != SEEK_CUR || *offset != 0) return -1;
  *offset = static_cast<off64_t>(static_cast<Reading*>(cookie)->at);
  return 0;
}

/// Where a pcapng block that ends at `end` begins, if its length is to be believed.
/// @source draft-ietf-opsawg-pcapng §3.1 (Block Total Length stands again at the end)
std::size_t begin_of_block(std::string_view file, std::size_t end) {
  std::uint32_t length = 0;
  if (end < sizeof length) return end;
  std::memcpy(&length, file.data() + end - sizeof length, sizeof length);
  if (length > end) length = __builtin_bswap32(length);
  return length > end ? end : end - length;
}

/// The packet that libpcap has copied, as it stands in the file; the copy if it is not found there.
/// It ends where reading is in a pcap file; in a pcapng block it has 28 bytes before it, or 12 in a
/// Simple Packet Block (§4.3, §4.4).
std::string_view in_file(const Reading& reading, std::string_view copy) {
  const off_t told = ftello(reading.stream);
  if (told < 0 || static_cast<std::size_t>(told) < copy.size()) return copy;
  const auto end = static_cast<std::size_t>(told);
  // The place is known from the format; the first bytes make sure that it is the right format.
  const std::string_view front = copy.substr(0, 64);
  const auto is_at = [&](std::size_t begin) {
    return begin <= end && end - begin >= copy.size() &&
           reading.file.substr(begin, front.size()) == front;
  };
  if (is_at(end - copy.size())) return reading.file.substr(end - copy.size(), copy.size());
  const std::size_t block = begin_of_block(reading.file, end);
  for (const std::size_t begin : {block + 28, block + 12})
    if (is_at(begin)) return reading.file.substr(begin, copy.size());
  return copy;
}

void take_packet(u_char* context, const pcap_pkthdr* header, const u_char* bytes) {
  Reading& reading = *reinterpret_cast<Reading*>(context);
  // With nanosecond precision asked for, libpcap's tv_usec holds nanoseconds. A pcapng may claim
  // any second; those beyond the range of the clock are brought into it.
  const std::int64_t second = std::clamp<std::int64_t>(header->ts.tv_sec, 0, last_second);
  const std::int64_t fraction = std::clamp<std::int64_t>(header->ts.tv_usec, 0, 999'999'999);
  const CaptureTime at{std::chrono::seconds(second) + Duration(fraction)};
  ++reading.outcome.frames;
  const std::string_view copy(reinterpret_cast<const char*>(bytes), header->caplen);
  reading.sink->on_frame({at, reading.link, header->len, in_file(reading, copy),
                          static_cast<std::uint32_t>(reading.outcome.frames)});
}

std::string link_name(int dlt) {
  const char* const name = pcap_datalink_val_to_name(dlt);
  return name != nullptr ? name : fmt::format("{}", dlt);
}

struct Descriptor {
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  int number;
};

std::optional<std::string> read_all(int descriptor) {
  std::string all;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
    if (size == 0) return all;
    if (size > 0)
      all.append(buffer.data(), static_cast<std::size_t>(size));
    else if (errno != EINTR)
      return std::nullopt;
  }
}

}  // namespace

Expected<CaptureFile> CaptureFile::open(const std::string& path) {
  const Descriptor file_descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  const int descriptor = file_descriptor.number;
  if (descriptor < 0) return failure(path, std::strerror(errno));
  auto bytes = std::make_shared<Bytes>();
  struct stat status {};
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
    bytes->size = static_cast<std::size_t>(status.st_size);
    void* const mapping = mmap(nullptr, bytes->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (mapping != MAP_FAILED) bytes->mapping = mapping;
  }
  if (bytes->mapping == nullptr) {
    auto copied = read_all(descriptor);
    if (!copied) return failure(path, std::strerror(errno));
    bytes->copied = *std::move(copied);
  }
  CaptureFile file(path);
  file.bytes_ = std::move(bytes);
  return file;
}

Expected<ReadOutcome> CaptureFile::read(packet::FrameSink& sink) const {
  Reading reading{.file = bytes_->all(), .sink = &sink};
  std::FILE* const stream = fopencookie(
      &reading, "r", {.read = read_some, .write = {}, .seek = tell_position, .close = {}});
  if (stream == nullptr) return failure(path_, std::strerror(errno));
  reading.stream = stream;
  std::array<char, 65536> buffer;
  std::setvbuf(stream, buffer.data(), _IOFBF, buffer.size());
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  const std::unique_ptr<pcap_t, CloseCapture> handle(
      pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, error.data()));
  if (!handle) {
    std::fclose(stream);
    return failure(path_, error.data());
  }
  const int dlt = pcap_datalink(handle.get());
  const std::optional<packet::LinkType> link = from_pcap(dlt);
  if (!link)
    return failure(path_, fmt::format("link type {} is not decoded; allowed are {}", link_name(dlt),
                                      decoded_link_types()));
  reading.link = *link;
  if (pcap_loop(handle.get(), -1, take_packet, reinterpret_cast<u_char*>(&reading)) < 0) {
    reading.outcome.truncation = Error{
        fmt::format("{}: frame {}", path_, reading.outcome.frames + 1), pcap_geterr(handle.get())};
  }
  return reading.outcome;
}

bool CaptureFile::holds(std::string_view bytes) const {
  const std::string_view all = bytes_->all();
  const std::less_equal<const char*> not_after;
  return not_after(all.data(), bytes.data()) &&
         not_after(bytes.data() + bytes.size(), all.data() + all.size());
}

Expected<ReadOutcome> read_capture(const std::string& path, packet::FrameSink& sink) {
  const auto file = CaptureFile::open(path);
  if (!file) return tl::unexpected(file.error());
  return file->read(sink);
}

}  // namespace sipharness::capture
