#include "harness/host/http/web_thread.hpp"

#include <csignal>
#include <utility>

namespace sipharness::host {
namespace {

constexpr Duration news_period = 200ms;
/// policy: a browser on a busy machine takes seconds to draw a long run.
constexpr Duration time_to_go = 10s;

}  // namespace

WebThread::WebThread(const Endpoint& local, HttpServer::Handler answer, News news)
    : server_(world_, local, std::move(answer)), news_(std::move(news)) {
  tell_news();
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { world_.run(TimePoint::max(), [this] { return stops_.load(); }); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

WebThread::~WebThread() {
  stops_ = true;
  thread_.join();
  server_.broadcast(news_());
  world_.run(world_.now() + time_to_go, [this] { return !server_.has_event_streams(); });
}

void WebThread::tell_news() {
  server_.broadcast(news_());
  timer_ = world_.call_after(news_period, [this] { tell_news(); });
}

}  // namespace sipharness::host
