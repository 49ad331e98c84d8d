#include "harness/host/process/spawn.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/posix.hpp>
#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/host/machine/descriptors.hpp"
#include "harness/host/machine/probes.hpp"

namespace sipharness::host {
namespace {

namespace bp = boost::process;

struct Ends {
  Descriptor ours;
  Descriptor theirs;
};

Ends checked(int result, const int (&ends)[2]) {
  if (result != 0)
    throw SetupError(fmt::format("cannot start another program: {}", std::strerror(errno)));
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Ends make_input() {
  int ends[2] = {-1, -1};
  return checked(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ends);
}

Ends make_output() {
  int ends[2] = {-1, -1};
  return checked(::pipe2(ends, O_CLOEXEC), ends);
}

/// Of the harness's own environment only what every program needs: a run must not depend on the
/// rest of it, and it may hold passwords.
bp::environment environment_of(const ChildProcess::Program& program) {
  bp::environment environment;
  for (const char* const name : {"PATH", "LANG", "LC_ALL", "TZ"})
    if (const char* const value = std::getenv(name)) environment[name] = value;
  for (const auto& [name, value] : program.environment) environment[name] = value;
  return environment;
}

/// Between fork and exec: system calls only.
void become_a_device(pid_t harness, const char* folder) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != harness) ::_exit(127);  // it died before that took hold
  const sched_param ordinary{};
  ::sched_setscheduler(0, SCHED_OTHER, &ordinary);
  if (::getpriority(PRIO_PROCESS, 0) < 0) ::setpriority(PRIO_PROCESS, 0, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  restore_descriptor_limit();
  ::umask(S_IRWXG | S_IRWXO);  // what it keeps in its home may hold the password
  // Sockets of libraries that forgot to say so themselves are not for the program either.
  constexpr unsigned close_on_exec = 4;  // CLOSE_RANGE_CLOEXEC
  ::syscall(SYS_close_range, 3U, ~0U, close_on_exec);
  if (::chdir(folder) != 0) ::_exit(127);
}

}  // namespace

Spawned spawn(const ChildProcess::Program& program) {
  const std::optional<std::string> path = find_program(program.command.front());
  if (!path)
    throw SetupError(fmt::format("there is no program \"{}\" here", program.command.front()));
  Ends input = make_input();
  Ends output = make_output();
  const std::vector<std::string> arguments(program.command.begin() + 1, program.command.end());
  bp::environment environment = environment_of(program);
  const pid_t harness = ::getpid();
  try {
    bp::child child(
        bp::exe = *path, bp::args = arguments, environment,
        bp::posix::fd.bind(STDIN_FILENO, input.theirs.number()),
        bp::posix::fd.bind(STDOUT_FILENO, output.theirs.number()),
        bp::posix::fd.bind(STDERR_FILENO, output.theirs.number()),
        bp::extend::on_exec_setup = [harness, folder = program.folder.c_str()](auto&) {
          become_a_device(harness, folder);
        });
    const pid_t id = child.id();
    child.detach();
    ::setpgid(id, id);  // whoever comes first: a signal to the group must find it
    return {id, std::move(input.ours), std::move(output.ours)};
  } catch (const bp::process_error& error) {
    throw SetupError(fmt::format("cannot start {}: {}", *path, error.code().message()));
  }
}

}  // namespace sipharness::host
