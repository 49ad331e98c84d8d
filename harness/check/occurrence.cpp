#include "harness/check/occurrence.hpp"

namespace sipharness::check {

Evidence& Occurrence::evidence() {
  if (!evidence_) evidence_ = find_evidence_(phone_, subject_);
  return *evidence_;
}

Occurrence& Occurrence::cite(std::optional<std::size_t> message) {
  if (message) evidence().messages.push_back(*message);
  return *this;
}

Occurrence& Occurrence::rests_on(const Message* hang_up) {
  if (hang_up != nullptr) evidence().own_hang_up = hang_up->index;
  return *this;
}

Occurrence& Occurrence::about(Evidence evidence) {
  evidence_ = std::move(evidence);
  return *this;
}

void Occurrence::expect(bool holds, std::string_view held, std::string_view broken) {
  if (holds)
    pass(std::string(held));
  else
    violated(std::string(broken));
}

void Occurrence::violated_if(bool is_certain, const std::string& message, verdict::Blame blame,
                             std::string_view doubt) {
  if (is_certain) return violated(message);
  inconclusive(blame, message + std::string(doubt));
}

void Occurrence::violated_unless_lost(const std::string& message) {
  check::violated_unless_lost(phone_, judge_, evidence(), message);
}

}  // namespace sipharness::check
