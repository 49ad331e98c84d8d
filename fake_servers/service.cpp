#include "fake_servers/service.hpp"

#include "fake_servers/event_state.hpp"
#include "harness/sip/line_text.hpp"

namespace fake_servers {

namespace scenario = sipharness::scenario;

namespace {

bool is_truncated(const MessageView& request) {
  return request.content_length().value_or(0) > request.body().size();
}

}  // namespace

Service::Service(ServerCore& core, const scenario::FarEnd& plan,
                 const std::vector<scenario::Account>& accounts)
    : core_(core),
      registrar_(core, accounts),
      far_end_(core, plan),
      notifier_(core),
      out_of_dialog_requests_(core) {}

void Service::serve(const TransactionPtr& transaction, const scenario::Accept& policy) {
  if (refuse(*transaction)) return;
  const MessageView& request = transaction->request();
  switch (request.method()) {
    case Method::register_:
      return registrar_.on_register(*transaction, policy);
    case Method::cancel:
      return far_end_.on_cancel(*transaction);
    case Method::subscribe:
      return notifier_.on_subscribe(transaction, policy);
    default:
      if (request.to_tag().empty()) return serve_alone(transaction, policy);
      if (!far_end_.on_request(transaction)) core_.answer(*transaction, 481);
  }
}

bool Service::refuse(ServerTransaction& transaction) {
  const MessageView& request = transaction.request();
  if (is_truncated(request) || sipharness::sip::has_unfit_part(request)) {  // §18.3, §21.4.1
    core_.answer(transaction, 400);
    return true;
  }
  // §8.2.2.3: no extension is supported here, and CANCEL is exempt.
  if (!request.has(HeaderId::require) || request.method() == Method::cancel) return false;
  auto refusal = core_.reply(transaction, 420);
  refusal.header(HeaderId::unsupported, request.header(HeaderId::require));
  transaction.respond(refusal.str());
  return true;
}

void Service::serve_alone(const TransactionPtr& transaction, const scenario::Accept& policy) {
  switch (transaction->request().method()) {
    case Method::invite:
      return far_end_.on_invite(transaction, policy.record_route);
    case Method::options:
      return answer_options(*transaction);
    case Method::message:
      return core_.answer(*transaction, 200);
    case Method::publish:
      return answer_publish(*transaction);
    case Method::refer:
      return core_.refuse_method(*transaction);
    case Method::unknown:
      return core_.answer(*transaction, 501);
    default:  // BYE, INFO, NOTIFY, PRACK, UPDATE mean nothing outside a dialog
      return core_.answer(*transaction, 481);
  }
}

void Service::answer_options(ServerTransaction& transaction) {
  auto response = core_.reply(transaction, 200);
  response.header(HeaderId::allow, allowed_methods)
      .header(HeaderId::accept, "application/sdp")
      .header(HeaderId::allow_events, event_packages);
  transaction.respond(response.str());
}

void Service::answer_publish(ServerTransaction& transaction) {
  auto response = core_.reply(transaction, 200);
  response.header("SIP-ETag", core_.rng.hex(16))
      .header(HeaderId::expires, std::to_string(transaction.request().expires().value_or(3600)));
  transaction.respond(response.str());
}

}  // namespace fake_servers
