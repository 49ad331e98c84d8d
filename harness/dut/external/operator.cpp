#include "harness/dut/external/operator.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace sipharness::dut {
namespace {

constexpr Duration desk_period = 100ms;

}  // namespace

std::string_view to_string(Operator::Answer answer) {
  switch (answer) {
    case Operator::Answer::done:
      return "done";
    case Operator::Answer::not_done:
      return "not done";
    case Operator::Answer::too_late:
      return "no answer in time";
    case Operator::Answer::nobody:
      break;
  }
  return "no terminal";
}

Operator::Operator(host::RealWorld& world, journal::Writer& journal, const Options& options)
    : world_(world), journal_(journal), options_(options) {}

host::Terminal& Operator::terminal() {
  if (!terminal_)
    terminal_.emplace(
        world_, [this](const std::string& line) { on_line(line); }, options_.input,
        options_.output);
  return *terminal_;
}

void Operator::ask(Prompt prompt, Answered answered) {
  prompts_.push_back({std::move(prompt), std::move(answered)});
  if (prompts_.size() == 1) timer_ = world_.call_after(Duration::zero(), [this] { show_next(); });
}

void Operator::show_next() {
  if (prompts_.empty()) return;
  if (!terminal().is_there() && !options_.desk.is_there()) return answer(Answer::nobody);
  const Prompt& prompt = prompts_.front().prompt;
  // What was typed before the question is no answer to it.
  terminal().flush_input();
  terminal().show(fmt::format(">>> {}, then press Enter (n and Enter: it cannot be done; {} left)",
                              prompt.task, format_duration(options_.prompt_timeout)));
  journal_.write(journal::Prompted{prompt.device, prompt.verb, prompt.task});
  is_shown_ = true;
  timer_ = world_.call_after(options_.prompt_timeout, [this] { answer(Answer::too_late); });
  if (!options_.desk.is_there()) return;
  options_.desk.show(prompt.task, options_.prompt_timeout);
  ask_at_desk();
}

void Operator::ask_at_desk() {
  if (const auto is_done = options_.desk.answer())
    return answer(*is_done ? Answer::done : Answer::not_done);
  desk_timer_ = world_.call_after(desk_period, [this] { ask_at_desk(); });
}

void Operator::on_line(const std::string& line) {
  terminal().take_back_line();
  if (!is_shown_) return;
  const auto word = std::ranges::find_if(line, [](char c) { return c != ' '; });
  const bool refuses = word != line.end() && (*word == 'n' || *word == 'N');
  answer(refuses ? Answer::not_done : Answer::done);
}

void Operator::answer(Answer answer) {
  const Asked asked = std::move(prompts_.front());
  prompts_.pop_front();
  desk_timer_.cancel();
  if (options_.desk.is_there()) options_.desk.show({}, {});
  if (std::exchange(is_shown_, false) && answer == Answer::too_late)
    terminal().show(
        fmt::format(">>> no answer to \"{}\": the run goes on without", asked.prompt.task));
  journal_.write(journal::Reported{asked.prompt.device, asked.prompt.verb, answer == Answer::done,
                                   fmt::format("operator: {}", to_string(answer))});
  timer_ = world_.call_after(Duration::zero(), [this] { show_next(); });
  if (asked.answered) asked.answered(answer);
}

}  // namespace sipharness::dut
