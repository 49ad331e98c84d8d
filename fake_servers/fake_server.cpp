#include "fake_servers/fake_server.hpp"

#include "fake_servers/fake_server_impl.hpp"

namespace fake_servers {

FakeServer::FakeServer(sipharness::world::World& world, sipharness::journal::Writer& journal,
                       const sipharness::Rng& rng, FakeServerOptions options)
    : impl_(std::make_unique<Impl>(world, journal, rng, options)) {}

FakeServer::~FakeServer() = default;

void FakeServer::set_zero(TimePoint zero) {
  impl_->set_zero(zero);
}

void FakeServer::enter_phase(const std::string& phase) {
  impl_->enter_phase(phase);
}

void FakeServer::close_port() {
  impl_->set_reach(Reach::closed);
}

void FakeServer::swallow_syns() {
  impl_->set_reach(Reach::swallowing);
}

void FakeServer::unplug() {
  impl_->set_reach(Reach::unplugged);
}

void FakeServer::open_port() {
  impl_->set_reach(Reach::open);
}

void FakeServer::forget_bindings() {
  impl_->forget_bindings();
}

void FakeServer::close_connections(sipharness::scenario::Ending how) {
  impl_->close_connections(how);
}

void FakeServer::call_device(const sipharness::scenario::Sending& how,
                             const std::optional<CallName>& as) {
  impl_->call_device(how, as);
}

std::optional<CallName> FakeServer::last_call() const {
  return impl_->last_call();
}

void FakeServer::hang_up(const sipharness::scenario::Sending& how) {
  impl_->hang_up(how);
}

void FakeServer::request_in_calls(sipharness::sip::Method method) {
  impl_->request_in_calls(method);
}

void FakeServer::send_options(const sipharness::scenario::Sending& how) {
  impl_->send_options(how);
}

void FakeServer::send_stray_bye(const sipharness::scenario::Sending& how) {
  impl_->send_stray_bye(how);
}

void FakeServer::notify_device(const std::string& event, const sipharness::scenario::Sending& how) {
  impl_->notify_device(event, how);
}

void FakeServer::send_raw(const sipharness::scenario::Raw& raw,
                          const sipharness::scenario::Sending& how) {
  impl_->send_raw(raw, how);
}

void FakeServer::send_fetch_notify(const FetchNotify& notify,
                                   const std::function<void(int status)>& done) {
  impl_->send_fetch_notify(notify, done);
}

void FakeServer::note_unmatched_rules() {
  impl_->note_unmatched_rules();
}

}  // namespace fake_servers
