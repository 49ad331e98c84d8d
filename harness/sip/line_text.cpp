#include "harness/sip/line_text.hpp"

#include <algorithm>

#include "harness/sip/address.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

constexpr auto must_be_replaced = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };

bool names_a_target(HeaderId id) {
  return id == HeaderId::contact || id == HeaderId::record_route || id == HeaderId::from ||
         id == HeaderId::to;
}

bool has_unfit_uri(std::string_view value) {
  if (is_one_word(value)) return false;
  return std::ranges::any_of(parse_addresses(value),
                             [](const Address& address) { return !is_one_word(address.uri); });
}

/// Walks through lines from one NUL that no quoted-pair holds to the next.
class StrayNuls {
 public:
  explicit StrayNuls(std::string_view lines) : lines_(lines) {}

  /// npos behind the last.
  std::size_t next() {
    while (at_ < lines_.size()) {
      const std::size_t here = at_++;
      const char c = lines_[here];
      if (c == '\0') return here;
      if (c == '"') is_quoted_ = !is_quoted_;
      if (c == '\n' && !is_continued(lines_, at_)) is_quoted_ = false;
      if (c == '\\' && is_quoted_) ++at_;
    }
    return std::string_view::npos;
  }

 private:
  std::string_view lines_;
  std::size_t at_ = 0;
  bool is_quoted_ = false;
};

}  // namespace

std::size_t find_stray_nul(std::string_view lines) {
  return StrayNuls(lines).next();
}

void append_line_text(std::string_view value, std::string& line) {
  if (std::ranges::none_of(value, must_be_replaced)) {
    line.append(value);
    return;
  }
  std::string joined = unfold(value);
  StrayNuls nuls(joined);
  for (std::size_t nul = nuls.next(); nul != std::string_view::npos; nul = nuls.next())
    joined[nul] = ' ';
  line.append(joined);
}

bool is_one_word(std::string_view text) {
  constexpr static CharacterSet word_characters(
      [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; });
  return word_characters.hold(text);
}

bool has_unfit_part(const MessageView& request) {
  const auto words = {request.request_uri(), request.call_id(), request.from_tag(),
                      request.to_tag(), request.branch()};
  if (!std::ranges::all_of(words, is_one_word)) return true;
  for (const Header& header : request.headers())
    if (names_a_target(header.id) && has_unfit_uri(header.value)) return true;
  const std::string_view bytes = request.bytes();
  const std::string_view head = bytes.substr(0, bytes.size() - request.body().size());
  return head.find('\0') != std::string_view::npos &&
         find_stray_nul(head) != std::string_view::npos;
}

}  // namespace sipharness::sip
