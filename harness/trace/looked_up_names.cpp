#include "harness/trace/looked_up_names.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "harness/sip/text.hpp"

namespace sipharness::trace {
namespace {

/// policy: behind one name; whoever has more is no server.
constexpr std::size_t most_names = 64;

std::string lowered(std::string_view name) {
  std::string lower;
  std::ranges::transform(name, std::back_inserter(lower), sip::lower);
  if (lower.ends_with('.')) lower.pop_back();
  return lower;
}

/// "example.com" of its service "_sip._udp.example.com"; empty for any other name.
std::string_view domain_of_service(std::string_view name) {
  if (!name.starts_with('_')) return {};
  const std::string_view service = name.substr(1, name.find('.') - 1);
  if (service != "sip" && service != "sips") return {};
  const std::size_t dot = name.find('.', name.find('.') + 1);
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

void add_once(std::vector<std::string>& names, std::string name) {
  if (names.size() < most_names && std::ranges::find(names, name) == names.end())
    names.push_back(std::move(name));
}

}  // namespace

LookedUpNames::LookedUpNames(const std::vector<Lookup>& lookups) {
  for (const Lookup& lookup : lookups)
    for (const dns::Record& record : lookup.records) add(record);
}

void LookedUpNames::add(const dns::Record& record) {
  add_once(next_[record.name], record.target.empty() ? record.address.text() : record.target);
  if (const std::string_view domain = domain_of_service(record.name); !domain.empty())
    add_once(next_[std::string(domain)], record.name);
  if (record.type != dns::RecordType::srv) return;
  std::vector<Target>& targets = services_[record.name];
  const auto known = std::ranges::find(targets, record.target, &Target::name);
  if (known == targets.end() && targets.size() < most_names)
    targets.push_back({record.target, record.priority});
  else if (known != targets.end() && known->priority != record.priority)
    changing_.insert(record.name);
}

const LookedUpNames::Behind& LookedUpNames::behind(std::string_view name) const {
  const std::string lower = lowered(name);
  const auto known = found_.find(lower);
  return known != found_.end() ? known->second
                               : found_.emplace(lower, find_behind(lower)).first->second;
}

LookedUpNames::Behind LookedUpNames::find_behind(const std::string& name) const {
  Behind found;
  std::vector<std::string> open{name};
  while (!open.empty() && found.names.size() < most_names) {
    std::string one = std::move(open.back());
    open.pop_back();
    if (found.names.contains(one)) continue;
    const auto next = next_.find(one);
    if (next != next_.end())
      open.insert(open.end(), next->second.begin(), next->second.end());
    else if (!IpAddress::parse(one))
      found.is_known = false;
    found.names.insert(std::move(one));
  }
  found.is_known = found.is_known && open.empty();
  return found;
}

std::optional<bool> LookedUpNames::leads_to(std::string_view name, const IpAddress& address) const {
  const Behind& reached = behind(name);
  if (reached.names.contains(address.text())) return true;
  return reached.is_known ? std::optional(false) : std::nullopt;
}

bool LookedUpNames::leads_to_both(std::string_view name, const IpAddress& one,
                                  const IpAddress& other) const {
  return leads_to(name, one) == true && leads_to(name, other) == true;
}

std::optional<std::uint16_t> LookedUpNames::priority_in(const std::vector<Target>& targets,
                                                        const IpAddress& address) const {
  std::optional<std::uint16_t> lowest;
  for (const Target& target : targets)
    if (leads_to(target.name, address) == true)
      lowest = std::min(lowest.value_or(target.priority), target.priority);
  return lowest;
}

std::optional<TriedInOrder> LookedUpNames::order(std::string_view name, const IpAddress& one,
                                                 const IpAddress& other) const {
  std::optional<TriedInOrder> found;
  for (const std::string& reached : behind(name).names) {
    const auto service = services_.find(reached);
    if (service == services_.end()) continue;
    const auto first = priority_in(service->second, one);
    const auto second = priority_in(service->second, other);
    if (!first || !second || *first == *second || changing_.contains(reached)) continue;
    const bool contradicts = found && (found->one < found->other) != (*first < *second);
    if (contradicts) return std::nullopt;
    if (!found || reached < found->service) found = {reached, *first, *second};
  }
  return found;
}

}  // namespace sipharness::trace
