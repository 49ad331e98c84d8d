// A capture file from anywhere, read, judged and told: frames, fragments, tunnels, streams, DNS,
// SIP, every rule. A capture that cannot be read says why.

#include <string>

#include "harness/judge/judge.hpp"
#include "harness/story/story.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/scratch_file.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sipharness;
  static const fuzz::ScratchFile file("capture");
  file.write({reinterpret_cast<const char*>(data), size});
  judge::JudgeRequest request;
  request.capture = file.path();
  const auto judged = judge::judge(request);
  if (!judged) {
    fuzz::expect(!judged.error().text().empty(), "a capture that cannot be read says why");
    return 0;
  }
  (void)story::tell(judged->trace, judged->profile, nullptr);
  return 0;
}
