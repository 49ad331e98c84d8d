// What harness and phone say to each other over HTTP stays out of the capture.

#include "harness/stage/live/unrecorded.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/host/http/client.hpp"
#include "harness/host/http/server.hpp"
#include "harness/world_sim/simulated_world.hpp"
#include "tests/support/world_recorders.hpp"

namespace sipharness::stage {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

const Endpoint web = *Endpoint::parse("10.0.0.50:80");
const Endpoint sip = *Endpoint::parse("10.0.0.50:5060");
const IpAddress harness = *IpAddress::parse("10.0.0.1");

struct Frames final : packet::FrameSink {
  void on_frame(const packet::FrameView& frame) override { bytes.emplace_back(frame.bytes); }
  std::vector<std::string> bytes;
};

class WithAPhone : public testing::Test {
 protected:
  /// A request with a secret, and the same word over a connection of no concern.
  void talk() {
    const host::HttpServer server(world_, web, [](const host::HttpRequest&) {
      return host::HttpResponse{200, "text/plain", "the secret again"};
    });
    host::HttpClient client(world_, harness);
    client.get(web, "/secret", [](const host::HttpOutcome&) {});
    const tests::StreamServer other(world_, sip);
    tests::StreamRecorder peer;
    peer.stream = world_.connect({harness, 0}, sip, peer);
    peer.stream->send("no matter");
    world_.run(world_.now() + 10s);
  }

  world_sim::SimulatedWorld world_;
  Frames frames_;
};

TEST_F(WithAPhone, its_http_is_not_recorded_and_everything_else_is) {
  Unrecorded filter({web, {harness, 8080}}, frames_);
  world_.set_sink(&filter);
  talk();
  EXPECT_THAT(frames_.bytes, Each(Not(HasSubstr("secret"))));
  EXPECT_THAT(frames_.bytes, Contains(HasSubstr("no matter")));
}

TEST_F(WithAPhone, everything_is_recorded_where_nothing_is_secret) {
  Unrecorded filter({}, frames_);
  world_.set_sink(&filter);
  talk();
  EXPECT_THAT(frames_.bytes, Contains(HasSubstr("secret")));
}

}  // namespace
}  // namespace sipharness::stage
