#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/printable.hpp"
#include "harness/base/utf8.hpp"
#include "harness/json/cursor.hpp"
#include "harness/json/document.hpp"

namespace sipharness::json {
namespace {

constexpr std::size_t max_depth = 64;
constexpr std::size_t max_members = 1024;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

constexpr std::string_view blanks = " \t\r\n";

/// What a text that is no JSON begins with: a word of Markdown, of a log; empty: it may be JSON.
std::string_view other_beginning(std::string_view text) {
  constexpr std::size_t longest = 40;
  const std::string_view beginning = text.substr(text.find_first_not_of(blanks));
  const std::string_view word = beginning.substr(0, beginning.find_first_of(blanks));
  constexpr std::array<std::string_view, 3> literals{"true", "false", "null"};
  const bool may_be_json =
      std::string_view("{[\"'-/0123456789").find(word.front()) != std::string_view::npos ||
      std::ranges::count(literals, word) > 0;
  if (may_be_json) return {};
  return beginning.substr(0, std::min(beginning.find_first_of("\r\n"), longest));
}

/// What people write who take JSON for a laxer language, or another file for one; empty: none of
/// that.
std::string slip_at(std::string_view text, std::size_t offset) {
  const std::string_view rest = text.substr(std::min(offset, text.size()));
  const std::size_t begins = text.find_first_not_of(blanks);
  if (begins == std::string_view::npos) return "the text is empty";
  if (const std::string_view other = other_beginning(text); begins == offset && !other.empty())
    return fmt::format("found \"{}\"; allowed is JSON: one object, which begins with {{",
                       printable(other));
  if (rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#'))
    return "found a comment; JSON has none";
  if (rest.starts_with('\'')) return "found '; text stands in double quotes";
  const std::size_t before = text.substr(0, offset).find_last_not_of(blanks);
  const bool is_behind_comma = before != std::string_view::npos && text[before] == ',';
  if (is_behind_comma && (rest.starts_with('}') || rest.starts_with(']')))
    return "found a comma behind the last item; leave it out";
  return {};
}

/// "syntax error while parsing value - unexpected ']'; expected …": what the library says without
/// its own position and without the token, which may be as long as the text.
std::string essence(const nlohmann::json::exception& exception) {
  constexpr int number_overflow = 406;
  if (exception.id == number_overflow) return "the number is too large";
  std::string message = exception.what();
  if (const std::size_t colon = message.find(": "); colon != std::string::npos)
    message.erase(0, colon + 2);
  // A value has ended there: another may follow it.
  for (const std::string_view end : {"expected '}'", "expected ']'"})
    if (message.ends_with(end)) message.insert(message.size() - 3, "',' or ");
  const std::size_t quote = message.find("; last read: '");
  if (quote == std::string::npos) return message;
  const std::size_t end = message.rfind('\'');
  return message.erase(quote, end + 1 - quote);
}

/// Builds the document from nlohmann's SAX events.
///  1. `read` is where the lexer stands; at an event it has just read the event's token, and one
///     byte more if that is a number.
///  2. A token begins at the first byte after the token before it that is no blank, comma, colon.
///  3. The first error ends the parse; it is in `error`.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(std::string_view text, const std::size_t& read)
      : text_(text), read_(read), cursor_(text) {}

  struct Fault {
    Position position;
    std::string message;
  };
  std::optional<Fault> fault;
  Value root;

  bool null() override { return scalar({}, read_); }
  bool boolean(bool value) override {
    Value made;
    made.kind = Kind::boolean;
    made.boolean = value;
    return scalar(std::move(made), read_);
  }
  bool number_integer(number_integer_t value) override {
    return number(static_cast<double>(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return number(static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t&) override { return number(value); }
  bool string(string_t& value) override {
    Value made;
    made.kind = Kind::string;
    made.string = std::move(value);
    return scalar(std::move(made), read_);
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Kind::object); }
  bool start_array(std::size_t) override { return open(Kind::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override;
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception& exception) override;

 private:
  std::string_view text_;
  const std::size_t& read_;
  Cursor cursor_;
  std::size_t token_end_ = 0;         ///< end of the last token
  std::vector<Value*> open_;          ///< enclosing containers, outermost first
  std::shared_ptr<const Path> path_;  ///< of the innermost
  std::string key_;

  std::size_t token_start() const {
    return std::min(text_.find_first_not_of(" \t\r\n,:", token_end_), text_.size());
  }
  bool fail(Position position, std::string message) {
    fault = Fault{position, std::move(message)};
    return false;
  }
  bool number(double value);
  bool scalar(Value value, std::size_t end);
  bool open(Kind kind);
  bool close();
  Value& place_in_parent(Value value);
  static std::shared_ptr<const Path> path_to(const Value& container);
};

bool Builder::number(double value) {
  Value made;
  made.kind = Kind::number;
  made.number = value;
  const std::size_t start = token_start();
  const std::size_t end = text_.find_first_not_of("+-.0123456789eE", start);
  return scalar(std::move(made), std::min(end, text_.size()));
}

bool Builder::scalar(Value value, std::size_t end) {
  const Position at = cursor_.advance_to(token_start());
  value.line = at.line;
  value.column = at.column;
  place_in_parent(std::move(value));
  token_end_ = end;
  return true;
}

Value& Builder::place_in_parent(Value value) {
  if (open_.empty()) return root = std::move(value);
  Value& parent = *open_.back();
  if (parent.kind == Kind::array) {
    value.path = path_;
    value.item = static_cast<std::uint32_t>(parent.items.size());
    return parent.items.emplace_back(std::move(value));
  }
  value.path = std::make_shared<const Path>(Path{path_, key_});
  return parent.members.emplace_back(Member{std::move(key_), std::move(value)}).value;
}

/// Of what a container holds.
std::shared_ptr<const Path> Builder::path_to(const Value& container) {
  if (!container.item) return container.path;
  return std::make_shared<const Path>(Path{container.path, std::to_string(*container.item)});
}

bool Builder::open(Kind kind) {
  const Position at = cursor_.advance_to(token_start());
  if (open_.size() == max_depth)
    return fail(at, fmt::format("nested deeper than {} levels", max_depth));
  Value container;
  container.kind = kind;
  container.line = at.line;
  container.column = at.column;
  Value& placed = place_in_parent(std::move(container));
  path_ = path_to(placed);
  open_.push_back(&placed);
  token_end_ = read_;
  return true;
}

bool Builder::close() {
  open_.pop_back();
  path_ = open_.empty() ? nullptr : path_to(*open_.back());
  token_end_ = read_;
  return true;
}

bool Builder::key(string_t& name) {
  const Position at = cursor_.advance_to(token_start());
  const Value& object = *open_.back();
  if (const Value* const first = object.find(name))
    return fail(at, fmt::format("\"{}\" is given twice; first at line {}, column {}", name,
                                first->line, first->column));
  if (object.members.size() == max_members)
    return fail(at, fmt::format("more than {} members in one object", max_members));
  key_ = std::move(name);
  token_end_ = read_;
  return true;
}

bool Builder::parse_error(std::size_t position, const std::string&,
                          const nlohmann::json::exception& exception) {
  // The library counts the end of the text as a byte, and gives the end of a token: the beginning
  // is better, unless what is wrong is one of the separators that token_start() skips.
  const std::size_t last =
      std::min(position, text_.size() + 1) - std::min<std::size_t>(position, 1);
  const std::size_t offset = std::min(token_start(), last);
  const std::string slip = slip_at(text_, offset);
  return fail(cursor_.advance_to(offset), slip.empty() ? essence(exception) : slip);
}

}  // namespace

Expected<Value> parse(std::string_view text, std::string_view file) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const auto refused = [file](Position at, std::string message) {
    return failure(fmt::format("{}:{}:{}", file, at.line, at.column), std::move(message));
  };
  // The library would take a NUL for the end of the text.
  const std::size_t bad = std::min(first_ill_formed(text), text.find('\0'));
  if (bad < text.size())
    return refused(
        Cursor(text).advance_to(bad),
        fmt::format("byte 0x{:02X} is not UTF-8 text", static_cast<unsigned char>(text[bad])));
  std::size_t read = 0;
  Builder builder(text, read);
  const bool complete = nlohmann::json::sax_parse(CountingIterator(text, &read),
                                                  CountingIterator::end_of(text), &builder);
  if (!complete) return refused(builder.fault->position, std::move(builder.fault->message));
  return std::move(builder.root);
}

}  // namespace sipharness::json
