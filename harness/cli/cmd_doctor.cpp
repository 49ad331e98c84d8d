// sipharness doctor: what this machine and its privileges allow, and what to do about the rest.

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/doctor/doctor.hpp"

namespace sipharness::cli {
namespace {

struct DoctorArguments {
  std::vector<std::string> scenarios;
  std::string out = "runs";
  std::vector<std::string> bind;
};

void print_diagnosis(const doctor::Diagnosis& diagnosis) {
  print("{:<8} {:<28} {}\n", to_string(diagnosis.health), printable(diagnosis.what),
        printable(diagnosis.found));
  if (!diagnosis.remedy.empty()) print("{:<8} {:<28} -> {}\n", "", "", printable(diagnosis.remedy));
}

int examine(const DoctorArguments& arguments) {
  const auto paths =
      arguments.scenarios.empty() ? std::vector{shipped_scenarios()} : arguments.scenarios;
  const doctor::Plan plan{read_scenarios(paths), shipped_profiles(), arguments.out, arguments.bind};
  doctor::Health worst = doctor::Health::ok;
  for (const doctor::Examination& examination : doctor::examinations()) {
    for (const doctor::Diagnosis& diagnosis : examination.examine(plan)) {
      worst = std::max(worst, diagnosis.health);
      print_diagnosis(diagnosis);
      flush_output();
    }
  }
  print("\n{}\n", worst == doctor::Health::missing
                      ? "What is missing has to be there before all of this can be run."
                      : "Ready to run in real time.");
  return worst == doctor::Health::missing ? cannot_run : passed;
}

}  // namespace

void add_doctor(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<DoctorArguments>();
  CLI::App* command = app.add_subcommand(
      "doctor", "Tell what this machine and its privileges allow, and what to do about the rest");
  command->footer(
      "Exit code 0: all that runs in real time need is here (a warning costs\n"
      "accuracy); 4: something is missing.");
  command
      ->add_option("scenario", arguments->scenarios,
                   "What is to be run here (default: every shipped scenario)")
      ->type_name("SCENARIO");
  command->add_option("--out", arguments->out, "Where run folders will go (default runs)")
      ->type_name("DIR");
  command
      ->add_option("--bind", arguments->bind,
                   "Where the servers will stand: addresses or interfaces (default loopback)")
      ->type_name("ADDRESS|INTERFACE");
  command->callback([arguments, &exit_code] { exit_code = examine(*arguments); });
}

}  // namespace sipharness::cli
