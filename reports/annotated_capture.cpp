#include "reports/annotated_capture.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "reports/summary.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using namespace sipharness;

/// Blocks of one little-endian section.
/// @source draft-ietf-opsawg-pcapng §4 (blocks), §3.5 (options)
class PcapngWriter final : public packet::FrameSink {
 public:
  using Comments = std::unordered_map<std::uint32_t, std::vector<std::string>>;

  PcapngWriter(const std::string& section_comment, Comments comments)
      : comments_(std::move(comments)) {
    std::string body;
    put(body, 0x1a2b3c4d, 4);
    put(body, 1, 2);
    put(body, 0, 2);
    put(body, ~std::uint64_t{0}, 8);
    option(body, comment_option, section_comment);
    option(body, application_option, "sipharness");
    option(body, end_of_options, "");
    block(0x0a0d0d0a, body);
  }

  void on_frame(const packet::FrameView& frame) override {
    const std::uint32_t number = frame.number != 0 ? frame.number : ++count_;
    const std::uint32_t interface = interface_of(frame.link);
    const auto stamp = static_cast<std::uint64_t>(frame.at.time_since_epoch().count());
    std::string body;
    put(body, interface, 4);
    put(body, stamp >> 32U, 4);
    put(body, stamp & 0xffffffffU, 4);
    put(body, frame.bytes.size(), 4);
    put(body, frame.original_length, 4);
    body += frame.bytes;
    pad(body);
    if (const auto found = comments_.find(number); found != comments_.end()) {
      for (const std::string& comment : found->second) option(body, comment_option, comment);
      option(body, end_of_options, "");
    }
    block(6, body);
  }

  std::string take() { return std::move(file_); }

 private:
  static constexpr std::uint16_t end_of_options = 0;
  static constexpr std::uint16_t comment_option = 1;
  static constexpr std::uint16_t application_option = 4;
  static constexpr std::uint16_t resolution_option = 9;
  /// policy: of one comment; an option holds 65,535 bytes.
  static constexpr std::size_t longest_comment = 4000;

  static void put(std::string& to, std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) to += static_cast<char>(value >> (8 * i));
  }
  static void pad(std::string& body) { body.resize((body.size() + 3) / 4 * 4, '\0'); }
  static void option(std::string& body, std::uint16_t code, std::string_view value) {
    value = value.substr(0, longest_comment);
    put(body, code, 2);
    put(body, value.size(), 2);
    body += value;
    pad(body);
  }
  void block(std::uint32_t type, const std::string& body) {
    put(file_, type, 4);
    put(file_, body.size() + 12, 4);
    file_ += body;
    put(file_, body.size() + 12, 4);
  }

  /// One for each link type; times are nanoseconds.
  std::uint32_t interface_of(packet::LinkType link) {
    const auto [place, is_new] =
        interfaces_.try_emplace(link, static_cast<std::uint32_t>(interfaces_.size()));
    if (is_new) {
      std::string body;
      put(body, static_cast<std::uint16_t>(link), 2);
      put(body, 0, 2);
      put(body, 0, 4);  // no limit
      option(body, resolution_option, "\x09");
      option(body, end_of_options, "");
      block(1, body);
    }
    return place->second;
  }

  Comments comments_;
  std::map<packet::LinkType, std::uint32_t> interfaces_;
  std::uint32_t count_ = 0;
  std::string file_;
};

PcapngWriter::Comments comments_on(const verdict::Result& result) {
  PcapngWriter::Comments comments;
  for (const verdict::Finding& finding : result.findings) {
    for (const verdict::Instance& instance : finding.instances) {
      if (!verdict::is_violation(instance.verdict) &&
          instance.verdict != verdict::Verdict::inconclusive)
        continue;
      const std::string comment = printable(
          fmt::format("{} {}: {} [{}]", to_string(instance.verdict), finding.requirement->id,
                      instance.message, finding.requirement->clause));
      for (const std::uint32_t frame : instance.frames) comments[frame].push_back(comment);
    }
  }
  return comments;
}

}  // namespace

Expected<std::string> annotated_capture(const verdict::Result& result, const trace::Trace& trace) {
  const std::string name = name_of(result);
  PcapngWriter writer(printable(fmt::format("{} {}: {}", to_string(verdict::overall(result)), name,
                                            summary(result))),
                      comments_on(result));
  if (const auto read = trace.file->read(writer); !read) return tl::unexpected(read.error());
  return writer.take();
}

}  // namespace reports
