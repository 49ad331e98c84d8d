#include "harness/sip/transaction/requests.hpp"

#include "harness/sip/builder.hpp"

namespace sipharness::sip {
namespace {

std::string borrow_transaction(const MessageView& invite, std::string_view method,
                               std::string_view to) {
  auto request = MessageBuilder::request(method, invite.request_uri());
  request.header(HeaderId::via, invite.header(HeaderId::via)).header(HeaderId::max_forwards, "70");
  for (const Header& header : invite.headers_from(HeaderId::route)) {
    if (header.id == HeaderId::route) request.header(HeaderId::route, header.value);
  }
  request.header(HeaderId::from, invite.header(HeaderId::from))
      .header(HeaderId::to, to)
      .header(HeaderId::call_id, invite.call_id())
      .header(HeaderId::cseq, std::to_string(invite.cseq()) + ' ' + std::string(method));
  return request.str();
}

}  // namespace

std::string make_cancel(const MessageView& invite) {
  return borrow_transaction(invite, "CANCEL", invite.header(HeaderId::to));
}

std::string make_failure_ack(const MessageView& invite, const MessageView& response) {
  return borrow_transaction(invite, "ACK", response.header(HeaderId::to));
}

}  // namespace sipharness::sip
