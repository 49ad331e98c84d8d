#pragma once
// A GRP26xx on the desk, driven over its web interface. Nothing here waits: an action is sent, what
// the phone replies comes to the journal as Reported. It is the phone's word, not evidence.
//  1. The first boot asks the phone whether it can be driven at all; then it makes the phone start
//     anew, as the options say.
//  2. A phone that cannot be driven ends the run with a SetupError if the scenario needs it to be,
//     unless there is a person to ask: then every action becomes a prompt.
//  3. What has no function (shutdown, switching on again) is a prompt too; without a person the
//     action is reported as not done.
// @source GRP26xx CTI guide (2023-10-18). Not measured on a phone

#include <functional>
#include <string>
#include <string_view>

#include "harness/dut/device.hpp"
#include "harness/dut/phone/action_url.hpp"
#include "harness/dut/phone/phone_api.hpp"
#include "harness/journal/journal.hpp"

namespace sipharness::dut {

/// What the first boot of a scenario does to a phone that is switched on already.
enum class PhoneStart : std::uint8_t {
  none,    ///< nothing: its next REGISTER begins the scenario
  resync,  ///< a NOTIFY makes it fetch its configuration
  reboot,  ///< it reboots, and fetches it then: over its web interface, without passcode by NOTIFY
};

struct PhoneOptions {
  std::string name = "phone";
  PhoneApi::Options api;
  PhoneStart start = PhoneStart::none;
  bool must_be_driven = true;  ///< the scenario has more device actions than a boot
  /// Makes a server send a NOTIFY of this event; told the status of the answer, 0 for none.
  std::function<void(const std::string& event, std::function<void(int status)>)> notify;
  /// Asks a person to do it; empty: there is nobody to ask.
  std::function<void(const scenario::DeviceStep&)> prompt;
  /// Something the person at the terminal should know now.
  std::function<void(const std::string&)> tell;
  /// Lets the world go on until that comes true, a few seconds at most.
  std::function<void(const std::function<bool()>&)> wait_until;
};

class Phone final : public Device {
 public:
  Phone(world::World& world, journal::Writer& journal, PhoneOptions options);

  const std::string& name() const override { return options_.name; }
  bool perform(const scenario::DeviceStep& step) override;
  bool is_up() const override { return is_up_; }
  /// Hangs up what is still on.
  void stop() override;

  void on_action_url(const ActionReport& report);
  /// It asked for a file; whether it was given one, and what to say of it.
  void on_fetch(bool was_given, const std::string& what);

 private:
  using Step = scenario::DeviceStep;
  using Body = Expected<json::Value>;

  void boot();
  void give_up_driving(const std::string& why);
  void start_anew();
  void nudge(const std::string& event);
  void reboot(const Step& step);
  void follow_registration();
  void hold(const Step& step);
  void resume(const Step& step);
  void confirm_line(const Step& step, const std::string& wanted);

  void perform_driven(const Step& step);
  void conclude(const Step& step, const Body& reply, std::string_view done);
  void fail(const Step& step, const std::string& why);
  void report(std::string_view verb, bool ok, const std::string& what);
  void leave_former_life();

  world::World& world_;
  journal::Writer& journal_;
  PhoneOptions options_;
  PhoneApi api_;
  bool has_booted_ = false;
  bool is_up_ = true;
  bool is_drivable_ = true;
  bool may_be_in_call_ = false;
  world::Timer former_life_;
  world::Timer poll_;
  world::Timer confirmation_;
};

}  // namespace sipharness::dut
