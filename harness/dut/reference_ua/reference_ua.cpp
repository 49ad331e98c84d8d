#include "harness/dut/reference_ua/reference_ua.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/dut/reference_ua/boot_cycle.hpp"

namespace sipharness::dut {

using scenario::DeviceVerb;

namespace {

/// Of the deviation restarts_by_itself.
constexpr Duration time_to_restart = 30s;

}  // namespace

class ReferenceUa::Impl {
 public:
  Impl(world::World& world, const Rng& rng, ReferenceUaOptions options)
      : world_(world), rng_(rng), options_(std::move(options)) {
    cycle_ = new_cycle();
    // A port picked once is kept over restarts.
    options_.local = cycle_->local();
  }

  const std::string& name() const { return options_.name; }

  bool perform(const scenario::DeviceStep& step) {
    if (step.verb == DeviceVerb::boot || step.verb == DeviceVerb::restart) return boot();
    if (!running_ || cycle_->is_dead()) return false;
    switch (step.verb) {
      case DeviceVerb::dial:
        return cycle_->dial(step.number);
      case DeviceVerb::answer:
        return cycle_->calls().answer();
      case DeviceVerb::reject:
        return cycle_->calls().reject();
      case DeviceVerb::hang_up:
        return cycle_->calls().hang_up();
      case DeviceVerb::hold:
        return cycle_->calls().set_direction(sip::MediaDirection::sendonly);
      case DeviceVerb::resume:
        return cycle_->calls().set_direction(sip::MediaDirection::sendrecv);
      case DeviceVerb::move:
        return move();
      default:
        running_ = false;
        cycle_->shut_down();
        return true;
    }
  }

 private:
  std::unique_ptr<BootCycle> new_cycle() {
    return std::make_unique<BootCycle>(world_, rng_.fork(fmt::format("boot {}", boots_)), options_);
  }

  /// The first boot takes the port that is open already; a later one forgets everything first.
  bool boot() {
    if (boots_ > 0) {
      cycle_.reset();
      cycle_ = new_cycle();
    }
    const bool is_first = boots_++ == 0;
    const auto& deviations = options_.deviations;
    if (is_first && has(deviations, Deviation::restarts_by_itself))
      restart_ = world_.call_after(time_to_restart, [this] { boot(); });
    running_ = true;
    cycle_->start();
    return true;
  }

  bool move() {
    if (!options_.elsewhere) return false;
    std::swap(options_.local.address, *options_.elsewhere);
    cycle_->move_to(options_.local.address);
    return true;
  }

  world::World& world_;
  Rng rng_;
  ReferenceUaOptions options_;
  std::unique_ptr<BootCycle> cycle_;
  world::Timer restart_;
  int boots_ = 0;
  bool running_ = false;
};

ReferenceUa::ReferenceUa(world::World& world, const Rng& rng, ReferenceUaOptions options)
    : impl_(std::make_unique<Impl>(world, rng, std::move(options))) {}

ReferenceUa::~ReferenceUa() = default;

const std::string& ReferenceUa::name() const {
  return impl_->name();
}

bool ReferenceUa::perform(const scenario::DeviceStep& step) {
  return impl_->perform(step);
}

}  // namespace sipharness::dut
