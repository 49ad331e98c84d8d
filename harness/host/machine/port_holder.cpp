#include "harness/host/machine/port_holder.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace sipharness::host {
namespace {

namespace fs = std::filesystem;

/// Addresses stand in the kernel's tables as 32-bit words in the host's byte order.
std::string table_form(const IpAddress& address) {
  std::string text;
  const auto& bytes = address.bytes();
  for (std::size_t i = 0; i < (address.is_v4() ? 4U : 16U); i += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + i, sizeof(word));
    text += fmt::format("{:08X}", word);
  }
  return text;
}

/// The sockets that hold a port, as their inodes; one on every address counts.
std::set<std::string> inodes_at(Transport transport, const Endpoint& local) {
  const std::string table =
      fmt::format("/proc/net/{}{}", transport == Transport::udp ? "udp" : "tcp",
                  local.address.is_v4() ? "" : "6");
  const std::string port = fmt::format(":{:04X}", local.port);
  const std::string exact = table_form(local.address) + port;
  const std::string any = std::string(exact.size() - port.size(), '0') + port;
  std::set<std::string> inodes;
  std::ifstream in(table);
  for (std::string line; std::getline(in, line);) {
    // sl local remote st queues timer retransmits uid timeout inode
    std::array<std::string, 10> fields;
    std::istringstream words(line);
    for (std::string& field : fields) words >> field;
    if (fields[1] == exact || fields[1] == any) inodes.insert(fields[9]);
  }
  return inodes;
}

bool has_one_of(const fs::path& process, const std::set<std::string>& inodes) {
  constexpr std::string_view prefix = "socket:[";
  std::error_code error;
  for (fs::directory_iterator file(process / "fd", error), end; !error && file != end;
       file.increment(error)) {
    std::error_code gone;
    const std::string target = fs::read_symlink(file->path(), gone);
    if (gone || !target.starts_with(prefix)) continue;
    if (inodes.contains(target.substr(prefix.size(), target.size() - prefix.size() - 1)))
      return true;
  }
  return false;
}

/// A program chooses its own name: nothing of it may disturb a terminal.
std::string name_of(const fs::path& process) {
  std::string name;
  std::ifstream in(process / "comm");
  std::getline(in, name);
  for (char& character : name)
    if (character < ' ' || character > '~') character = '?';
  return name;
}

bool is_number(std::string_view text) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

}  // namespace

std::optional<std::string> holder_of(Transport transport, const Endpoint& local) {
  const std::set<std::string> inodes = inodes_at(transport, local);
  if (inodes.empty()) return std::nullopt;
  std::error_code error;
  for (fs::directory_iterator process("/proc", error), end; !error && process != end;
       process.increment(error)) {
    const std::string number = process->path().filename();
    if (is_number(number) && has_one_of(process->path(), inodes))
      return fmt::format("{} (process {})", name_of(process->path()), number);
  }
  return std::nullopt;
}

}  // namespace sipharness::host
