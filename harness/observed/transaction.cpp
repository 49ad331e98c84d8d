#include "harness/observed/transaction.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "harness/base/hash.hpp"
#include "harness/base/hash_index.hpp"
#include "harness/base/rng.hpp"

namespace sipharness::observed {
namespace {

/// What a request and its responses have in common, whichever port the responses went to. A branch
/// says which transaction; without one (RFC 2543) Call-ID and CSeq number must do.
struct Key {
  std::size_t hash = 0;      ///< of all but the destination
  std::string_view id;       ///< branch, else Call-ID
  std::string_view sent_by;  ///< of the top Via
  sip::Method method = sip::Method::unknown;
  std::uint32_t cseq = 0;  ///< only where there is no branch
  IpAddress destination;   ///< of the request
  bool operator==(const Key&) const = default;
};

/// Where a request went, or a response came from.
const Endpoint& server_end(const Message& message) {
  return message.sip.is_request() ? message.destination : message.source;
}
const Endpoint& client_end(const Message& message) {
  return message.sip.is_request() ? message.source : message.destination;
}

/// §18.2.2: a connection lost since, the device answers over a new one, from another port.
bool may_answer_from_any_port(const Message& message) {
  const bool is_asked_of_device =
      message.sip.is_request() ? message.to_device() : message.from_device();
  return is_asked_of_device && message.transport != Transport::udp;
}

Key key_of(const Message& message) {
  const sip::MessageView& sip = message.sip;
  const std::string_view branch = sip.branch();
  Key key;
  key.id = branch.empty() ? sip.call_id() : branch;
  key.cseq = branch.empty() ? sip.cseq() : 0;
  key.sent_by = sip.sent_by();
  // RFC 3261 §17.2.3: an ACK to a non-2xx carries the branch of its INVITE.
  key.method = sip.method() == sip::Method::ack ? sip::Method::invite : sip.method();
  key.destination = server_end(message).address;
  key.hash = (hash_of(key.id) * 31 + hash_of(key.sent_by)) * 31 +
             static_cast<std::size_t>(key.method) + key.cseq * std::size_t{0x9e3779b97f4a7c15};
  return key;
}

class Matcher {
 public:
  explicit Matcher(const Phone& phone) : phone_(phone) {
    // Most have a request and a response.
    transactions_.reserve(phone.messages.size() / 2);
    older_.reserve(phone.messages.size() / 2);
  }

  void take(const Message& message) {
    if (message.sip.is_response()) {
      take_response(message);
    } else if (message.sip.method() == sip::Method::ack) {
      take_ack(message);
    } else {
      take_request(message);
    }
  }

  std::vector<Transaction> result() && { return std::move(transactions_); }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  const Message& first_send(std::size_t transaction) const {
    return phone_.messages[transactions_[transaction].sends.front()];
  }

  std::size_t newest(const Key& key) const {
    const auto found = newest_.find(key.hash, [&](std::uint32_t transaction) {
      return key_of(first_send(transaction)) == key;
    });
    return found ? *found : none;
  }

  /// Among the transactions with one key, this one the newest, that whose request went between the
  /// same two, on the same transport.
  std::size_t on_same_way(std::size_t candidate, const Message& message) const {
    const auto is_it = [&](const Message& send) {
      return send.source == client_end(message) && send.transport == message.transport &&
             (send.destination == server_end(message) || may_answer_from_any_port(message));
    };
    while (candidate != none && !is_it(first_send(candidate))) candidate = older_[candidate];
    return candidate;
  }

  /// Who has several addresses, a device or a server, may answer from another one than it was asked
  /// at: the branch alone says what (§17.1.3).
  std::size_t asked_elsewhere(Key key, const Message& response) const {
    const auto found = newest_.find(key.hash, [&](std::uint32_t transaction) {
      const Message& request = first_send(transaction);
      key.destination = request.destination.address;
      return key_of(request) == key && request.source.address == response.destination.address &&
             request.direction != response.direction;
    });
    return found ? *found : none;
  }

  void take_request(const Message& message) {
    const Key key = key_of(message);
    const std::size_t before = newest(key);
    const std::size_t known = on_same_way(before, message);
    if (known == none) return begin(key, before, message);
    Transaction& transaction = transactions_[known];
    if (from_other_port_.erase(known) > 0) forget_responses(transaction);
    transaction.identical =
        transaction.identical && message.sip.bytes() == first_send(known).sip.bytes();
    transaction.sends.push_back(message.index);
  }

  void begin(const Key& key, std::size_t before, const Message& message) {
    Transaction transaction;
    transaction.method = message.sip.method();
    transaction.direction = message.direction;
    transaction.server = message.server;
    transaction.sends.push_back(message.index);
    if (before != none) newest_.remove(key.hash, static_cast<std::uint32_t>(before));
    newest_.add(key.hash, static_cast<std::uint32_t>(transactions_.size()));
    older_.push_back(before);
    transactions_.push_back(std::move(transaction));
  }

  void take_response(const Message& message) {
    const Key key = key_of(message);
    const std::size_t last = newest(key);
    std::size_t known = on_same_way(last, message);
    // Without rport a response goes to sent-by, which need not be the port it was asked from.
    if (known == none) known = last;
    if (known == none) known = asked_elsewhere(key, message);
    if (known == none) return;
    if (first_send(known).destination != message.source && !may_answer_from_any_port(message))
      from_other_port_.insert(known);
    Transaction& transaction = transactions_[known];
    transaction.responses.push_back(message.index);
    if (!transaction.first_response) transaction.first_response = message.index;
    if (message.sip.is_provisional() && !transaction.provisional) {
      transaction.provisional = message.index;
    }
    if (message.sip.is_final() && !transaction.final) transaction.final = message.index;
  }

  /// A server may answer from another port than it was asked at, and a client match that by its
  /// branch (§17.1.3); one that sends again does not take it.
  static void forget_responses(Transaction& transaction) {
    transaction.responses.clear();
    transaction.first_response.reset();
    transaction.provisional.reset();
    transaction.final.reset();
  }

  void take_ack(const Message& message) {
    const std::size_t known = on_same_way(newest(key_of(message)), message);
    if (known == none) return;
    Transaction& transaction = transactions_[known];
    const bool is_answered_by_2xx =
        transaction.final && phone_.messages[*transaction.final].sip.is_success();
    if (!is_answered_by_2xx) transaction.acks.push_back(message.index);
  }

  const Phone& phone_;
  std::vector<Transaction> transactions_;
  HashIndex newest_;                ///< transactions, by their key
  std::vector<std::size_t> older_;  ///< per transaction: the one before with the same key
  std::unordered_set<std::size_t> from_other_port_;  ///< transactions answered that way
};

}  // namespace

int final_status(const Phone& phone, const Transaction& transaction) {
  return transaction.final ? phone.message(*transaction.final).sip.status() : 0;
}

std::optional<std::size_t> response_above_100(const Phone& phone, const Transaction& transaction) {
  const auto found = std::ranges::find_if(transaction.responses, [&](std::size_t response) {
    return phone.message(response).sip.status() > 100;
  });
  return found == transaction.responses.end() ? std::nullopt : std::optional(*found);
}

std::vector<Transaction> find_transactions(const Phone& phone) {
  Matcher matcher(phone);
  for (const Message& message : phone.messages) {
    if (message.direction != Direction::elsewhere) matcher.take(message);
  }
  return std::move(matcher).result();
}

}  // namespace sipharness::observed
