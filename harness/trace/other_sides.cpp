#include "harness/trace/other_sides.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "harness/sip/uri.hpp"
#include "harness/sip/via.hpp"

namespace sipharness::trace {
namespace {

using Place = MessageList::Place;

/// policy: what passes a NAT takes no longer.
constexpr Duration longest_passage = 20ms;

/// policy: nor does writing anything into a request on the way.
constexpr Duration longest_rewriting = 5ms;

/// Both directions between two endpoints.
using Way = std::pair<Endpoint, Endpoint>;

Way way_of(const Flow& flow) {
  return std::minmax(flow.source, flow.destination);
}

/// Two ways that the same messages took, the earlier one first.
struct Passage {
  std::uint32_t there = 0;          ///< messages seen first on the first way
  std::uint32_t back = 0;           ///< and on the second
  std::size_t request = none;       ///< the first request seen twice, on the first way
  std::size_t request_copy = none;  ///< and on the second
  bool changes_source = false;

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
};

bool is_same_transaction(const Place& first, const Place& copy) {
  const auto one = sip::MessageView::parse(first.text());
  const auto other = sip::MessageView::parse(copy.text());
  return one.is_usable() && other.is_usable() && one.call_id() == other.call_id() &&
         one.cseq() == other.cseq() && one.from_tag() == other.from_tag() &&
         !one.branch().empty() && one.branch() == other.branch();
}

/// What a NAT made of a request into whose Via and Contact it writes its own address: the request
/// itself is still the same one, to the same server.
bool is_rewritten(const MessageList& messages, const Place& first, const Place& copy) {
  const Flow& from = messages.flow_of(first);
  const Flow& to = messages.flow_of(copy);
  const bool may_be = first.is_request && copy.is_request && first.method == copy.method &&
                      first.user == copy.user && from.transport == to.transport &&
                      from.destination == to.destination &&
                      from.source.address != to.source.address;
  if (!may_be) return false;
  const auto one = sip::MessageView::parse(first.text());
  const auto other = sip::MessageView::parse(copy.text());
  return one.is_usable() && other.is_usable() && one.call_id() == other.call_id() &&
         one.cseq() == other.cseq() && one.from_tag() == other.from_tag() && !first.is_passed_on &&
         !copy.is_passed_on &&
         (one.branch() == other.branch() || copy.at - first.at <= longest_rewriting);
}

/// An INVITE to what is behind the NAT: one that a server forks has a branch for each phone.
bool is_rewritten_to_phone(const MessageList& messages, const Place& first, const Place& copy) {
  const Flow& from = messages.flow_of(first);
  const Flow& to = messages.flow_of(copy);
  const bool may_be = first.is_request && copy.is_request && first.method == sip::Method::invite &&
                      copy.method == sip::Method::invite && first.user == copy.user &&
                      from.transport == to.transport && from.source == to.source &&
                      from.destination.address != to.destination.address;
  return may_be && is_same_transaction(first, copy);
}

/// Of ways that a request was seen to take.
bool is_rewritten_response(const Place& first, const Place& copy) {
  return !first.is_request && !copy.is_request && first.method == copy.method &&
         first.welcome == copy.welcome && is_same_transaction(first, copy);
}

class Passages {
 public:
  explicit Passages(const MessageList& messages) : messages_(messages) {}

  void find() {
    for (std::size_t index = 0; index < messages_.size(); ++index) {
      const Place& place = messages_.places()[index];
      if (const std::size_t first = original_of(place); first != Passage::none) add(first, index);
      recent_[next_] = index;
      next_ = (next_ + 1) % recent_.size();
    }
  }

  /// The ways that are left out.
  std::set<Way> left_out() const {
    std::set<Way> ways;
    for (const auto& [pair, passage] : passages_) {
      if (passage.request == Passage::none) continue;
      if (!passage.changes_source && (passage.there == 0 || passage.back == 0)) continue;
      const bool keeps_copy =
          names_its_ends(passage.request_copy) > names_its_ends(passage.request);
      const Way first = way_of(messages_.flow_of(messages_.places()[passage.request]));
      const Way second = way_of(messages_.flow_of(messages_.places()[passage.request_copy]));
      ways.insert(keeps_copy ? first : second);
    }
    return ways;
  }

 private:
  std::size_t original_of(const Place& place) const {
    for (std::size_t back = 1; back <= recent_.size(); ++back) {
      const std::size_t index = recent_[(next_ + recent_.size() - back) % recent_.size()];
      if (index == Passage::none) break;
      const Place& other = messages_.places()[index];
      if (place.at - other.at > longest_passage) break;
      if (other.flow == place.flow) continue;
      if (is_seen_again(other, place) &&
          way_of(messages_.flow_of(other)) != way_of(messages_.flow_of(place)))
        return index;
    }
    return Passage::none;
  }

  bool is_seen_again(const Place& first, const Place& copy) const {
    if (first.text() == copy.text() || is_rewritten(messages_, first, copy) ||
        is_rewritten_to_phone(messages_, first, copy))
      return true;
    const auto way = [this](const Place& place) { return way_of(messages_.flow_of(place)); };
    return !passages_.empty() && passages_.contains(std::minmax(way(first), way(copy))) &&
           is_rewritten_response(first, copy);
  }

  void add(std::size_t first, std::size_t copy) {
    const Place& place = messages_.places()[first];
    const Flow& flow = messages_.flow_of(place);
    const Flow& other = messages_.flow_of(messages_.places()[copy]);
    const Way a = way_of(flow);
    const Way b = way_of(other);
    Passage& passage = passages_[std::minmax(a, b)];
    ++(a < b ? passage.there : passage.back);
    if (!place.is_request || passage.request != Passage::none) return;
    passage.request = first;
    passage.request_copy = copy;
    passage.changes_source = flow.source.address != other.source.address;
  }

  /// How many of its ends the request names: its sender in Via, its receiver in the Request-URI.
  int names_its_ends(std::size_t request) const {
    const Message message = messages_[request];
    const sip::Via via = message.sip.via();
    const auto uri = sip::parse_uri(message.sip.request_uri());
    const auto target = uri ? uri->endpoint() : std::nullopt;
    return (via.host == message.source.address.text() ? 1 : 0) +
           (target == message.destination ? 1 : 0);
  }

  const MessageList& messages_;
  std::array<std::size_t, 64> recent_ = filled();
  std::size_t next_ = 0;
  std::map<std::pair<Way, Way>, Passage> passages_;

  static std::array<std::size_t, 64> filled() {
    std::array<std::size_t, 64> none{};
    none.fill(Passage::none);
    return none;
  }
};

}  // namespace

void mark_other_sides(MessageList& messages) {
  Passages passages(messages);
  passages.find();
  const std::set<Way> ways = passages.left_out();
  if (ways.empty()) return;
  for (Flow& flow : messages.flows()) flow.is_other_side = ways.contains(way_of(flow));
}

}  // namespace sipharness::trace
