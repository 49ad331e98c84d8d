// Reads a message in one pass from front to back. Every complaint carries its place, and the one
// nearest to the front is kept; reading goes on behind each.
// @source RFC 3261 §7, §8.1.1, §18.3, §20, §25.1

#include <algorithm>
#include <array>
#include <cstring>

#include "harness/sip/address.hpp"
#include "harness/sip/find_byte.hpp"
#include "harness/sip/header_syntax.hpp"
#include "harness/sip/line_text.hpp"
#include "harness/sip/message.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::sip {

/// Bits of MessageView::readable_: the headers without which no transaction can be found, then two
/// that give numbers, then that a Via can be read behind the top one.
enum MessageView::Readable : std::uint8_t {
  readable_via = 1,
  readable_call_id = 2,
  readable_cseq = 4,
  readable_from = 8,
  readable_to = 16,
  all_for_transactions = 31,
  readable_content_length = 32,
  readable_expires = 64,
  has_second_via = 128
};

namespace {

constexpr auto npos = std::string_view::npos;

struct Mandatory {
  HeaderId id;
  const char* complaint;
};

/// @source RFC 3261 §8.1.1, §8.2.6.2
constexpr std::array mandatory_headers = {
    Mandatory{HeaderId::via, "no Via header"},   Mandatory{HeaderId::from, "no From header"},
    Mandatory{HeaderId::to, "no To header"},     Mandatory{HeaderId::call_id, "no Call-ID header"},
    Mandatory{HeaderId::cseq, "no CSeq header"},
};

/// @source RFC 3261 §20.14: one Content-Length
constexpr bool stands_once(HeaderId id) {
  switch (id) {
    case HeaderId::call_id:
    case HeaderId::content_length:
    case HeaderId::content_type:
    case HeaderId::cseq:
    case HeaderId::expires:
    case HeaderId::from:
    case HeaderId::max_forwards:
    case HeaderId::to:
      return true;
    default:
      return false;
  }
}

constexpr std::string_view the_version = "SIP/2.0";

bool is_the_version(std::string_view text) {
  return text.size() == the_version.size() &&
         std::memcmp(text.data(), the_version.data(), the_version.size()) == 0;
}

bool begins_with_sip(std::string_view text) {
  return same_ignoring_case({text.data(), std::min<std::size_t>(text.size(), 4)}, "SIP/");
}

/// Of a SIP URI, whose user part may hold a '?' too.
bool has_headers(std::string_view text) {
  if (text.find('?') == npos) return false;
  const auto uri = parse_uri(text);
  return uri && !uri->headers.empty();
}

/// Nothing that is left of it once it is written (line_text.hpp).
bool is_empty_once_written(std::string_view text) {
  constexpr std::string_view blanks(" \t\r\n\0", 5);
  return text.find_first_not_of(blanks) == npos;
}

/// One at least can be read.
bool holds_via(std::string_view vias) {
  Via via;
  while (!vias.empty())
    if (parse_via(take_list_member(vias), via)) return true;
  return false;
}

/// What a response copies from its request is none of who sends it. @source RFC 3261 §8.2.6.2
bool is_copied(HeaderId id) {
  return id == HeaderId::via || id == HeaderId::from || id == HeaderId::to;
}

}  // namespace

enum class Depth : std::uint8_t { read, examined };

class MessageParser {
 public:
  MessageParser(MessageView& view, Depth depth)
      : view_(view), bytes_(view.bytes()), is_examined_(depth == Depth::examined) {}

  void parse() {
    skip_empty_lines();
    const std::size_t start = at_;
    read_start_line(next_line());
    const std::size_t head = at_;
    while (!head_ended_ && at_ < bytes_.size()) read_header_line();
    view_.head_ = part(bytes_.substr(head, at_ - head));
    if (!head_ended_) complain(bytes_.size(), "no empty line behind the headers");
    if (is_examined_) look_for_nul(start);
    if (view_.is_sip()) look_for_missing();
    cut_body();
  }

