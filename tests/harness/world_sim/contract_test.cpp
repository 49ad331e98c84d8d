#include "harness/world_sim/simulated_world.hpp"
#include "tests/support/world_contract.hpp"

namespace sipharness::tests {
namespace {

class SimulatedContractWorld final : public ContractWorld {
 public:
  world::World& world() override { return world_; }
  void run_for(Duration duration) override { ASSERT_TRUE(world_.run(world_.now() + duration)); }
  IpAddress fresh_v4() override { return IpAddress::v4({10, 0, 0, ++last_}); }
  std::optional<IpAddress> v6() override { return IpAddress::parse("fd00::1"); }
  bool can_vanish() const override { return true; }

 private:
  world_sim::SimulatedWorld world_;
  std::uint8_t last_ = 0;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, WorldContract, SimulatedContractWorld);

}  // namespace
}  // namespace sipharness::tests
