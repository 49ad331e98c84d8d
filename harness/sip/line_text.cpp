#include "harness/sip/line_text.hpp"

#include <algorithm>

#include "harness/sip/address.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

bool needs_change(std::string_view value) {
  const auto holds = [value](char c) { return value.find(c) != std::string_view::npos; };
  return holds('\r') || holds('\n') || holds('\0');
}

bool has_unfit_uri(std::string_view value) {
  if (is_one_word(value)) return false;
  while (!value.empty()) {
    const auto address = parse_address(take_list_member(value));
    if (address && !is_one_word(address->uri)) return true;
  }
  return false;
}

bool has_unfit_uri_in_any(const MessageView& request, HeaderId id) {
  for (const Header& header : request.headers_from(id))
    if (header.id == id && has_unfit_uri(header.value)) return true;
  return false;
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
  if (!needs_change(value)) {
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
  // Of From and To only the first is ever read.
  const bool names_an_unfit_target = has_unfit_uri(request.header(HeaderId::from)) ||
                                     has_unfit_uri(request.header(HeaderId::to)) ||
                                     has_unfit_uri_in_any(request, HeaderId::contact) ||
                                     has_unfit_uri_in_any(request, HeaderId::record_route);
  if (names_an_unfit_target) return true;
  const std::string_view bytes = request.bytes();
  const std::string_view head = bytes.substr(0, bytes.size() - request.body().size());
  return head.find('\0') != std::string_view::npos &&
         find_stray_nul(head) != std::string_view::npos;
}

}  // namespace sipharness::sip
