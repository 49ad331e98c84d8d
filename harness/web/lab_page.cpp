#include "harness/web/lab_page.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/host/http/secret.hpp"
#include "harness/host/machine/local_addresses.hpp"
#include "harness/host/process/signals.hpp"

namespace sipharness::web {
namespace {

/// policy: what of a log is shown; it goes to each page again as it grows.
constexpr std::size_t most_lines = 40;
constexpr std::size_t longest_line = 200;

}  // namespace

LabPage::LabPage(const LabPageOptions& options)
    : token_(options.token),
      site_({options.folder, host::make_secret(), options.token},
            {.state = [this] { return state(); },
             .report = [this] { return report(); },
             .answer = [this](unsigned prompt, bool done) { take_answer(prompt, done); },
             .stop = [] { host::interrupt(); }}) {
  thread_.emplace(
      options.local, [this](const host::HttpRequest& request) { return site_.answer(request); },
      [this] {
        std::string now = state();
        if (now == last_state_) return std::string();
        last_state_ = std::move(now);
        return as_event(last_state_);
      });
}

std::string LabPage::link() const {
  const std::string page = fmt::format("http://{}/", thread_->local().text());
  return token_.empty() ? page : fmt::format("{}?token={}", page, host::percent_encoded(token_));
}

std::vector<Endpoint> LabPage::endpoints() const {
  const Endpoint& local = thread_->local();
  std::vector<Endpoint> endpoints{local};
  for (const host::LocalAddress& one : host::local_addresses())
    endpoints.push_back({one.address, local.port});
  return endpoints;
}

void LabPage::begin(const std::string& run, const std::string& run_folder) {
  board_.with([&](Board& board) {
    board.state = {};
    board.state.phase = "running";
    board.state.run = run;
    board.run_folder = run_folder;
  });
}

void LabPage::show(Duration now, Duration duration, const std::string& awaiting) {
  board_.with([&](Board& board) {
    board.state.now = now;
    board.state.duration = duration;
    board.state.awaiting = awaiting;
  });
}

void LabPage::serve(const std::string& scenario, const std::string& run_folder) {
  begin(scenario, run_folder);
  enter("serving");
}

void LabPage::say(const std::string& line) {
  board_.with([&](Board& board) {
    board.state.log.push_back(line.substr(0, longest_line));
    if (board.state.log.size() > most_lines) board.state.log.pop_front();
  });
}

void LabPage::enter(const std::string& phase) {
  board_.with([&](Board& board) {
    board.state.phase = phase;
    board.state.prompt = 0;
    board.state.awaiting.clear();
  });
}

dut::OperatorDesk LabPage::desk() {
  return {.show = [this](const std::string& task, Duration time) { ask(task, time); },
          .answer =
              [this] {
                return board_.with([](Board& board) { return std::exchange(board.answer, {}); });
              }};
}

void LabPage::ask(const std::string& task, Duration time) {
  board_.with([&](Board& board) {
    board.answer.reset();
    board.state.prompt = task.empty() ? 0 : ++board.prompts;
    board.state.task = task;
    board.prompt_ends = board.state.now + time;
  });
}

/// What was asked before is answered already, or too late.
void LabPage::take_answer(unsigned prompt, bool done) {
  board_.with([&](Board& board) {
    if (board.state.prompt == prompt && prompt != 0) board.answer = done;
  });
}

std::string LabPage::state() {
  Board now = board_.with([](Board& board) {
    board.state.left = std::max(Duration::zero(), board.prompt_ends - board.state.now);
    return board;
  });
  now.state.report = watch_.version(now.run_folder);
  return reports::live_state(now.state);
}

std::optional<std::string> LabPage::report() {
  return report_in(board_.with([](Board& board) { return board.run_folder; }));
}

}  // namespace sipharness::web
