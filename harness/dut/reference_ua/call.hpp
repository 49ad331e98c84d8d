#pragma once
// A call as the user of the reference UA sees it, whoever made it.

#include <functional>
#include <memory>

#include "harness/dut/reference_ua/session.hpp"

namespace sipharness::dut {

class Call {
 public:
  virtual ~Call() = default;
  /// Ends it, in whatever state it is.
  virtual void hang_up() = 0;
  virtual bool is_over() const = 0;
  /// A response that matched no transaction; true if it was this call's.
  virtual bool take_stray(const sip::MessageView& response) = 0;
  /// A CANCEL; true if it was this call's.
  virtual bool take_cancel(sip::ServerTransaction& cancel) = 0;

  /// Once answered; null before.
  Session* session() { return session_.get(); }

 protected:
  std::unique_ptr<Session> session_;
};

}  // namespace sipharness::dut
