#pragma once
// What passed between the devices and each server so far, for whoever watches a run: each request
// counts once, however often it and its answer were sent.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>

#include "harness/sip/message.hpp"

namespace sipharness::stage {

class Tally {
 public:
  struct Counts {
    std::size_t registered = 0;  ///< REGISTERs that were accepted
    std::size_t refused = 0;     ///< REGISTERs that were refused; not those that were challenged
    std::size_t calls = 0;       ///< either way
    std::size_t answered = 0;
  };

  void take(const std::string& server, const sip::MessageView& message);
  Counts at(const std::string& server) const;

 private:
  void take_final(const std::string& server, const sip::MessageView& message);
  /// Whether nothing of that name was counted there before.
  bool is_new(std::string_view what, const std::string& server, const sip::MessageView& message);

  std::map<std::string, Counts> counts_;
  std::unordered_set<std::size_t> counted_;  ///< hashes of what was
};

}  // namespace sipharness::stage
