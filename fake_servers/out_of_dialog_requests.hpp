#pragma once
// Requests to the device that belong to no call: OPTIONS, a BYE in a dialog it cannot know, a
// NOTIFY that no subscription asked for, and anything that a scenario spells out.
// @source RFC 3261 §11, §15.1.2; RFC 3842 §3

#include <string>
#include <string_view>
#include <vector>

#include "fake_servers/registrar.hpp"
#include "fake_servers/repeater.hpp"
#include "harness/scenario/scenario.hpp"

namespace fake_servers {

class OutOfDialogRequests {
 public:
  explicit OutOfDialogRequests(ServerCore& core) : core_(core) {}

  // To every binding.
  void options(const std::vector<Binding>& bindings, const sipharness::scenario::Sending& how);
  /// The idle state of the account in a known package.
  void notify(const std::vector<Binding>& bindings, std::string_view event,
              const sipharness::scenario::Sending& how);
  void stray_bye(const std::vector<Binding>& bindings, const sipharness::scenario::Sending& how);
  /// Whatever it is; nobody waits for an answer.
  void raw(const std::vector<Binding>& bindings, const sipharness::scenario::Raw& raw,
           const sipharness::scenario::Sending& how);

 private:
  void send(const MessageBuilder& request, const Hop& hop,
            const sipharness::scenario::Sending& how);

  ServerCore& core_;
  std::vector<Repeater> repeaters_;
};

}  // namespace fake_servers
