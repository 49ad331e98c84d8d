#pragma once
// Netstrings, "5:hello,", as baresip's ctrl_tcp frames its JSON. What comes in is hostile: a text
// is bounded, and after an error nothing more is read, since the framing is lost.
// @source cr.yp.to/proto/netstrings.txt

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sipharness::dut {

std::string netstring(std::string_view text);

/// A command, "dial sip:2001@host", as ctrl_tcp wants it: {"command":"dial","params":"sip:…"}.
std::string netstring_command(std::string_view command);

class NetstringReader {
 public:
  static constexpr std::size_t longest_text = 65536;

  /// Gives every whole text to `on_text`; what is wrong with the framing, once.
  std::optional<std::string> feed(std::string_view bytes,
                                  const std::function<void(std::string_view)>& on_text);

 private:
  std::optional<std::string> take_one(const std::function<void(std::string_view)>& on_text,
                                      bool& took);

  std::string buffer_;
  bool lost_ = false;
};

}  // namespace sipharness::dut
