// A stream of SIP messages: however it is cut into segments, the same messages come out, and no
// byte of it is lost or comes twice. Behind a body whose length nobody told, which is as long as
// what came with it, nothing is the same any more.

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
  std::string_view problem;
  std::string pending;
  bool is_guessed = false;  ///< the rest is; nothing is read of it
  bool operator==(const Framed&) const = default;
};

/// Whether the length of its body follows from what came with it.
bool is_of_guessed_length(const StreamPiece& piece) {
  const auto view = sip::MessageView::parse(piece.bytes);
  const bool is_framed =
      piece.kind == StreamPiece::Kind::message || piece.problem == StreamFramer::message_too_long;
  return is_framed && view.has(sip::HeaderId::content_type) &&
         !view.has(sip::HeaderId::content_length);
}

class Framing {
 public:
  void push(std::string_view segment) {
    if (framed_.is_guessed) return;
    framer_.push(segment);
    while (const auto piece = framer_.next()) {
      expect(piece->offset == taken_, "pieces follow each other without a gap");
      taken_ += piece->bytes.size();
      framed_.is_guessed = is_of_guessed_length(*piece);
      if (framed_.is_guessed) return;
      if (piece->kind == StreamPiece::Kind::message) keep(piece->bytes);
      framed_.problem = piece->problem;
    }
  }

  Framed framed() {
    // A CR waits for its LF where both come alone, and is a keep-alive with what came before it.
    const bool is_kept =
        framed_.problem.empty() && !framed_.is_guessed && framer_.pending() != "\r";
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
  expect(cut == whole, "segments do not change the messages, nor what is left over");
  return 0;
}
