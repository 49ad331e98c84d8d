#pragma once
// A dialog: what a request within it must carry, kept up to date by what came and went. Pure state;
// it sends nothing. A Contact or Record-Route whose URI holds a blank or a control character counts
// as absent. @source RFC 3261 §12; RFC 6026 does not change it.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/sip/builder.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::sip {

class Dialog {
 public:
  /// From the 2xx (or a tagged provisional) to our INVITE or SUBSCRIBE. The route set is the
  /// response's Record-Route reversed. @source §12.1.2
  static Dialog from_response(const MessageView& request, const MessageView& response);
  /// From a request we accept with `local_tag`. The route set is in order. @source §12.1.1
  static Dialog from_request(const MessageView& request, std::string_view local_tag);

  const std::string& call_id() const { return call_id_; }
  const std::string& local_tag() const { return local_tag_; }
  const std::string& remote_tag() const { return remote_tag_; }
  const std::string& remote_target() const { return remote_target_; }
  const std::vector<std::string>& route_set() const { return route_set_; }
  std::uint32_t local_cseq() const { return local_cseq_; }

  /// Whether a message arriving from the peer belongs to this dialog.
  bool matches(const MessageView& message) const;

  /// Our CSeq numbers go on where `early`, the same dialog before it was confirmed, left off.
  void continue_numbers_of(const Dialog& early) {
    local_cseq_ = std::max(local_cseq_, early.local_cseq_);
  }
  /// Takes the next CSeq number for a request of ours (not ACK, not CANCEL).
  std::uint32_t next_cseq() { return ++local_cseq_; }
  /// Start line, Via (`via_value` complete with branch), Max-Forwards, Route, From, To, Call-ID,
  /// CSeq. Loose and strict routing as §12.2.1.1 says. The caller adds the rest.
  MessageBuilder request(std::string_view method, std::uint32_t cseq,
                         std::string_view via_value) const;
  /// The URI whose host the request goes to: the first route, else the remote target.
  std::string_view next_hop_uri() const;
  /// A target refresh: the Contact of a re-INVITE, UPDATE or its 2xx.
  void refresh_target(const MessageView& message);
  /// False if the CSeq of a request from the peer goes backwards (answer 500). @source §12.2.2
  bool accept_remote_cseq(std::uint32_t cseq);

 private:
  Dialog() = default;

  std::string call_id_;
  std::string local_uri_;  ///< name-addr without tag
  std::string remote_uri_;
  std::string local_tag_;
  std::string remote_tag_;
  std::string remote_target_;
  std::vector<std::string> route_set_;
  std::uint32_t local_cseq_ = 0;
  std::uint32_t remote_cseq_ = 0;
  bool has_remote_cseq_ = false;
};

/// Complete ACK to a 2xx that `invite` drew in `dialog`: a new `via_value` with a branch of its
/// own, the INVITE's CSeq number and credentials. It goes to next_hop_uri(). @source §13.2.2.4,
/// §22.1
std::string make_ack(const Dialog& dialog, const MessageView& invite, std::string_view via_value);

}  // namespace sipharness::sip
