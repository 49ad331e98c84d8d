#include "harness/dut/process/channel.hpp"

#include <utility>

namespace sipharness::dut {

Channel::Channel(host::RealWorld& world, const scenario::Control& control, Handlers handlers)
    : framing_(control.framing),
      handlers_(std::move(handlers)),
      lines_(handlers_.on_news),
      socket_(world, control.address,
              {.on_open = handlers_.on_open,
               .on_bytes = [this](std::string_view bytes) { on_bytes(bytes); },
               .on_end = [this] { lose("the control connection was closed"); }}) {}

void Channel::send(const std::string& command) {
  const bool is_json = framing_ == scenario::Framing::netstring_json;
  socket_.send(is_json ? netstring_command(command) : command + "\n");
}

void Channel::on_bytes(std::string_view bytes) {
  if (framing_ == scenario::Framing::lines) return lines_.feed(bytes);
  if (const auto problem = netstrings_.feed(bytes, handlers_.on_news))
    lose("the control connection sent " + *problem);
}

void Channel::lose(const std::string& why) {
  if (std::exchange(lost_, true)) return;
  handlers_.on_lost(why);
}

}  // namespace sipharness::dut
