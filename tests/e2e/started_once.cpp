// A program that is started once, for LD_PRELOAD: each command is a fork of it at the beginning of
// main(). To be loaded and linked takes longer than most commands, with sanitizers ten times as
// long. On the socket whose number the variable STARTED_ONCE holds come four bytes, with them what
// is to be standard input, output and error, and as many bytes as the four say: arguments, each
// ended by a zero byte. Back goes the status of its end, as waitpid() gives it.
// With sanitizers a fork takes longer than what it does, for the memory that they keep beside its
// own. Where STARTED_ONCE_CHECKS is set, `check`, which leaves nothing behind, is called by the
// program itself, and leaks are looked for at its end.

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

using Main = int (*)(int, char**, char**);
Main program = nullptr;

constexpr std::size_t standard_streams = 3;
using Streams = std::array<int, standard_streams>;

/// How many bytes of arguments follow; nothing at the end of the socket.
std::uint32_t receive(int socket, Streams& streams) {
  std::uint32_t length = 0;
  iovec part{&length, sizeof length};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(Streams))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const cmsghdr* header = nullptr;
  if (::recvmsg(socket, &message, MSG_WAITALL) == sizeof length) header = CMSG_FIRSTHDR(&message);
  if (header == nullptr) return 0;
  std::memcpy(streams.data(), CMSG_DATA(header), sizeof streams);
  return length;
}

std::vector<char*> split(std::string& arguments, char* name) {
  std::vector<char*> all{name};
  for (std::size_t at = 0; at < arguments.size(); at = arguments.find('\0', at) + 1)
    all.push_back(arguments.data() + at);
  all.push_back(nullptr);
  return all;
}

void become_standard(const Streams& streams) {
  for (std::size_t stream = 0; stream < streams.size(); ++stream) {
    ::dup2(streams.at(stream), static_cast<int>(stream));
    ::close(streams.at(stream));
  }
}

int call(std::vector<char*> arguments) {
  return program(static_cast<int>(arguments.size() - 1), arguments.data(), ::environ);
}

/// Serves the socket until it ends. In a fork, which has done its command: the exit code.
int serve(int socket, char* name) {
  const bool calls_checks = ::getenv("STARTED_ONCE_CHECKS") != nullptr;
  const int own_errors = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  Streams streams{};
  while (const std::uint32_t length = receive(socket, streams)) {
    std::string arguments(length, '\0');
    ::recv(socket, arguments.data(), length, MSG_WAITALL);
    const bool forks = !calls_checks || arguments.c_str() != std::string_view("check");
    const pid_t child = forks ? ::fork() : 0;
    if (child < 0) std::abort();
    int status = 0;
    if (child == 0) {
      if (forks) ::close(socket);
      become_standard(streams);
      const int code = call(split(arguments, name));
      if (forks) return code;
      std::fflush(nullptr);
      ::dup2(own_errors, STDERR_FILENO);
      status = W_EXITCODE(code, 0);
    } else {
      for (const int stream : streams) ::close(stream);
      ::waitpid(child, &status, 0);
    }
    ::send(socket, &status, sizeof status, MSG_NOSIGNAL);
  }
  return EXIT_SUCCESS;
}

int begin(int count, char** words, char** environment) {
  const char* const number = ::getenv("STARTED_ONCE");
  if (number == nullptr) return program(count, words, environment);
  const int socket = std::atoi(number);
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  ::unsetenv("LD_PRELOAD");
  ::unsetenv("STARTED_ONCE");
  return serve(socket, *words);
}

}  // namespace

extern "C" int __libc_start_main(Main main, int count, char** words, void (*init)(), void (*fini)(),
                                 void (*end)(), void* stack) {
  using Start = int (*)(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);
  program = main;
  const auto start = reinterpret_cast<Start>(::dlsym(RTLD_NEXT, "__libc_start_main"));
  return start(begin, count, words, init, fini, end, stack);
}
