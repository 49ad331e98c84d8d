#include "harness/dns/message.hpp"

#include <algorithm>
#include <utility>

namespace sipharness::dns {
namespace {

constexpr std::uint16_t class_internet = 1;
constexpr std::uint16_t response_flag = 0x8000;
constexpr std::uint16_t recursion_desired = 0x0100;
constexpr std::uint16_t recursion_available = 0x0080;
constexpr std::uint16_t code_mask = 0x000f;
constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_name = 255;  ///< with the length of each label and the final 0
/// policy: of one name; a name server needs one.
constexpr std::size_t most_pointers = 16;
/// A pointer to the name in the question, which stands behind the header of 12 bytes.
constexpr std::uint16_t pointer_to_question = 0xc00c;
constexpr std::uint8_t pointer_mark = 0xc0;

class Writer {
 public:
  void u8(std::size_t value) { bytes_.push_back(static_cast<char>(value & 0xffU)); }
  void u16(std::size_t value) {
    u8(value >> 8U);
    u8(value);
  }
  void u32(std::size_t value) {
    u16(value >> 16U);
    u16(value);
  }
  void raw(std::string_view bytes) { bytes_ += bytes; }
  void name(std::string_view name) {
    while (!name.empty()) {
      const std::size_t dot = std::min(name.find('.'), name.size());
      const std::string_view label = name.substr(0, std::min(dot, longest_label));
      if (!label.empty()) {
        u8(label.size());
        raw(label);
      }
      name.remove_prefix(std::min(dot + 1, name.size()));
    }
    u8(0);
  }
  std::string bytes() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads forwards; whatever lies outside the message makes it fail for good. A name costs no more
/// than its 255 octets and its pointers, wherever they lead.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool failed() const { return failed_; }
  std::size_t u8() {
    if (at_ >= bytes_.size()) failed_ = true;
    return failed_ ? 0 : static_cast<unsigned char>(bytes_[at_++]);
  }
  std::size_t u16() {
    const std::size_t high = u8();
    return high << 8U | u8();
  }
  std::size_t u32() {
    const std::size_t high = u16();
    return high << 16U | u16();
  }
  std::string_view take(std::size_t count) {
    if (count > bytes_.size() - at_) failed_ = true;
    if (failed_) return {};
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }

  /// Labels here, then those that pointers lead to; reading goes on behind the first pointer.
  std::string name() {
    std::string name;
    std::size_t behind = 0;  // the first pointer; 0: there was none
    std::size_t pointers = 0;
    for (std::size_t length = u8(); length != 0 && !failed_; length = u8()) {
      if ((length & pointer_mark) == pointer_mark) {
        const std::size_t pointer = at_ - 1;
        const std::size_t target = (length & ~std::size_t{pointer_mark}) << 8U | u8();
        if (behind == 0) behind = at_;
        if (++pointers > most_pointers || target >= pointer) failed_ = true;
        at_ = target;
        continue;
      }
      const std::size_t dot = name.empty() ? 0 : 1;
      if (length > longest_label || name.size() + dot + length + 2 > longest_name) failed_ = true;
      const std::string_view label = take(length);
      if (label.find('.') != std::string_view::npos) failed_ = true;
      append(label, name);
    }
    if (behind != 0) at_ = behind;
    return name;
  }