  void parse_start_line() {
    skip_empty_lines();
    read_start_line(next_line());
  }

 private:
  using View = MessageView;

  void skip_empty_lines() {
    while (at_ < bytes_.size() && (bytes_[at_] == '\r' || bytes_[at_] == '\n')) ++at_;
  }

  void complain(std::size_t offset, const char* what) {
    if (view_.problem_ != nullptr && view_.problem_offset_ <= offset) return;
    view_.problem_ = what;
    view_.problem_offset_ = static_cast<std::uint32_t>(offset);
  }

  /// `text` must lie within the message.
  void complain(std::string_view text, const char* what) {
    complain(static_cast<std::size_t>(text.data() - bytes_.data()), what);
  }

  View::Part part(std::string_view text) const {
    if (text.empty()) return {};
    return {static_cast<std::uint32_t>(text.data() - bytes_.data()),
            static_cast<std::uint32_t>(text.size())};
  }

  /// The end of the line at at_, which is moved behind it.
  [[gnu::always_inline]] LineEnd take_line() {
    const LineEnd end = end_of_line(bytes_, at_);
    if (end.next == end.content + 1 && bytes_[end.content] == '\n')
      complain(end.content, "a line ends without CR");
    at_ = end.next;
    return end;
  }

  std::string_view next_line() {
    const char* const begin = bytes_.data() + at_;
    return {begin, bytes_.data() + take_line().content};
  }

  [[gnu::always_inline]] std::string_view next_header_line() {
    const std::size_t begin = at_;
    std::size_t end = take_line().content;
    if (end != begin && is_continued(bytes_, at_)) end = take_continuations();
    return {bytes_.data() + begin, end - begin};
  }

  [[gnu::noinline]] std::size_t take_continuations() {
    std::size_t end = at_;
    while (is_continued(bytes_, at_)) end = take_line().content;
    return end;
  }

  void read_start_line(std::string_view line) {
    if (begins_with_sip(line)) {
      read_status_line(line);
    } else {
      read_request_line(line);
    }
  }

