#include "harness/dut/phone/phone.hpp"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"

namespace sipharness::dut {
namespace {

using scenario::DeviceStep;
using scenario::DeviceVerb;

/// policy: a handset that was told to reboot is down by then, and one that was told to fetch its
/// configuration has it or never will.
constexpr Duration longest_farewell = 10s;
/// policy: how often it is asked whether it is registered.
constexpr Duration poll_period = 2s;
/// policy: a re-INVITE is over by then, and the line shows what came of it.
constexpr Duration line_settles = 1s;

constexpr int answered_by_nobody = 0;

constexpr std::string_view no_passcode =
    "the phone cannot be driven without its passcode, the password of its admin or user: give "
    "--phone-passcode-env NAME or --phone-passcode-file FILE";

bool is_success(int status) {
  return status / 100 == 2;
}

/// The command of api-phone_operation; empty for a verb that has none.
std::string_view command_of(DeviceVerb verb) {
  switch (verb) {
    case DeviceVerb::answer:
      return "acceptcall";
    case DeviceVerb::reject:
      return "rejectcall";
    case DeviceVerb::hang_up:
      return "endcall";
    case DeviceVerb::hold:
    case DeviceVerb::resume:
      return "holdcall";
    default:
      return {};
  }
}

}  // namespace

Phone::Phone(world::World& world, journal::Writer& journal, PhoneOptions options)
    : world_(world), journal_(journal), options_(std::move(options)), api_(world, options_.api) {}

bool Phone::perform(const DeviceStep& step) {
  if (step.verb == DeviceVerb::boot && !std::exchange(has_booted_, true))
    boot();
  else if (is_drivable_)
    perform_driven(step);
  else
    options_.prompt(step);
  return false;
}

void Phone::boot() {
  const bool has_passcode = options_.api.passcode.has_value();
  const bool needs_web =
      options_.must_be_driven || (options_.start == PhoneStart::reboot && has_passcode);
  if (!needs_web) return start_anew();
  if (!has_passcode) return give_up_driving(std::string(no_passcode));
  is_up_ = options_.start != PhoneStart::reboot;
  api_.accounts([this](const Body& accounts) {
    if (!accounts) return give_up_driving(accounts.error().text());
    report("remote_control", true, "api-get_accounts answers");
    start_anew();
  });
}

void Phone::give_up_driving(const std::string& why) {
  report("remote_control", false, why);
  if (!options_.prompt) throw SetupError(why);
  is_drivable_ = false;
  is_up_ = true;
  options_.tell(why + "; what it is to do is asked of you");
  if (options_.start == PhoneStart::reboot) options_.prompt({DeviceVerb::boot, {}});
}

void Phone::start_anew() {
  switch (options_.start) {
    case PhoneStart::none:
      return follow_registration();
    case PhoneStart::resync:
      return nudge("resync");
    case PhoneStart::reboot:
      return options_.api.passcode ? reboot({DeviceVerb::boot, {}})
                                   : nudge("check-sync;reboot=true");
  }
}

void Phone::nudge(const std::string& event) {
  is_up_ = false;
  options_.notify(event, [this, event](int status) {
    const std::string what = status == answered_by_nobody
                                 ? fmt::format("NOTIFY {}: no answer", event)
                                 : fmt::format("NOTIFY {}: answered {}", event, status);
    report("boot", is_success(status), what);
    if (is_success(status)) {
      former_life_ = world_.call_after(longest_farewell, [this] { leave_former_life(); });
      return;
    }
    options_.tell(what +
                  "; reboot the phone by hand, or let the harness do it over the web "
                  "interface: --reprovision reboot, and its passcode");
    leave_former_life();
  });
}

void Phone::reboot(const DeviceStep& step) {
  is_up_ = false;
  api_.reboot([this, step](const Body& reply) {
    conclude(step, reply, "api-sys_operation: it reboots");
    if (!reply) return leave_former_life();
    former_life_ = world_.call_after(longest_farewell, [this] { leave_former_life(); });
  });
}

void Phone::leave_former_life() {
  former_life_.cancel();
  if (std::exchange(is_up_, true)) return;
  poll_ = world_.call_after(poll_period, [this] { follow_registration(); });
}

void Phone::follow_registration() {
  if (!options_.api.passcode) return;
  api_.accounts([this](const Body& accounts) {
    if (accounts && is_registered(*accounts))
      return report("register", true, "api-get_accounts: account 1 is registered");
    poll_ = world_.call_after(poll_period, [this] { follow_registration(); });
  });
}

void Phone::perform_driven(const DeviceStep& step) {
  const std::string_view command = command_of(step.verb);
  switch (step.verb) {
    case DeviceVerb::dial:
      may_be_in_call_ = true;
      return api_.make_call(step.number, [this, step](const Body& reply) {
        conclude(step, reply, "api-make_call: it dials");
      });
    case DeviceVerb::hold:
      return hold(step);
    case DeviceVerb::resume:
      return resume(step);
    case DeviceVerb::restart:
      return reboot(step);
    case DeviceVerb::boot:
    case DeviceVerb::shutdown:
    case DeviceVerb::move:
      return fail(step, "the web interface has no function for it");
    case DeviceVerb::answer:
    case DeviceVerb::reject:
    case DeviceVerb::hang_up:
      break;
  }
  may_be_in_call_ = step.verb == DeviceVerb::answer;
  api_.operate(command, [this, step, command](const Body& reply) {
    conclude(step, reply, fmt::format("api-phone_operation: {} was taken", command));
  });
}

void Phone::hold(const DeviceStep& step) {
  api_.operate("holdcall", [this, step](const Body& reply) {
    if (!reply) return fail(step, reply.error().text());
    confirm_line(step, "onhold");
  });
}

/// The guide knows no function for it; on sibling phones holdcall takes a held call up again.
void Phone::resume(const DeviceStep& step) {
  api_.line_status([this, step](const Body& lines) {
    if (!lines) return fail(step, lines.error().text());
    if (busiest_line(*lines) != "onhold") return fail(step, "no line of the phone is on hold");
    api_.operate("holdcall", [this, step](const Body& reply) {
      if (!reply) return fail(step, reply.error().text());
      confirm_line(step, "connected");
    });
  });
}

void Phone::confirm_line(const DeviceStep& step, const std::string& wanted) {
  confirmation_ = world_.call_after(line_settles, [this, step, wanted] {
    api_.line_status([this, step, wanted](const Body& lines) {
      if (!lines) return fail(step, lines.error().text());
      const std::string state = busiest_line(*lines);
      if (state != wanted) return fail(step, fmt::format("its line is {}, not {}", state, wanted));
      report(to_string(step.verb), true, "api-get_line_status: " + state);
    });
  });
}

void Phone::conclude(const DeviceStep& step, const Body& reply, std::string_view done) {
  if (!reply) return fail(step, reply.error().text());
  report(to_string(step.verb), true, std::string(done));
}

void Phone::fail(const DeviceStep& step, const std::string& why) {
  report(to_string(step.verb), false, why);
  options_.tell(fmt::format("{}: {}", to_string(step.verb), why));
  if (options_.prompt) options_.prompt(step);
}

void Phone::report(std::string_view verb, bool ok, const std::string& what) {
  journal_.write(journal::Reported{options_.name, std::string(verb), ok, what});
}

void Phone::on_action_url(const ActionReport& report_from_phone) {
  if (report_from_phone.event == "setupCompleted") leave_former_life();
  if (report_from_phone.event == "terminatedCall") may_be_in_call_ = false;
  report(report_from_phone.event, true, "action URL: " + report_from_phone.details);
}

void Phone::on_fetch(bool was_given, const std::string& what) {
  if (was_given) leave_former_life();
  report("fetch", was_given, what);
}

void Phone::stop() {
  poll_.cancel();
  if (!may_be_in_call_ || !is_drivable_) return;
  const auto is_done = std::make_shared<bool>(false);
  api_.operate("endcall", [is_done](const Body&) { *is_done = true; });
  options_.wait_until([is_done] { return *is_done; });
}

}  // namespace sipharness::dut
