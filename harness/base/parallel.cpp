#include "harness/base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace sipharness {

void for_each_index(std::size_t count, unsigned workers,
                    const std::function<void(std::size_t index)>& work) {
  if (workers == 0) workers = std::max(std::thread::hardware_concurrency(), 1U);
  const auto team = static_cast<unsigned>(std::clamp<std::size_t>(count, 1, workers));
  std::atomic<std::size_t> next = 0;
  std::vector<std::exception_ptr> failures(team);
  const auto run = [&](unsigned worker) {
    try {
      for (std::size_t index = next++; index < count; index = next++) work(index);
    } catch (...) {
      failures[worker] = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  others.reserve(team);
  try {
    for (unsigned worker = 1; worker < team; ++worker) others.emplace_back(run, worker);
  } catch (const std::exception&) {
    // Where the system gives no more threads, those that are there do the work.
  }
  run(0);
  for (std::thread& other : others) other.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

}  // namespace sipharness
