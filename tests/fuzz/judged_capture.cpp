// A capture file from anywhere, judged and told: SIP, DNS, roles, every rule. Reading it alone,
// which is a hundred times faster, is the business of the target capture.

#include <string>

#include "harness/judge/judge.hpp"
#include "harness/story/story.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/scratch_file.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sipharness;
  static const fuzz::ScratchFile file("judged_capture");
  file.write({reinterpret_cast<const char*>(data), size});
  judge::JudgeRequest request;
  request.capture = file.path();
  const auto judged = judge::judge(request);
  if (judged) (void)story::tell(judged->trace, judged->profile, nullptr);
  return 0;
}
