#include "harness/stage/phone_desk.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "fake_servers/provisioning.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/setup_error.hpp"
#include "harness/dut/external/external_device.hpp"
#include "harness/dut/phone/phone.hpp"
#include "harness/host/http/server.hpp"
#include "harness/stage/place/targets.hpp"

namespace sipharness::stage {
namespace {

using fake_servers::Provisioning;
using scenario::DeviceStep;
using scenario::DeviceVerb;

constexpr std::uint16_t sip_port = 5060;  ///< P40, as it is provisioned
constexpr Duration longest_farewell = 3s;

/// policy: so many addresses that are not the phone's are told of.
constexpr std::size_t most_strangers = 8;

/// The command line has looked at it.
Endpoint phone_endpoint(const Production& production) {
  const auto endpoint = phone_endpoint(production.options.device);
  SIPHARNESS_ASSERT(endpoint.has_value(), "phone desk", TimePoint{});
  return *endpoint;
}

Endpoint harness_endpoint(const Production& production) {
  return {*production.scenario.server("primary").address, production.options.phone.http_port};
}

void require_reachable(const Production& production) {
  const auto is_loopback = [](const IpAddress& address) {
    return address == *IpAddress::parse("::1") || (address.is_v4() && address.bytes()[0] == 127);
  };
  const IpAddress phone = phone_endpoint(production).address;
  const IpAddress harness = harness_endpoint(production).address;
  if (is_loopback(harness) && !is_loopback(phone))
    throw SetupError(
        fmt::format("the servers stand at {}, where the phone at {} cannot reach them: give --bind "
                    "with this machine's address on the phone's network",
                    harness.text(), phone.text()));
}

scenario::PhoneDriving driving_of(const Production& production) {
  return production.profile.phone.value_or(scenario::PhoneDriving{});
}

std::optional<std::string> passcode_of(const Production& production) {
  const std::optional<scenario::Password>& given = production.options.phone.passcode;
  if (!given) return scenario::resolve(driving_of(production).passcode);
  auto passcode = scenario::resolve(given);
  if (!passcode)
    throw SetupError(
        fmt::format("the passcode of the phone is not available from {}", given->value));
  return passcode;
}

dut::PhoneStart start_of(const PhoneChoice& choice, bool has_passcode) {
  switch (choice.reprovision) {
    case Reprovision::none:
      return dut::PhoneStart::none;
    case Reprovision::resync:
      return dut::PhoneStart::resync;
    case Reprovision::reboot:
      return dut::PhoneStart::reboot;
    case Reprovision::automatic:
      break;
  }
  return has_passcode ? dut::PhoneStart::reboot : dut::PhoneStart::none;
}

bool must_be_driven(const scenario::Scenario& scenario) {
  const auto actions = std::ranges::count_if(scenario.timeline, [](const scenario::Step& step) {
    return std::holds_alternative<DeviceStep>(step.what);
  });
  return actions > 1;
}

Provisioning provisioning_for(const Production& production) {
  auto settings = fake_servers::settings_for(
      {production.scenario, production.profile,
       scenario::resolve(production.profile.account.password), harness_endpoint(production)});
  if (!settings) throw SetupError(settings.error().text());
  return {std::move(*settings), driving_of(production).provisioning, production.options.phone.mac};
}

/// The phone and its web server as one device.
class PhoneDesk final : public dut::Device {
 public:
  explicit PhoneDesk(const RealServices& services)
      : services_(services),
        provisioning_(provisioning_for(services.production)),
        phone_(services.world, services.journal, phone_options()),
        server_(services.world, harness_endpoint(services.production),
                [this](const host::HttpRequest& request) { return serve(request); }) {}

  const std::string& name() const override { return phone_.name(); }
  bool perform(const DeviceStep& step) override { return phone_.perform(step); }
  bool is_up() const override { return phone_.is_up(); }
  void stop() override { phone_.stop(); }

 private:
  dut::PhoneOptions phone_options() {
    const Production& production = services_.production;
    dut::PhoneOptions options;
    options.api = {.phone = phone_endpoint(production),
                   .harness = harness_endpoint(production).address,
                   .passcode = passcode_of(production),
                   .answer_within = driving_of(production).answer_within};
    options.start = start_of(production.options.phone, options.api.passcode.has_value());
    options.must_be_driven = must_be_driven(production.scenario);
    options.notify = [this](const std::string& event, std::function<void(int)> done) {
      notify(event, std::move(done));
    };
    options.tell = [this](const std::string& text) { tell(text); };
    if (production.options.phone.prompts)
      options.prompt = [this](const DeviceStep& step) { ask(step); };
    options.wait_until = [this](const std::function<bool()>& done) {
      services_.world.run(services_.world.now() + longest_farewell, done);
    };
    return options;
  }

  void ask(const DeviceStep& step) {
    const bool was_off = std::exchange(is_off_, step.verb == DeviceVerb::shutdown);
    services_.person.ask({phone_.name(), std::string(to_string(step.verb)),
                          dut::task_of(step, "the phone", was_off)});
  }

  void notify(const std::string& event, std::function<void(int)> done) {
    const Endpoint phone{phone_endpoint(services_.production).address, sip_port};
    services_.server("primary").send_fetch_notify(
        {event, phone, services_.production.profile.account}, std::move(done));
  }

  /// The file holds the password, and an action URL moves the run: both are the phone's alone.
  bool is_from_phone(const host::HttpRequest& request) {
    const IpAddress phone = phone_endpoint(services_.production).address;
    const IpAddress& from = request.from.address;
    if (from == phone || services_.production.options.phone.is_behind_nat) return true;
    if (strangers_.size() == most_strangers || !strangers_.insert(from).second) return false;
    const std::string what = fmt::format(
        "{} asked for what is only for the phone at {} and was refused (403): if it is the phone "
        "behind a NAT, give --phone-behind-nat and --phone-mac",
        from.text(), phone.text());
    services_.journal.write(journal::Remark{what});
    tell(what);
    return false;
  }

  host::HttpResponse serve(const host::HttpRequest& request) {
    if (!is_from_phone(request)) return {forbidden, "text/plain", {}};
    if (const auto report = dut::parse_action_url(request.target)) {
      phone_.on_action_url(*report);
      return {};
    }
    const Provisioning::Answer answer =
        provisioning_.answer({request.method, request.target, request.user_agent});
    const bool is_configuration = answer.kind != Provisioning::Kind::no_such_file;
    if (is_configuration) {
      phone_.on_fetch(answer.status == ok, answer.note);
      if (answer.status != ok) tell(answer.note);
    }
    return {answer.status, is_configuration ? "application/xml" : "text/plain", answer.body};
  }

  void tell(const std::string& text) const {
    if (services_.production.options.tell) services_.production.options.tell(text);
  }

  static constexpr int ok = 200;
  static constexpr int forbidden = 403;

  RealServices services_;
  bool is_off_ = false;  ///< a person was asked to switch it off
  std::set<IpAddress> strangers_;
  Provisioning provisioning_;
  dut::Phone phone_;
  host::HttpServer server_;
};

}  // namespace

std::unique_ptr<dut::Device> make_phone(const RealServices& services) {
  require_reachable(services.production);
  return std::make_unique<PhoneDesk>(services);
}

std::vector<Endpoint> http_endpoints(const Production& production) {
  std::vector<Endpoint> endpoints = production.options.unrecorded;
  if (production.options.device.kind == DeviceKind::phone) {
    endpoints.push_back(phone_endpoint(production));
    endpoints.push_back(harness_endpoint(production));
  }
  return endpoints;
}

}  // namespace sipharness::stage
