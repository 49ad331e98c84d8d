#include "harness/trace/other_voices.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "harness/trace/flow_evidence.hpp"

namespace sipharness::trace {
namespace {

class VoiceFinder {
 public:
  VoiceFinder(const MessageList& messages, std::vector<ServerRole> asked)
      : messages_(messages), asked_(std::move(asked)) {}

  /// `is_between_others`: by flow.
  std::vector<std::pair<Endpoint, ServerRole>> find(const std::vector<bool>& is_between_others) {
    for (std::size_t index = 0; index < messages_.size(); ++index)
      if (const auto& place = messages_.places()[index];
          !place.is_request && is_between_others[place.flow])
        note_response(messages_[index]);
    if (responses_.empty()) return {};
    for (std::size_t index = 0; index < messages_.size(); ++index)
      take_request(messages_.places()[index], index);
    std::erase_if(voices_, [&](const auto& voice) {
      return voice.second == ServerRole::none || registering_.contains(voice.first);
    });
    std::vector<std::pair<Endpoint, ServerRole>> found(voices_.begin(), voices_.end());
    std::ranges::sort(found);
    return found;
  }

 private:
  /// Branch, sent-by and Call-ID of a request.
  using Key = std::tuple<std::string_view, std::string_view, std::string_view>;
  static Key key_of(const sip::MessageView& sip) {
    return {sip.branch(), sip.sent_by(), sip.call_id()};
  }

  void note_response(const Message& response) {
    if (response.sip.branch().empty()) return;
    responses_[key_of(response.sip)].push_back({response.source, response.destination});
    heard_.insert(host_of(response.destination));
  }

  void take_request(const MessageList::Place& place, std::size_t index) {
    if (!place.is_request) return;
    const Flow& flow = messages_.flow_of(place);
    if (place.method == sip::Method::register_) registering_.insert(flow.source);
    if (asked_[place.flow] == ServerRole::none || !heard_.contains(host_of(flow.source))) return;
    const auto answered = responses_.find(key_of(messages_[index].sip));
    if (answered == responses_.end()) return;
    for (const auto& [source, destination] : answered->second) {
      if (destination.address != flow.source.address) continue;
      const auto [voice, is_new] = voices_.try_emplace(source, asked_[place.flow]);
      if (!is_new && voice->second != asked_[place.flow]) voice->second = ServerRole::none;
    }
  }

  const MessageList& messages_;
  std::vector<ServerRole> asked_;  ///< by flow: the server that it goes to
  std::map<Key, std::vector<std::pair<Endpoint, Endpoint>>> responses_;
  EndpointSet heard_;  ///< machines that they came to
  EndpointSet registering_;
  std::unordered_map<Endpoint, ServerRole, EndpointHash> voices_;
};

}  // namespace

std::vector<std::pair<Endpoint, ServerRole>> find_other_voices(
    const MessageList& messages, const std::function<ServerRole(const Endpoint&)>& role_at) {
  std::vector<ServerRole> asked;
  std::vector<bool> is_between_others;
  for (const Flow& flow : messages.flows()) {
    const bool is_of_others = role_at(flow.source) == ServerRole::none && !flow.is_other_side;
    const bool is_udp = flow.transport == Transport::udp;
    asked.push_back(is_udp && is_of_others ? role_at(flow.destination) : ServerRole::none);
    is_between_others.push_back(is_udp && is_of_others && asked.back() == ServerRole::none);
  }
  if (std::ranges::find(is_between_others, true) == is_between_others.end()) return {};
  return VoiceFinder(messages, std::move(asked)).find(is_between_others);
}

}  // namespace sipharness::trace