  /// SIP/2.0 SP 3DIGIT SP reason
  void read_status_line(std::string_view line) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    check_version(line.substr(0, blank));
    std::string_view rest = trim_left(line.substr(blank));
    const std::string_view code = rest.substr(0, rest.find(' '));
    const auto status = parse_unsigned<std::uint16_t>(code);
    if (code.size() != 3 || !status || *status == 0) return complain(line, "not a status line");
    if (*status < 100 || *status > 699) complain(code, "a status out of 100 to 699");
    rest.remove_prefix(code.size());
    // The blank stands there even before an empty reason (§25.1, Status-Line).
    if (rest.empty() || code.data() != line.data() + blank + 1) {
      complain(line, "blanks of the status line are not as they must be");
    }
    view_.status_ = *status;
    view_.target_ = part(rest.substr(rest.empty() ? 0 : 1));
  }

  /// Method SP Request-URI SP SIP/2.0. Whatever stands between first and last word is the URI.
  void read_request_line(std::string_view line) {
    const std::string_view trimmed = trim(line);
    const std::size_t first = find_byte(trimmed, ' ');
    const std::size_t last = trimmed.rfind(' ');
    if (first == trimmed.size() || first == last) return complain(line, "not a start line of SIP");
    const std::string_view version(trimmed.data() + last + 1, trimmed.size() - last - 1);
    const std::string_view uri(trimmed.data() + first + 1, last - first - 1);
    const std::string_view target = trim(uri);
    if (target.empty() || (!is_the_version(version) && !begins_with_sip(version))) {
      return complain(line, "not a start line of SIP");
    }
    check_version(version);
    view_.method_text_ = part({trimmed.data(), first});
    view_.target_ = part(target);
    view_.method_ = method_of(view_.method_text());
    if (view_.method_ == Method::unknown && !is_token(view_.method_text())) {
      complain(line, "the method is not a token");
    }
    if (is_examined_) look_at_request_uri(uri, trimmed.size() != line.size());
  }

  void look_at_request_uri(std::string_view uri, bool has_blanks_around) {
    if (has_blanks_around || !uri_characters.hold(uri)) {
      complain(uri, "the Request-URI holds what may not stand in a URI");
    } else if (has_headers(uri)) {
      complain(uri, "headers in the Request-URI");
    }
  }

  void check_version(std::string_view version) {
    if (!is_the_version(version)) complain(version, "the version is not SIP/2.0");
  }

  // These two are called once, for every line and every first header of a kind.
  [[gnu::always_inline]] void read_header_line() {
    const std::size_t begin = at_;
    const std::string_view line = next_header_line();
    if (line.empty()) {
      head_ended_ = true;
      return;
    }
    if (is_blank(line.front())) return complain(line, "a folded start line");
    Header header;
    if (!read_header(line, header)) return complain(line, "a header line without a colon");
    if (header.id == HeaderId::other && !is_token(header.name)) complain(line, "not a header name");
    std::uint16_t& first = view_.first_[static_cast<std::size_t>(header.id)];
    if (first == 0) {
      first = static_cast<std::uint16_t>(std::min<std::size_t>(begin, View::far_back));
      return read_value(header);
    }
    if (stands_once(header.id)) {
      complain(line, "a second header where one may stand");
    } else if (header.id == HeaderId::via) {
      look_for_second_via(header.value);
    }
    look_at_syntax(header);
  }

  void look_at_syntax(const Header& header) {
    if (!is_examined_ || (view_.is_response() && is_copied(header.id))) return;
    remark(header, find_syntax_problem(header));
  }

  void remark(const Header& header, const char* problem) {
    if (problem != nullptr) complain(header.value, problem);
  }

  [[gnu::always_inline]] void read_value(const Header& header) {
    switch (header.id) {
      case HeaderId::via:
        return read_top_via(header);
      case HeaderId::call_id:
        view_.call_id_ = part(header.value);
        return note(header, View::readable_call_id, !is_empty_once_written(header.value),
                    "an empty Call-ID");
      case HeaderId::cseq:
        return read_cseq(header);
      case HeaderId::from:
        return note(header, View::readable_from, read_address(header, view_.from_tag_),
                    "unreadable From");
      case HeaderId::to:
        return note(header, View::readable_to, read_address(header, view_.to_tag_),
                    "unreadable To");
      case HeaderId::content_length:
        return note(header, View::readable_content_length,
                    read_number(header, view_.content_length_), "unreadable Content-Length");
      case HeaderId::expires:
        return note(header, View::readable_expires, read_number(header, view_.expires_),
                    "unreadable Expires");
      default:
        return look_at_syntax(header);
    }
  }

  void note(const Header& header, View::Readable which, bool readable, const char* complaint) {
    if (!readable) return complain(header.name, complaint);
    view_.readable_ |= which;
  }

  void read_top_via(const Header& header) {
    Via via;
    const bool is_readable = parse_via(header.value, via);
    note(header, View::readable_via, is_readable, "unreadable Via");
    view_.branch_ = part(via.branch);
    view_.sent_by_ = part(via.sent_by);
    if (!via.is_only)
      look_for_second_via(header.value.substr(find_unquoted(header.value, ',') + 1));
    if (!is_readable || !via.is_only) return look_at_syntax(header);
    if (is_examined_ && view_.is_request()) remark(header, problem_of_via(header.value, via));
  }

  /// A slip of the pen, such as a comma at the end, is no Via of somebody else.
  void look_for_second_via(std::string_view vias) {
    if ((view_.readable_ & View::readable_via) != 0 && holds_via(vias))
      view_.readable_ |= View::has_second_via;
  }

  /// From or To. False: it cannot be read.
  bool read_address(const Header& header, View::Part& tag) {
    const auto address = parse_address(header.value);
    if (!address) return false;
    tag = part(address->parameter("tag").value_or(std::string_view()));
    if (is_examined_ && view_.is_request())
      remark(header, problem_of_address(header.value, *address));
    return true;
  }

  static bool read_number(const Header& header, std::uint32_t& number) {
    const auto read = parse_unsigned<std::uint32_t>(header.value);
    number = read.value_or(0);
    return read.has_value();
  }

  /// Number below 2^31, blank, method. @source RFC 3261 §8.1.1.5, §20.16
  void read_cseq(const Header& header) {
    const std::string_view value = header.value;
    std::size_t length = 0;
    while (length < value.size() && is_digit(value[length])) ++length;
    const auto number = parse_unsigned<std::uint32_t>({value.data(), length});
    const std::string_view text = trim_left({value.data() + length, value.size() - length});
    const bool is_requests = text == view_.method_text();
    const Method method = is_requests ? view_.method_ : method_of(text);
    if (!number || text.size() + length == value.size() || !can_be_method(text, method))
      return complain(header.name, "unreadable CSeq");
    view_.cseq_ = *number;
    view_.readable_ |= View::readable_cseq;
    if (*number > 0x7fff'ffffU) complain(value, "a CSeq number of 2^31 or more");
    if (view_.is_response()) {
      view_.method_text_ = part(text);
      view_.method_ = method;
      if (method == Method::unknown && !is_token(text)) complain(text, "the method is not a token");
    } else if (view_.is_sip() && !is_requests) {
      complain(text, "the CSeq method is not the request's");
    }
  }

  /// Of a CSeq. What a request may have, its response repeats: it is as readable there.
  bool can_be_method(std::string_view text, Method method) const {
    if (method != Method::unknown) return true;
    const bool is_repeated = view_.is_response() || text == view_.method_text();
    return is_one_word(text) && (is_repeated || is_token(text));
  }

  /// Nearly every message holds none, and is not looked through for quotes.
  void look_for_nul(std::size_t start) {
    const std::string_view lines = bytes_.substr(start, at_ - start);
    if (lines.find('\0') == npos) return;
    const std::size_t nul = find_stray_nul(lines);
    if (nul != npos) complain(start + nul, "a NUL among the headers");
  }

  void look_for_missing() {
    for (const auto& [id, complaint] : mandatory_headers) {
      if (!view_.has(id)) complain(at_, complaint);
    }
  }

  /// Bytes behind the announced body are nobody's and ignored. @source RFC 3261 §18.3
  void cut_body() {
    std::string_view body = bytes_.substr(at_);
    const auto announced = view_.content_length();
    if (announced && *announced > body.size())
      complain(view_.header(HeaderId::content_length), "Content-Length exceeds the datagram");
    else if (announced)
      body = body.substr(0, *announced);
    view_.body_ = part(body);
  }

  MessageView& view_;
  std::string_view bytes_;
  bool is_examined_;
  std::size_t at_ = 0;
  bool head_ended_ = false;
};

MessageView MessageView::parse(std::string_view bytes) {
  MessageView view(bytes);
  MessageParser(view, Depth::read).parse();
  return view;
}

MessageView MessageView::examine(std::string_view bytes) {
  MessageView view(bytes);
  MessageParser(view, Depth::examined).parse();
  return view;
}

bool MessageView::is_sip(std::string_view bytes) {
  MessageView view(bytes);
  MessageParser(view, Depth::read).parse_start_line();
  return view.is_sip();
}

bool MessageView::is_usable() const {
  return is_sip() && (readable_ & all_for_transactions) == all_for_transactions;
}

bool MessageView::has_several_vias() const {
  return (readable_ & has_second_via) != 0;
}

std::optional<std::uint32_t> MessageView::content_length() const {
  return (readable_ & readable_content_length) == 0 ? std::nullopt : std::optional(content_length_);
}

std::optional<std::uint32_t> MessageView::expires() const {
  return (readable_ & readable_expires) == 0 ? std::nullopt : std::optional(expires_);
}

}  // namespace sipharness::sip
