#include <optional>

#include "harness/base/setup_error.hpp"
#include "tests/harness/host/host_test_support.hpp"
#include "tests/support/world_contract.hpp"

namespace sipharness::tests {
namespace {

class RealContractWorld final : public ContractWorld {
 public:
  world::World& world() override { return world_; }
  void run_for(Duration duration) override { world_.run(world_.now() + duration, {}); }
  IpAddress fresh_v4() override { return host::own_address(++used_); }
  std::optional<IpAddress> v6() override {
    const IpAddress loopback = *IpAddress::parse("::1");
    DatagramRecorder nobody;
    try {
      (void)world_.open_datagram({loopback, 0}, nobody);
    } catch (const SetupError&) {
      return std::nullopt;
    }
    return loopback;
  }
  bool can_vanish() const override { return true; }

 private:
  host::RealWorld world_;
  std::uint8_t used_ = 0;
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Real, WorldContract, RealContractWorld);

}  // namespace sipharness::tests
