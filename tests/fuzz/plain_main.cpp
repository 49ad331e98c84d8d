// Runs a fuzz target without libFuzzer, so that every build with tests fuzzes it briefly:
//     fuzz_NAME COPIES LIST         each file named in LIST, and so many damaged copies of it
//     fuzz_NAME FILE...             these alone, as libFuzzer's own main does
// Copies are damaged as bytes, or as the target's own mutator does it. The damage follows from the
// file alone: what passes here passes on every machine, whatever other files there are. What the
// process dies of lies in ./finding-NAME then.

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <sys/time.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "harness/base/rng.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace sipharness::fuzz {
namespace {

constexpr std::size_t longest = 64 * 1024;

/// What the target is reading; kept where a signal handler finds it.
std::string current;
std::string finding;

/// What is being damaged, and by what chance.
std::string original;
Rng chance(0);

void keep_current(int signal) {
  const int file = open(finding.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const bool is_kept =
      file >= 0 && write(file, current.data(), current.size()) == std::ssize(current);
  constexpr std::string_view told = "the input is in ./";
  if (is_kept && write(STDERR_FILENO, told.data(), told.size()) > 0 &&
      write(STDERR_FILENO, finding.data(), finding.size()) > 0)
    (void)!write(STDERR_FILENO, "\n", 1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(std::string input) {
  current = std::move(input);
  // Of processor time: one input that takes so long is a finding too, a busy machine is none.
  const itimerval limit{.it_interval = {}, .it_value = {.tv_sec = 20, .tv_usec = 0}};
  setitimer(ITIMER_PROF, &limit, nullptr);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(current.data()), current.size());
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    fmt::print(stderr, "{} cannot be read\n", path);
    std::exit(2);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> contents_of_listed(const std::string& list) {
  std::istringstream names(contents(list));
  std::vector<std::string> found;
  for (std::string name; std::getline(names, name, ',');) found.push_back(contents(name));
  return found;
}

/// A byte that means something to a parser, more often than not.
char telling_byte(Rng& rng) {
  constexpr std::string_view telling = "\r\n\r\n:;,<>\"\\@=/?[]{}% \t*0129aZ\0\x7f\xff";
  if (rng.below(4) == 0) return static_cast<char>(rng.below(256));
  return telling[rng.below(telling.size())];
}

void damage(std::string& text, Rng& rng) {
  const std::size_t at = rng.below(text.size() + 1);
  const std::size_t length = 1 + rng.below(16);
  switch (rng.below(6)) {
    case 0:
      if (at < text.size()) text[at] = telling_byte(rng);
      break;
    case 1:
      text.insert(at, 1 + length / 4, telling_byte(rng));
      break;
    case 2:
      text.erase(at, length);
      break;
    case 3:
      text.insert(rng.below(text.size() + 1), text.substr(at, length * 8));
      break;
    case 4:
      text.insert(at, original.substr(rng.below(original.size() + 1), length * 16));
      break;
    default:
      if (rng.below(8) == 0) text.resize(at);
  }
}

/// As the target has it done, or as bytes.
std::size_t mutate(std::uint8_t* data, std::size_t size) {
  if (LLVMFuzzerCustomMutator == nullptr) return LLVMFuzzerMutate(data, size, longest);
  return LLVMFuzzerCustomMutator(data, size, longest, static_cast<unsigned>(chance.next()));
}

void run_with_copies(const std::string& seed, int copies) {
  run(seed);
  original = seed;
  chance = Rng(fnv1a(seed));
  std::vector<std::uint8_t> copy(std::max(longest, seed.size()));
  for (; copies > 0; --copies) {
    std::size_t size = seed.size();
    std::copy(seed.begin(), seed.end(), copy.begin());
    for (std::uint64_t left = 1 + chance.below(8); left > 0; --left)
      size = mutate(copy.data(), size);
    run({copy.begin(), copy.begin() + static_cast<std::ptrdiff_t>(size)});
  }
}

void run_list(int copies, const std::string& list) {
  const std::vector<std::string> seeds = contents_of_listed(list);
  for (const std::string& seed : seeds) run_with_copies(seed, copies);
  fmt::print("{} files, {} damaged copies of each\n", seeds.size(), copies);
}

}  // namespace
}  // namespace sipharness::fuzz

std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most) {
  using namespace sipharness::fuzz;
  std::string text(data, data + size);
  damage(text, chance);
  text.resize(std::min(text.size(), most));
  std::copy(text.begin(), text.end(), data);
  return text.size();
}

int main(int argc, char** argv) {
  using namespace sipharness::fuzz;
  const std::vector<std::string> arguments(argv, argv + argc);
  const std::string& program = arguments[0];
  finding = "finding-" + program.substr(program.rfind('/') + 1);
  for (const int signal : {SIGABRT, SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGPROF})
    std::signal(signal, keep_current);
  const bool is_list =
      argc == 3 && arguments[1].find_first_not_of("0123456789") == std::string::npos;
  if (is_list) {
    run_list(std::stoi(arguments[1]), arguments[2]);
    return 0;
  }
  for (int i = 1; i < argc; ++i) run(contents(arguments[static_cast<std::size_t>(i)]));
  return 0;
}
