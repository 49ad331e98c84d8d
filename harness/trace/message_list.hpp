#pragma once
// All SIP messages of a capture, each remembered by where its bytes are and read again when it is
// asked for: a large capture has millions. The first are kept as they were read. Who works with the
// messages of one phone takes them out once (Trace::messages_of).

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/base/hash_index.hpp"
#include "harness/base/time.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::trace {

enum class Direction : std::uint8_t { from_device, to_device, elsewhere };

enum class ServerRole : std::uint8_t { none, primary, secondary };

/// What a response tells of its two ends: anybody is refused or challenged (and challenged by a
/// server only), who is served is known there.
enum class Welcome : std::uint8_t { nothing, refused, challenged, served };

struct Message {
  std::uint32_t index = 0;
  std::uint32_t frame = 0;
  std::uint32_t device = 0;  ///< index into Trace::devices; meaningless if elsewhere
  Transport transport = Transport::udp;
  Direction direction = Direction::elsewhere;
  ServerRole server = ServerRole::none;  ///< the server at the other end
  bool ignored = false;                  ///< journal: a fault kept the server from reacting
  CaptureTime at;
  Endpoint source;
  Endpoint destination;
  sip::MessageView sip;
  bool from_device() const { return direction == Direction::from_device; }
  bool to_device() const { return direction == Direction::to_device; }
};
static_assert(sizeof(Message) <= 256);

inline constexpr std::uint32_t no_device = static_cast<std::uint32_t>(-1);

/// One direction between two endpoints.
struct Flow {
  Endpoint source;
  Endpoint destination;
  Transport transport = Transport::udp;
  Direction direction = Direction::elsewhere;
  ServerRole server = ServerRole::none;
  /// Elsewhere, past the servers: the devices that send and receive (indices into Trace::devices,
  /// no_device where that end is none). Nothing in a run.
  std::optional<std::pair<std::uint32_t, std::uint32_t>> between{};
  bool is_other_side = false;   ///< its messages are also in another flow
  std::string_view left_out{};  ///< why it is nobody's; empty: it is judged
};

class MessageList {
 public:
  class const_iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Message;
    using difference_type = std::ptrdiff_t;
    using reference = Message;
    using pointer = void;

    const_iterator() = default;
    const_iterator(const MessageList* list, std::size_t index) : list_(list), index_(index) {}
    Message operator*() const { return (*list_)[index_]; }
    const_iterator& operator++() {
      ++index_;
      return *this;
    }
    const_iterator operator++(int) {
      const const_iterator before = *this;
      ++index_;
      return before;
    }
    bool operator==(const const_iterator& other) const { return index_ == other.index_; }

   private:
    const MessageList* list_ = nullptr;
    std::size_t index_ = 0;
  };

  std::size_t size() const { return places_.size(); }
  bool empty() const { return places_.empty(); }
  Message operator[](std::size_t index) const {
    Message message;
    read(index, message);
    return message;
  }
  /// The same, into a message that is nobody's yet: it is not copied.
  void read(std::size_t index, Message& message) const;
  Message front() const { return (*this)[0]; }
  Message back() const { return (*this)[size() - 1]; }
  const_iterator begin() const { return {this, 0}; }
  const_iterator end() const { return {this, size()}; }

  // --- For the assembler ---

  /// What is known of a message without reading it again.
  struct Place {
    CaptureTime at;
    const char* bytes = nullptr;
    std::uint32_t size = 0;
    std::uint32_t frame = 0;
    std::uint32_t flow = 0;    ///< index into flows()
    std::uint32_t device = 0;  ///< index into Trace::devices
    std::uint32_t user = 0;    ///< of a request, who speaks: see user_of()
    sip::Method method = sip::Method::unknown;
    bool is_request : 1 = false;
    bool is_in_dialog : 1 = false;  ///< its To has a tag
    bool has_user_agent : 1 = false;
    bool ignored : 1 = false;
    bool is_passed_on : 1 = false;  ///< a request with several Vias: a proxy sent it on
    Welcome welcome : 2 = Welcome::nothing;

    std::string_view text() const { return {bytes, size}; }
  };
  static_assert(sizeof(Place) <= 40);

  /// `message.sip` stays valid as long as this list.
  void push_back(const Message& message);
  std::vector<Flow>& flows() { return flows_; }
  const std::vector<Flow>& flows() const { return flows_; }
  std::vector<Place>& places() { return places_; }
  const std::vector<Place>& places() const { return places_; }
  const Flow& flow_of(const Place& place) const { return flows_[place.flow]; }
  /// The user part of From, or of To in a REGISTER; empty for a response. Of messages with the same
  /// user it is the same text of the first: who goes through all of them reads no more of each.
  std::string_view user_of(const Place& place) const { return users_[place.user]; }

 private:
  std::uint32_t flow_index(const Message& message);
  std::uint32_t user_index(std::string_view user);

  /// policy: so many (12 MiB) cost less to keep than to read again.
  static constexpr std::size_t most_views = 65536;

  std::vector<sip::MessageView> views_;  ///< of the first messages
  std::vector<Place> places_;
  std::vector<Flow> flows_;
  HashIndex flow_indices_;  ///< by their ends
  std::vector<std::string_view> users_{""};
  HashIndex user_indices_;
};

}  // namespace sipharness::trace
