#pragma once
// A server in a process of its own, so that its CPU time and its lateness are its alone: one of
// ours, or SIPp. It dies with the benchmark.

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "harness/host/real_world.hpp"

namespace sipharness::bench {

/// A port of `address` that nobody holds at the moment.
inline Endpoint free_endpoint(const IpAddress& address) {
  host::RealWorld world;
  struct Deaf final : world::DatagramHandler {
    void on_datagram(const Endpoint&, std::string_view) override {}
    void on_unreachable(const Endpoint&, Unreachable) override {}
  } deaf;
  return world.open_datagram(Endpoint{address, 0}, deaf)->local();
}

inline bool is_bound(const Endpoint& local) {
  const std::string port = fmt::format(":{:04X} 00000000:0000", local.port);
  std::ifstream table("/proc/net/udp");
  for (std::string line; std::getline(table, line);)
    if (line.find(port) != std::string::npos) return true;
  return false;
}

/// What SIPp's process does: it plays `scenario`, a file of tests/bench/data.
inline void serve_by_sipp(const std::string& scenario, const Endpoint& local) {
  const int nowhere = open("/dev/null", O_RDWR);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, standard);
  const std::string file = std::string(SOURCE_ROOT "/tests/bench/data/") + scenario;
  const std::string address = local.address.text();
  const std::string port = std::to_string(local.port);
  execlp("sipp", "sipp", "-sf", file.c_str(), "-i", address.c_str(), "-p", port.c_str(), "-nostdin",
         "-timeout", "60", nullptr);
}

class ServerProcess {
 public:
  /// Forks; the child calls `serve`, which is not to return.
  explicit ServerProcess(const std::function<void()>& serve) : child_(fork()) {
    if (child_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve();
    _exit(1);
  }
  ~ServerProcess() { stop(); }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// Gives it up to ten seconds to take its port.
  static bool await_bound(const Endpoint& local) {
    using namespace std::chrono_literals;
    for (int tries = 0; tries < 1000 && !is_bound(local); ++tries)
      std::this_thread::sleep_for(10ms);
    return is_bound(local);
  }

  /// Ends it; what it used.
  rusage stop() {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      wait4(child_, nullptr, 0, &usage_);
      child_ = 0;
    }
    return usage_;
  }

 private:
  pid_t child_;
  rusage usage_{};
};

}  // namespace sipharness::bench
