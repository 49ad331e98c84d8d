#include "harness/dns/locator.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace sipharness::dns {
namespace {

std::string service_name(const Locator::Wanted& wanted) {
  return wanted.service + "." + wanted.host;
}

}  // namespace

struct Locator::Search {
  std::vector<Service> targets;
  Done done;
  std::size_t next = 0;  ///< of the targets
  std::vector<Endpoint> found{};
};

bool Locator::knows(const Wanted& wanted) const {
  const RecordType type = resolver_.address_type();
  if (wanted.port) return resolver_.known(wanted.host, type) != nullptr;
  const Message* const services = resolver_.known(service_name(wanted), RecordType::srv);
  return services != nullptr &&
         std::ranges::all_of(services->services, [&](const Service& service) {
           return resolver_.known(service.target, type) != nullptr;
         });
}

void Locator::locate(const Wanted& wanted, Done done) {
  const auto search = std::make_shared<Search>();
  search->done = std::move(done);
  if (wanted.port) {
    search->targets = {{.port = *wanted.port, .target = wanted.host}};
    return look_up_next(search);
  }
  resolver_.lookup(service_name(wanted), RecordType::srv,
                   [this, search, host = wanted.host](const Message& answer) {
                     search->targets = in_order(answer.services);
                     if (search->targets.empty())
                       search->targets = {{.port = default_port, .target = host}};
                     look_up_next(search);
                   });
}

void Locator::look_up_next(const std::shared_ptr<Search>& search) {
  if (search->next == search->targets.size()) return search->done(search->found);
  const Service& target = search->targets[search->next++];
  resolver_.lookup(target.target, resolver_.address_type(),
                   [this, search, port = target.port](const Message& answer) {
                     for (const Answer& one : answer.answers)
                       search->found.push_back({one.address, port});
                     look_up_next(search);
                   });
}

std::vector<Service> Locator::in_order(std::vector<Service> services) {
  std::ranges::stable_sort(services, {}, &Service::priority);
  for (auto first = services.begin(); first != services.end(); ++first) {
    const auto end = std::find_if(
        first, services.end(), [&](const Service& one) { return one.priority != first->priority; });
    const std::uint64_t sum = std::accumulate(
        first, end, std::uint64_t{0},
        [](std::uint64_t so_far, const Service& one) { return so_far + one.weight; });
    if (sum == 0) continue;
    std::uint64_t drawn = rng_.below(sum);
    auto chosen = first;
    for (; drawn >= chosen->weight; ++chosen) drawn -= chosen->weight;
    std::rotate(first, chosen, std::next(chosen));
  }
  return services;
}

}  // namespace sipharness::dns
