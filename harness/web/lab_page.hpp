#pragma once
// The live page of a lab: served from a thread of its own while runs are played, which tell it what
// is to be seen and ask it what a person said there. Its public functions never wait for a browser.

#include <optional>
#include <string>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/dut/external/desk.hpp"
#include "harness/host/guarded.hpp"
#include "harness/host/http/web_thread.hpp"
#include "harness/web/lab_site.hpp"
#include "harness/web/past_runs.hpp"
#include "reports/live_page.hpp"

namespace sipharness::web {

struct LabPageOptions {
  Endpoint local;      ///< port 0 picks one
  std::string token;   ///< empty: none is needed
  std::string folder;  ///< with the run folders
};

class LabPage {
 public:
  /// Throws SetupError.
  explicit LabPage(const LabPageOptions& options);

  /// For a browser, with the token.
  std::string link() const;
  /// Where its server is met: what goes there belongs into no capture.
  std::vector<Endpoint> endpoints() const;

  /// A run begins; its report, as far as it is, comes to stand in `run_folder`.
  void begin(const std::string& run, const std::string& run_folder);
  void show(Duration now, Duration duration, const std::string& awaiting);
  /// Servers alone, which say what comes; the last lines are shown.
  void serve(const std::string& scenario, const std::string& run_folder);
  void say(const std::string& line);
  /// "judging", "ended".
  void enter(const std::string& phase);
  /// Asks there what a person is asked. Not longer than this page lives.
  dut::OperatorDesk desk();

 private:
  struct Board {
    reports::LiveState state;
    std::string run_folder;
    unsigned prompts = 0;  ///< so many were shown
    Duration prompt_ends{};
    std::optional<bool> answer;
  };

  void ask(const std::string& task, Duration time);
  void take_answer(unsigned prompt, bool done);
  std::string state();
  std::optional<std::string> report();

  std::string token_;
  host::Guarded<Board> board_;
  ReportWatch watch_;  ///< on the thread of the page
  std::string last_state_;
  LabSite site_;
  std::optional<host::WebThread> thread_;
};

}  // namespace sipharness::web