 private:
  static void append(std::string_view label, std::string& name) {
    if (!name.empty() && !label.empty()) name += '.';
    for (const char c : label) name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

RecordType type_of(std::size_t number) {
  for (const RecordType type :
       {RecordType::a, RecordType::cname, RecordType::aaaa, RecordType::srv, RecordType::naptr})
    if (number == static_cast<std::size_t>(type)) return type;
  return RecordType::other;
}

std::optional<IpAddress> address_in(RecordType type, std::string_view bytes) {
  if (type == RecordType::a && bytes.size() == 4) {
    std::array<std::uint8_t, 4> v4{};
    std::ranges::copy(bytes, v4.begin());
    return IpAddress::v4(v4);
  }
  if (type == RecordType::aaaa && bytes.size() == 16) {
    std::array<std::uint8_t, 16> v6{};
    std::ranges::copy(bytes, v6.begin());
    return IpAddress::v6(v6);
  }
  return std::nullopt;
}

/// A target "." says that there is no such service.
void read_service(Reader& reader, std::chrono::seconds time_to_live, Message& message) {
  Service service{.target = {}, .time_to_live = time_to_live};
  service.priority = static_cast<std::uint16_t>(reader.u16());
  service.weight = static_cast<std::uint16_t>(reader.u16());
  service.port = static_cast<std::uint16_t>(reader.u16());
  service.target = reader.name();
  if (!reader.failed() && !service.target.empty()) message.services.push_back(std::move(service));
}

void read_answer(Reader& reader, Message& message) {
  reader.name();
  const RecordType type = type_of(reader.u16());
  const bool is_internet = reader.u16() == class_internet;
  const auto time_to_live = std::chrono::seconds(reader.u32());
  const std::size_t length = reader.u16();
  Reader inside = reader;
  const std::string_view data = reader.take(length);
  if (reader.failed() || !is_internet || type != message.type) return;
  if (type == RecordType::srv) read_service(inside, time_to_live, message);
  if (const auto address = address_in(type, data))
    message.answers.push_back({*address, time_to_live});
}

/// What the data of a record at this place lead to.
void read_target(Reader& reader, Record& record) {
  if (record.type == RecordType::srv) {
    record.priority = static_cast<std::uint16_t>(reader.u16());
    reader.u16();  // weight
    record.port = static_cast<std::uint16_t>(reader.u16());
  } else if (record.type == RecordType::naptr) {
    reader.take(4);  // order, preference
    for (int text = 0; text < 3; ++text) reader.take(reader.u8());
  }
  record.target = reader.name();
}

/// Nothing if it leads nowhere, or cannot be read.
std::optional<Record> read_record(Reader& reader) {
  Record record{.name = reader.name()};
  record.type = type_of(reader.u16());
  const bool is_internet = reader.u16() == class_internet;
  reader.u32();  // time to live
  const std::size_t length = reader.u16();
  Reader inside = reader;
  const std::string_view data = reader.take(length);
  if (reader.failed() || !is_internet || record.type == RecordType::other) return std::nullopt;
  if (record.type == RecordType::a || record.type == RecordType::aaaa) {
    const auto address = address_in(record.type, data);
    record.address = address.value_or(IpAddress());
    return address ? std::optional(record) : std::nullopt;
  }
  read_target(inside, record);
  return inside.failed() || record.target.empty() ? std::nullopt : std::optional(record);
}

}  // namespace

std::string_view to_string(RecordType type) {
  switch (type) {
    case RecordType::a:
      return "A";
    case RecordType::cname:
      return "CNAME";
    case RecordType::aaaa:
      return "AAAA";
    case RecordType::srv:
      return "SRV";
    case RecordType::naptr:
      return "NAPTR";
    case RecordType::other:
      break;
  }
  return "?";
}

namespace {

/// All of a record for the name in the question but its data.
void write_record(Writer& out, RecordType type, std::chrono::seconds time_to_live,
                  std::string_view data) {
  out.u16(pointer_to_question);
  out.u16(static_cast<std::uint16_t>(type));
  out.u16(class_internet);
  out.u32(static_cast<std::size_t>(time_to_live.count()));
  out.u16(data.size());
  out.raw(data);
}

std::string data_of(const Answer& answer) {
  Writer data;
  const std::size_t length = answer.address.is_v4() ? 4 : 16;
  for (std::size_t i = 0; i < length; ++i) data.u8(answer.address.bytes()[i]);
  return std::move(data).bytes();
}

std::string data_of(const Service& service) {
  Writer data;
  data.u16(service.priority);
  data.u16(service.weight);
  data.u16(service.port);
  data.name(service.target);
  return std::move(data).bytes();
}

}  // namespace

std::string encode(const Message& message) {
  Writer out;
  out.u16(message.id);
  out.u16(recursion_desired | (message.is_response ? response_flag | recursion_available : 0U) |
          static_cast<unsigned>(message.code));
  out.u16(1);
  out.u16(message.answers.size() + message.services.size());
  out.u32(0);  // no authority, nothing additional
  out.name(message.name);
  out.u16(static_cast<std::uint16_t>(message.type));
  out.u16(class_internet);
  for (const Answer& answer : message.answers)
    write_record(out, answer.address.is_v4() ? RecordType::a : RecordType::aaaa,
                 answer.time_to_live, data_of(answer));
  for (const Service& service : message.services)
    write_record(out, RecordType::srv, service.time_to_live, data_of(service));
  return std::move(out).bytes();
}

std::optional<Message> parse(std::string_view bytes) {
  Reader reader(bytes);
  Message message;
  message.id = static_cast<std::uint16_t>(reader.u16());
  const std::size_t flags = reader.u16();
  message.is_response = (flags & response_flag) != 0;
  message.code = static_cast<ResponseCode>(flags & code_mask);
  const std::size_t questions = reader.u16();
  const std::size_t answers = reader.u16();
  reader.u32();
  if (questions != 1) return std::nullopt;
  message.name = reader.name();
  message.type = type_of(reader.u16());
  reader.u16();
  for (std::size_t i = 0; i < answers && !reader.failed(); ++i) read_answer(reader, message);
  if (reader.failed()) return std::nullopt;
  return message;
}

std::vector<Record> records_in(std::string_view bytes) {
  Reader reader(bytes);
  reader.u16();  // identification
  const bool is_response = (reader.u16() & response_flag) != 0;
  const std::size_t questions = reader.u16();
  const std::size_t count = reader.u16() + reader.u16() + reader.u16();
  std::vector<Record> records;
  if (!is_response || questions != 1) return records;
  reader.name();
  reader.u32();  // type and class
  for (std::size_t i = 0; i < count && !reader.failed(); ++i)
    if (auto record = read_record(reader)) records.push_back(std::move(*record));
  return records;
}

}  // namespace sipharness::dns
