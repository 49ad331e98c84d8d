#include "fake_servers/name_server.hpp"

#include <chrono>

namespace fake_servers {

namespace dns = sipharness::dns;
namespace scenario = sipharness::scenario;

namespace {

sipharness::Endpoint endpoint_of(const scenario::NameServer& server) {
  return {*server.address, server.port};
}

}  // namespace

NameServer::NameServer(sipharness::world::World& world, const scenario::Scenario& scenario,
                       std::optional<sipharness::TimePoint> zero)
    : scenario_(scenario),
      clock_{world, zero},
      port_(world.open_datagram(endpoint_of(*scenario.dns), *this)) {}

const scenario::NameRecord* NameServer::record_for(const std::string& name) const {
  const sipharness::Duration now = clock_.now();
  for (const scenario::NameRecord& record : scenario_.dns->records)
    if (record.name == name && now >= record.from.value_or(now) &&
        (!record.until || now < *record.until))
      return &record;
  return nullptr;
}

void NameServer::add_services(const scenario::NameRecord& record, dns::Message& answer) {
  if (answer.type != dns::RecordType::srv) return;
  for (const scenario::ServiceTarget& target : record.services)
    answer.services.push_back(
        {target.priority, target.weight, target.port, target.name,
         std::chrono::duration_cast<std::chrono::seconds>(record.time_to_live)});
}

void NameServer::add_addresses(const scenario::NameRecord& record, dns::Message& answer) const {
  for (const scenario::NameTarget& target : record.targets) {
    const auto address = target.address ? target.address : scenario_.server(target.server).address;
    const bool is_wanted =
        answer.type == (address->is_v4() ? dns::RecordType::a : dns::RecordType::aaaa);
    if (is_wanted)
      answer.answers.push_back(
          {*address, std::chrono::duration_cast<std::chrono::seconds>(record.time_to_live)});
  }
}

void NameServer::on_datagram(const sipharness::Endpoint& from, std::string_view payload) {
  auto message = dns::parse(payload);
  if (!message || message->is_response) return;
  message->is_response = true;
  const scenario::NameRecord* record = record_for(message->name);
  if (record == nullptr) {
    message->code = dns::ResponseCode::no_such_name;
  } else {
    if (record->answer == scenario::NameAnswer::silence) return;
    message->code =
        record->answer == scenario::NameAnswer::no_such_name     ? dns::ResponseCode::no_such_name
        : record->answer == scenario::NameAnswer::server_failure ? dns::ResponseCode::server_failure
                                                                 : dns::ResponseCode::ok;
    add_addresses(*record, *message);
    add_services(*record, *message);
  }
  port_->send(from, dns::encode(*message));
}

}  // namespace fake_servers
