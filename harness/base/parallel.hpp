#pragma once
// The same work for many things, on several cores: judging, where each phone stands for itself.
// Nothing in a world uses it.

#include <cstddef>
#include <functional>

namespace sipharness {

/// Calls `work(index, worker)` for every index below `count`, on `workers` threads (0: as many as
/// there are cores; never more than there is work). Workers are numbered from 0; each takes the
/// next index that nobody has. What a worker throws is thrown here, once all have ended.
void for_each_index(std::size_t count, unsigned workers,
                    const std::function<void(std::size_t index, unsigned worker)>& work);

/// How many workers that would be.
unsigned worker_count(std::size_t count, unsigned workers);

}  // namespace sipharness
