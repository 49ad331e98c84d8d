#include "harness/host/net/reactor.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace sipharness::host {
namespace {

using boost::asio::posix::stream_descriptor;
using boost::system::error_code;

/// Outlives its Watch while a completion of Asio still names it.
struct Watched : std::enable_shared_from_this<Watched> {
  Watched(boost::asio::io_context& context, int native, std::function<void()> call)
      : descriptor(context, native), readable(std::move(call)) {}

  void await_readable() {
    descriptor.async_wait(stream_descriptor::wait_read,
                          [self = shared_from_this()](const error_code& failure) {
                            if (failure || !self->active) return;
                            self->readable();
                            if (self->active) self->await_readable();
                          });
  }

  void await_writable() {
    descriptor.async_wait(stream_descriptor::wait_write,
                          [self = shared_from_this()](const error_code& failure) {
                            self->awaiting_writable = false;
                            if (failure || !self->active) return;
                            const std::function<void()> call = std::exchange(self->writable, {});
                            if (call) call();
                          });
  }

  stream_descriptor descriptor;
  std::function<void()> readable;
  std::function<void()> writable;
  bool awaiting_writable = false;
  bool active = true;
};

class AsioWatch final : public Reactor::Watch {
 public:
  explicit AsioWatch(std::shared_ptr<Watched> watched) : watched_(std::move(watched)) {
    watched_->await_readable();
  }
  ~AsioWatch() override {
    watched_->active = false;
    watched_->descriptor.release();
  }
  void when_writable(std::function<void()> call) override {
    watched_->writable = std::move(call);
    if (std::exchange(watched_->awaiting_writable, true)) return;
    watched_->await_writable();
  }

 private:
  std::shared_ptr<Watched> watched_;
};

}  // namespace

class Reactor::Impl {
 public:
  explicit Impl(std::function<void()> alarm) : alarm_(std::move(alarm)) {}

  TimePoint now() const { return TimePoint(std::chrono::steady_clock::now() - start_); }

  void run_one() { context_.run_one(); }

  void wake_at(TimePoint at) {
    // Far times (TimePoint::max()) would overflow the steady clock's own.
    constexpr Duration longest_wait = 24h;
    timer_.expires_at(start_ + std::min(at, now() + longest_wait).time_since_epoch());
    timer_.async_wait([this](const error_code& failure) {
      if (!failure) alarm_();
    });
  }

  std::unique_ptr<Watch> watch(int descriptor, std::function<void()> readable) {
    return std::make_unique<AsioWatch>(
        std::make_shared<Watched>(context_, descriptor, std::move(readable)));
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  const std::function<void()> alarm_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> always_busy_{
      context_.get_executor()};
  boost::asio::steady_timer timer_{context_};
};

Reactor::Reactor(std::function<void()> alarm) : impl_(std::make_unique<Impl>(std::move(alarm))) {}
Reactor::~Reactor() = default;
TimePoint Reactor::now() const {
  return impl_->now();
}
void Reactor::run_one() {
  impl_->run_one();
}
void Reactor::wake_at(TimePoint at) {
  impl_->wake_at(at);
}
std::unique_ptr<Reactor::Watch> Reactor::watch(int descriptor, std::function<void()> readable) {
  return impl_->watch(descriptor, std::move(readable));
}

}  // namespace sipharness::host
