// A stream of SIP messages: however it is cut into segments, the same messages come out, and no
// byte of it is lost or comes twice.

#include <algorithm>
#include <string>
#include <vector>

#include "harness/sip/message.hpp"
#include "harness/sip/transport/stream_framer.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace sipharness::fuzz {
namespace {

using sip::StreamFramer;
using sip::StreamPiece;

struct Framed {
  std::vector<std::string> messages;
  bool is_broken = false;
  std::string pending;
  bool operator==(const Framed&) const = default;
};

class Framing {
 public:
  void push(std::string_view segment) {
    framer_.push(segment);
    while (const auto piece = framer_.next()) {
      expect(piece->offset == taken_, "pieces follow each other without a gap");
      taken_ += piece->bytes.size();
      if (piece->kind == StreamPiece::Kind::message) keep(piece->bytes);
      if (piece->kind == StreamPiece::Kind::broken) {
        framed_.is_broken = true;
        break;
      }
    }
  }

  Framed framed() {
    // A CR waits for its LF where both come alone, and is a keep-alive with what came before it.
    const bool is_kept = !framed_.is_broken && framer_.pending() != "\r";
    if (is_kept) framed_.pending = framer_.pending();
    return framed_;
  }

 private:
  void keep(std::string_view message) {
    const auto view = sip::MessageView::parse(message);
    expect(view.content_length().value_or(0) <= view.body().size(),
           "a message that was framed has all of its body");
    framed_.messages.emplace_back(message);
  }

  StreamFramer framer_{1024};
  std::uint64_t taken_ = 0;
  Framed framed_;
};

Framed in_one_go(std::string_view stream) {
  Framing framing;
  framing.push(stream);
  return framing.framed();
}

/// Each byte of `sizes` is the size of a segment; the last one has the rest.
Framed in_segments(std::string_view stream, std::string_view sizes) {
  Framing framing;
  for (const char size : sizes) {
    const std::size_t length =
        std::min<std::size_t>(static_cast<std::uint8_t>(size), stream.size());
    framing.push(stream.substr(0, length));
    stream.remove_prefix(length);
  }
  framing.push(stream);
  return framing.framed();
}

}  // namespace
}  // namespace sipharness::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sipharness::fuzz;
  Input input(data, size);
  const std::string_view sizes = input.up_to('\n');
  const std::string_view stream = input.rest();
  const Framed whole = in_one_go(stream);
  const Framed cut = in_segments(stream, sizes);
  expect(cut.messages == whole.messages && cut.is_broken == whole.is_broken,
         "segments do not change the messages");
  expect(cut.is_broken || cut.pending == whole.pending, "segments do not change what is left over");
  return 0;
}
