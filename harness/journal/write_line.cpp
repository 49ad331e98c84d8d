#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/journal/event_form.hpp"

namespace sipharness::journal {
namespace {

/// Adds the fields of an event to a JSON object under construction.
class WritingForm {
 public:
  explicit WritingForm(std::string& line) : line_(line) {}

  void operator()(std::string_view name, const std::string& text) {
    // What is not UTF-8 (bytes of a message) is replaced: a line must stay readable.
    const nlohmann::json value = text;
    add(name, value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  void operator()(std::string_view name, const std::optional<std::string>& text) {
    if (text) (*this)(name, *text);
  }
  void operator()(std::string_view name, bool value) { add(name, value ? "true" : "false"); }
  void operator()(std::string_view name, std::uint64_t number) {
    add(name, fmt::to_string(number));
  }
  void operator()(std::string_view name, std::uint32_t number) {
    add(name, fmt::to_string(number));
  }
  void operator()(std::string_view name, Duration value) {
    add(name, fmt::to_string(value.count()));
  }
  void operator()(std::string_view name, CaptureTime value) {
    (*this)(name, value.time_since_epoch());
  }
  void operator()(std::string_view name, Transport transport) {
    add(name, fmt::format("\"{}\"", to_string(transport)));
  }
  void operator()(std::string_view name, const Endpoint& endpoint) {
    add(name, fmt::format("\"{}\"", endpoint.text()));
  }
  void operator()(std::string_view name, const std::optional<int>& number) {
    if (number) add(name, fmt::to_string(*number));
  }
  void digest(std::string_view name, std::uint64_t digest) {
    add(name, fmt::format("\"{:016x}\"", digest));
  }

 private:
  void add(std::string_view name, std::string_view value) {
    line_ += fmt::format(",\"{}\":{}", name, value);
  }

  std::string& line_;
};

}  // namespace

std::string to_line(const Entry& entry) {
  return std::visit(
      [&]<class Event>(Event event) {
        std::string line =
            fmt::format(R"({{"t_ns":{},"event":"{}")", entry.at.count(), event_name<Event>);
        WritingForm form(line);
        describe(form, event);
        return line + '}';
      },
      entry.event);
}

}  // namespace sipharness::journal
