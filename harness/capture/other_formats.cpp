#include "harness/capture/other_formats.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "harness/packet/byte_reader.hpp"

namespace sipharness::capture {
namespace {

constexpr std::string_view editcap = "convert it with `editcap -F pcapng IN OUT.pcapng`";
constexpr std::string_view unpack = "unpack it and give the captures in it";
constexpr std::string_view from_text =
    "give the capture that it was printed from; of a hex dump `text2pcap` makes one";

struct Known {
  std::size_t offset;
  std::string_view magic;
  std::string_view name;
  std::string_view remedy;
};

/// @source the formats' own documents, and Wireshark's wiretap/
constexpr std::array known{
    Known{0, "PK\x03\x04", "a zip archive", unpack},
    Known{0, "7z\xbc\xaf\x27\x1c", "a 7z archive", unpack},
    Known{0, "Rar!\x1a\x07", "a RAR archive", unpack},
    Known{257, "ustar", "a tar archive", unpack},
    Known{0, "BZh", "a bzip2 file", "expand it with `bzip2 -d`"},
    Known{0, {"\x04\x22\x4d\x18", 4}, "an LZ4 file", "expand it with `lz4 -d`"},
    Known{0, {"\x1f\x9d", 2}, "a file of compress", "expand it with `gzip -d`"},
    Known{0, {"\x1f\x8b", 2}, "gzip data of an unknown method", "expand it with `gzip -d`"},
    Known{0, "RTSS", "a NetMon 1 capture", editcap},
    Known{0, "GMBU", "a NetMon 2 capture", editcap},
    Known{0, {"XCP\0", 4}, "a NetXray or Windows Sniffer capture", editcap},
    Known{0, {"TRSNIFF data    \x1a", 17}, "a Sniffer capture", editcap},
    Known{0, {"\0\0\2\0\x12\5\0\x10", 8}, "a K12 capture", editcap},
    Known{0, "+---------+---------------+", "a K12 text file", editcap},
    Known{0, "iptrace ", "an AIX iptrace capture", editcap},
    Known{0, {"btsnoop\0", 8}, "a Bluetooth capture", "it holds no IP"},
    Known{0, {"TR\0d\0", 5}, "an HP-UX nettl capture", editcap},
    Known{0, {"\x05VNF", 4}, "a Visual Networks capture", editcap},
    Known{0, {"\x7fver", 4}, "an OmniPeek capture", editcap},
    Known{0, "DBS Etherwatch", "a DBS Etherwatch text", editcap},
    Known{0, "TCPIPtrace", "a VMS TCPIPtrace text", editcap},
    Known{0, "Session Transcript", "a Catapult DCT2000 text", editcap},
    Known{0, {"\x1c\0\x01\xac", 4}, "an Ixia capture", editcap},
    Known{0, {"\x1c\0\x01\xab", 4}, "an Ixia capture", editcap},
    Known{0, "<?xml", "XML, as of `tshark -T pdml`", from_text},
    Known{0, "SIP/2.0 ", "the text of a SIP message", from_text},
};

const Known* find_known(std::string_view file) {
  const auto* const found = std::ranges::find_if(known, [&](const Known& one) {
    return file.size() >= one.offset && file.substr(one.offset).starts_with(one.magic);
  });
  return found == known.end() ? nullptr : found;
}

bool is_text(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](unsigned char c) {
    return std::isprint(c) != 0 || std::isspace(c) != 0 || c >= 0x80;
  });
}

/// ERF has no magic: several records that follow one another.
/// @source https://www.endace.com/erf-extensible-record-format-types.pdf
bool is_erf(std::string_view file) {
  constexpr int records = 3;
  constexpr unsigned last_type = 48;
  constexpr std::size_t header = 16;
  for (int record = 0; record < records; ++record) {
    if (file.empty()) return record > 0;
    packet::ByteReader reader(file);
    reader.skip(8);
    const unsigned type = reader.u8() & 0x7fU;
    reader.skip(1);
    const std::size_t length = reader.u16();
    if (!reader.ok() || type == 0 || type > last_type || length < header || length > file.size())
      return false;
    file.remove_prefix(length);
  }
  return true;
}

}  // namespace

std::string why_not_a_capture(std::string_view file) {
  constexpr std::string_view read = "pcap, pcapng and snoop are read";
  constexpr std::size_t front = 512;
  if (file.empty()) return fmt::format("the file is empty; {}", read);
  if (const Known* const one = find_known(file))
    return fmt::format("{}, which is not read: {}", one->name, one->remedy);
  if (is_text(file.substr(0, front)) &&
      file.substr(0, front).find_first_not_of(" \t\r\n") == file.find('{'))
    return "JSON, not a capture: a scenario is played by `sipharness run`";
  if (is_text(file.substr(0, front))) return fmt::format("a text, not a capture: {}", from_text);
  if (is_erf(file)) return fmt::format("an ERF capture, which is not read: {}", editcap);
  std::string bytes;
  for (const char byte : file.substr(0, 4))
    bytes += fmt::format(" {:02x}", static_cast<unsigned char>(byte));
  return fmt::format("not a capture, beginning with{}; {}", bytes, read);
}

}  // namespace sipharness::capture
