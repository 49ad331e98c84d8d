#pragma once
// A healthy server: registrar, far end and notifier behind one address, and a polite answer to
// everything else. Which method goes where is decided here and nowhere else.
//  1. Every request handed in is answered, now or when the far end's plan says.
// @source RFC 3261 §8.2, §11; RFC 3428; RFC 3903 §6

#include <vector>

#include "fake_servers/far_end.hpp"
#include "fake_servers/notifier.hpp"
#include "fake_servers/out_of_dialog_requests.hpp"
#include "fake_servers/registrar.hpp"

namespace fake_servers {

class Service {
 public:
  Service(ServerCore& core, const sipharness::scenario::FarEnd& plan,
          const std::vector<sipharness::scenario::Account>& accounts);

  void serve(const TransactionPtr& transaction, const sipharness::scenario::Accept& policy);

  Registrar& registrar() { return registrar_; }
  FarEnd& far_end() { return far_end_; }
  OutOfDialogRequests& out_of_dialog_requests() { return out_of_dialog_requests_; }

 private:
  /// True if the request was refused as a whole.
  bool refuse(ServerTransaction& transaction);
  void serve_alone(const TransactionPtr& transaction, const sipharness::scenario::Accept& policy);
  void answer_options(ServerTransaction& transaction);
  void answer_publish(ServerTransaction& transaction);

  ServerCore& core_;
  Registrar registrar_;
  FarEnd far_end_;
  Notifier notifier_;
  OutOfDialogRequests out_of_dialog_requests_;
};

}  // namespace fake_servers
