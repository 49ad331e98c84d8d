#include "harness/host/process/control_socket.hpp"

#include <memory>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/files/files.hpp"
#include "harness/host/net/socket.hpp"
#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

struct Controller {
  Controller(RealWorld& real_world, const std::string& address)
      : world(real_world),
        socket(world, address,
               {.on_open = [this] { open = true; },
                .on_bytes = [this](std::string_view bytes) { heard.append(bytes); },
                .on_end = [this] { ended = true; }}) {}
  RealWorld& world;
  bool open = false;
  bool ended = false;
  std::string heard;
  ControlSocket socket;
};

TEST(ControlSocket, waits_for_the_device_to_listen_then_talks_to_it) {
  RealWorld world;
  const Endpoint endpoint = own_endpoint(77, 4444);
  Controller controller(world, endpoint.text());
  world.run(world.now() + 100ms, {});
  EXPECT_FALSE(controller.open);

  StreamServer device(world, endpoint);
  ASSERT_TRUE(run_until(world, [&] { return controller.open; }));
  controller.socket.send("hello");
  ASSERT_TRUE(run_until(
      world, [&] { return !device.accepted.empty() && device.accepted[0]->received == "hello"; }));
  device.accepted[0]->stream->send("news");
  ASSERT_TRUE(run_until(world, [&] { return controller.heard == "news"; }));
  device.accepted[0]->stream.reset();
  EXPECT_TRUE(run_until(world, [&] { return controller.ended; }));
}

TEST(ControlSocket, speaks_to_unix_sockets_too) {
  const files::TemporaryFolder folder;
  const std::string path = folder.path() + "/control";
  const Descriptor listener(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  ASSERT_EQ(::bind(listener.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
            0);
  ASSERT_EQ(::listen(listener.number(), 1), 0);

  RealWorld world;
  Controller controller(world, path);
  ASSERT_TRUE(run_until(world, [&] { return controller.open; }));
  const Descriptor peer(::accept(listener.number(), nullptr, nullptr));
  controller.socket.send("quit\n");
  char text[16] = {};
  EXPECT_EQ(::read(peer.number(), text, sizeof(text)), 5);
  EXPECT_EQ(std::string(text), "quit\n");
}

TEST(ControlSocket, refuses_what_is_no_address) {
  RealWorld world;
  EXPECT_THROW(ControlSocket(world, "localhost", {}), SetupError);
  EXPECT_THROW(ControlSocket(world, "/" + std::string(200, 'x'), {}), SetupError);
}

}  // namespace
}  // namespace sipharness::host
