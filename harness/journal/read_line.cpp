#include <charconv>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/printable.hpp"
#include "harness/journal/event_form.hpp"
#include "harness/json/document.hpp"

namespace sipharness::journal {
namespace {

using Json = nlohmann::json;

/// Times beyond this (31 years) are refused, so that sums of them cannot overflow.
constexpr std::int64_t longest = 1'000'000'000'000'000'000;

/// Takes the fields of an event out of a JSON object; the first thing wrong is kept.
class ReadingForm {
 public:
  explicit ReadingForm(const Json& object) : object_(object) {}

  const std::string& problem() const { return problem_; }

  void operator()(std::string_view name, std::string& text) {
    if (const Json* const value = find(name, Json::value_t::string, "a string")) {
      text = value->get_ref<const std::string&>();
    }
  }
  void operator()(std::string_view name, std::optional<std::string>& text) {
    if (object_.contains(name)) (*this)(name, text.emplace());
  }
  void operator()(std::string_view name, bool& flag) {
    if (const Json* const value = find(name, Json::value_t::boolean, "true or false")) {
      flag = value->get<bool>();
    }
  }
  void operator()(std::string_view name, std::uint64_t& number) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    number = static_cast<std::uint64_t>(integer(name, 0, most));
  }
  void operator()(std::string_view name, std::uint32_t& number) {
    constexpr auto most = std::numeric_limits<std::uint32_t>::max();
    number = static_cast<std::uint32_t>(integer(name, 0, most));
  }
  void operator()(std::string_view name, Duration& duration) {
    duration = Duration(integer(name, -longest, longest));
  }
  void operator()(std::string_view name, CaptureTime& time) {
    time = CaptureTime(Duration(integer(name, 0, 4 * longest)));
  }
  void operator()(std::string_view name, Transport& transport) {
    std::string text;
    (*this)(name, text);
    if (text != "udp" && text != "tcp") complain(name, R"("udp" or "tcp")");
    transport = text == "tcp" ? Transport::tcp : Transport::udp;
  }
  void operator()(std::string_view name, Endpoint& endpoint) {
    std::string text;
    (*this)(name, text);
    const std::optional<Endpoint> parsed = Endpoint::parse(text);
    if (!parsed) complain(name, R"(an endpoint such as "127.0.0.11:5070")");
    endpoint = parsed.value_or(Endpoint{});
  }
  void operator()(std::string_view name, std::optional<int>& number) {
    if (!object_.contains(name)) return;
    constexpr auto limits = std::numeric_limits<int>();
    number = static_cast<int>(integer(name, limits.min(), limits.max()));
  }
  void digest(std::string_view name, std::uint64_t& digest) {
    std::string text;
    (*this)(name, text);
    const char* const last = text.data() + text.size();
    const auto [end, failure] = std::from_chars(text.data(), last, digest, 16);
    if (text.size() != 16 || failure != std::errc() || end != last) {
      complain(name, "16 hexadecimal digits");
    }
  }

 private:
  void complain(std::string_view name, std::string_view allowed) {
    if (problem_.empty()) problem_ = fmt::format("\"{}\" must be {}", name, allowed);
  }

  const Json* find(std::string_view name, Json::value_t type, std::string_view allowed) {
    const auto found = object_.find(name);
    if (found != object_.end() && found->type() == type) return &*found;
    complain(name, allowed);
    return nullptr;
  }

  std::int64_t integer(std::string_view name, std::int64_t least, std::int64_t most) {
    const auto found = object_.find(name);
    const bool is_integer = found != object_.end() && found->is_number_integer();
    const bool fits = is_integer && (!found->is_number_unsigned() ||
                                     std::in_range<std::int64_t>(found->get<std::uint64_t>()));
    const std::int64_t value = fits ? found->get<std::int64_t>() : 0;
    if (fits && value >= least && value <= most) return value;
    complain(name, fmt::format("an integer from {} to {}", least, most));
    return 0;
  }

  const Json& object_;
  std::string problem_;
};

template <class Variant>
struct EventTable;

/// Finds the alternative of Event by the name it has in the file.
template <class... Events>
struct EventTable<std::variant<Events...>> {
  static std::vector<std::string_view> names() { return {event_name<Events>...}; }

  static std::optional<Event> read(std::string_view name, ReadingForm& form) {
    std::optional<Event> event;
    (read_if_named<Events>(name, form, event) || ...);
    return event;
  }

 private:
  template <class One>
  static bool read_if_named(std::string_view name, ReadingForm& form, std::optional<Event>& event) {
    if (name != event_name<One>) return false;
    One one;
    describe(form, one);
    event = std::move(one);
    return true;
  }
};

std::string unknown_event(std::string_view name) {
  const std::vector<std::string_view> names = EventTable<Event>::names();
  const std::string_view near = json::nearest(name, names);
  const std::string hint = near.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", near);
  return fmt::format("unknown event \"{}\"{}; allowed are {}", printable(name), hint,
                     fmt::join(names, ", "));
}

}  // namespace

Expected<Entry> from_line(std::string_view line, std::string_view place) {
  const std::string where(place);
  const Json object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return failure(where, "a journal line must be one JSON object");
  ReadingForm form(object);
  Entry entry;
  std::string name;
  form("t_ns", entry.at);
  form("event", name);
  if (!form.problem().empty()) return failure(where, form.problem());
  std::optional<Event> event = EventTable<Event>::read(name, form);
  if (!event) return failure(where, unknown_event(name));
  if (!form.problem().empty()) {
    return failure(where, fmt::format("event \"{}\": {}", name, form.problem()));
  }
  entry.event = *std::move(event);
  return entry;
}

}  // namespace sipharness::journal
