#include "harness/observed/odd_responses.hpp"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

UnusableResponses find_unusable_responses(const Phone& phone) {
  UnusableResponses found;
  for (const Transaction& transaction : transactions(phone)) {
    if (transaction.direction != Direction::from_device) continue;
    for (const std::size_t response : transaction.responses)
      if (!phone.message(response).sip.is_usable())
        found.try_emplace(opening(phone, transaction).sip.call_id(), response);
  }
  return found;
}

std::string describe_unusable(const Message& response) {
  std::vector<std::string_view> lacking;
  for (const auto& [id, name] :
       {std::pair(sip::HeaderId::from, "From"), std::pair(sip::HeaderId::to, "To"),
        std::pair(sip::HeaderId::call_id, "Call-ID"), std::pair(sip::HeaderId::cseq, "CSeq")})
    if (response.sip.header(id).empty()) lacking.emplace_back(name);
  return fmt::format("the response in frame {} {}: whether the device took it is not known",
                     response.frame,
                     lacking.empty() ? std::string("cannot be read")
                                     : fmt::format("has no {}", fmt::join(lacking, ", no ")));
}

std::string rewritten_in(const Phone& phone, const std::vector<std::uint32_t>& frames) {
  std::string text;
  for (const std::uint32_t frame : frames)
    if (const auto found = phone.trace.rewritten.find(frame); found != phone.trace.rewritten.end())
      text += fmt::format("; in frame {} the scenario rewrote {}", frame, found->second);
  return text;
}

}  // namespace sipharness::observed
