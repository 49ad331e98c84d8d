#pragma once
// A fake registrar and the REGISTERs it is put under load with, the same in either world.

#include <memory>
#include <string>

#include <fmt/format.h>

#include "fake_servers/fake_server.hpp"
#include "harness/sip/builder.hpp"

namespace fake_servers {

using sipharness::Endpoint;
namespace world = sipharness::world;

/// A request of about 600 bytes. Every number is a call of its own: SIPp wants it so.
inline std::string register_request(int number, const Endpoint& server, const Endpoint& client) {
  using sipharness::sip::HeaderId;
  const std::string aor = fmt::format("\"1001\" <sip:1001@{}>", server.text());
  return sipharness::sip::MessageBuilder::request("REGISTER", "sip:" + server.text())
      .header(HeaderId::via,
              fmt::format("SIP/2.0/UDP {};branch=z9hG4bK{:016x};rport", client.text(), number))
      .header(HeaderId::from, aor + ";tag=9fxced76sl")
      .header(HeaderId::to, aor)
      .header(HeaderId::call_id, fmt::format("{:016x}@phone.example.com", number))
      .header(HeaderId::cseq, fmt::format("{} REGISTER", number))
      .header(HeaderId::contact,
              fmt::format(
                  "<sip:1001@{}>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000000000000>\"",
                  client.text()))
      .header(HeaderId::max_forwards, "70")
      .header(HeaderId::expires, "120")
      .header(HeaderId::user_agent, "Grandstream GRP2614 1.0.9.23")
      .header(HeaderId::supported, "path")
      .header(HeaderId::allow,
              "INVITE, ACK, OPTIONS, CANCEL, BYE, SUBSCRIBE, NOTIFY, INFO, REFER, UPDATE")
      .str();
}

/// A fake server that keeps no journal.
class Registrar {
 public:
  Registrar(world::World& world, const Endpoint& local, const sipharness::sip::Timers& timers = {})
      : server_(world, journal_, sipharness::Rng(1), options(local, timers)) {}

 private:
  class NoJournal final : public sipharness::journal::Writer {
   public:
    void write(const sipharness::journal::Event&) override {}
  };

  static FakeServerOptions options(const Endpoint& local, const sipharness::sip::Timers& timers) {
    FakeServerOptions made;
    made.server.name = "primary";
    made.server.address = local.address;
    made.server.port = local.port;
    made.domain = local.address.text();
    made.timers = timers;
    return made;
  }

  NoJournal journal_;
  FakeServer server_;
};

}  // namespace fake_servers
