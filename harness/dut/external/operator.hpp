#pragma once
// The person at the device: is asked on the terminal, and at a desk if there is one, to do what no
// driver can, and says at either when it is done. Whoever has a device without a way to tell it
// something uses this.
//  1. One prompt is shown at a time, in the order they were asked; its time counts from then.
//  2. Each prompt is journalled twice: `prompted` when it is shown, `reported` when it is answered,
//     timed out, or when nobody is there to ask. ask() itself answers nothing.
//  3. Nothing waits: the run goes on, whatever the person does.

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "harness/dut/external/desk.hpp"
#include "harness/host/terminal.hpp"
#include "harness/journal/journal.hpp"

namespace sipharness::dut {

/// Something a person is to do.
struct Prompt {
  std::string device;  ///< as the journal calls it
  std::string verb;    ///< of the step: "dial"
  std::string task;    ///< "dial 2001"; the rest of the sentence is the operator's
};

class Operator {
 public:
  enum class Answer : std::uint8_t { done, not_done, too_late, nobody };
  using Answered = std::function<void(Answer)>;

  struct Options {
    Duration prompt_timeout = std::chrono::seconds(60);  ///< for each prompt
    int input = 0;                                       ///< descriptors of the terminal
    int output = 2;
    OperatorDesk desk{};
  };
  Operator(host::RealWorld& world, journal::Writer& journal, const Options& options);

  void ask(Prompt prompt, Answered answered = {});
  /// Whether a prompt is shown or waits for its turn.
  bool is_asking() const { return !prompts_.empty(); }
  /// Something to know, nothing to do.
  void tell(std::string_view text) { terminal().show(text); }

 private:
  struct Asked {
    Prompt prompt;
    Answered answered;
  };
  /// The keyboard is left alone until somebody is asked.
  host::Terminal& terminal();
  void show_next();
  void on_line(const std::string& line);
  void ask_at_desk();
  void answer(Answer answer);

  host::RealWorld& world_;
  journal::Writer& journal_;
  Options options_;
  std::deque<Asked> prompts_;  ///< the first is the one shown
  bool is_shown_ = false;
  world::Timer timer_;
  world::Timer desk_timer_;
  std::optional<host::Terminal> terminal_;
};

/// "done", "not done", "no answer in time", "no terminal".
std::string_view to_string(Operator::Answer answer);

}  // namespace sipharness::dut
