#pragma once
// The provisioning server of GRP26xx phones as a function: a request in, an answer out. It hands
// out one file, cfg<mac>.xml, made from scenario and profile, and knows no other.
//  1. The phone is the one whose MAC was given; if none was, the first whose User-Agent tells the
//     MAC that it asks for. Every other MAC draws 404 and a note.
//  2. Whatever else is asked for draws 404: phones ask for firmware, ring tones and files of the
//     model as a matter of course. Nothing is read from disk.
//  3. The password stands in the file that is served and nowhere else.
// @source Grandstream, SIP device provisioning guide (2023): file names, User-Agent, both forms

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_servers/provisioning_settings.hpp"
#include "harness/base/expected.hpp"

namespace fake_servers {

/// How the file is written: <P47> under version 1, <item name="account.1.…"> under version 2.
using ProvisioningForm = sipharness::scenario::ProvisioningForm;

/// The file itself. @param mac twelve lower-case hexadecimal digits
std::string provisioning_xml(const std::vector<PhoneSetting>& settings, std::string_view mac,
                             ProvisioningForm form);

/// "C0:74:AD:00:00:01", "c074ad000001" and the like as twelve lower-case digits; nothing if it is
/// no MAC.
std::optional<std::string> parse_mac(std::string_view text);

/// What a phone says of itself when it fetches something.
struct PhoneIdentity {
  std::string model;     ///< "GRP2614"
  std::string firmware;  ///< "1.0.5.15"
  std::string mac;       ///< as parse_mac gives it
};
/// Of "Grandstream Model HW GRP2614 SW 1.0.5.15 DevId c074ad0b63ee"; nothing if it is anything
/// else.
std::optional<PhoneIdentity> parse_phone_agent(std::string_view user_agent);

class Provisioning {
 public:
  enum class Kind : std::uint8_t {
    served,
    unknown_mac,  ///< a configuration file of a phone that is not ours
    no_such_file,
  };
  struct Request {
    std::string_view method;
    std::string_view target;
    std::string_view user_agent;
  };
  struct Answer {
    int status = 404;
    Kind kind = Kind::no_such_file;
    std::string body{};  ///< XML of what was served
    std::string note{};  ///< what happened, for people and the journal; holds no password
  };

  Provisioning(std::vector<PhoneSetting> settings, ProvisioningForm form,
               std::optional<std::string> mac);

  Answer answer(const Request& request);
  /// Given, or learnt.
  const std::optional<std::string>& mac() const { return mac_; }

 private:
  std::vector<PhoneSetting> settings_;
  ProvisioningForm form_;
  std::optional<std::string> mac_;
};

}  // namespace fake_servers
