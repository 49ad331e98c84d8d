#include "fake_servers/registrar.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/sip/address.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace fake_servers {

namespace scenario = sipharness::scenario;
namespace sip = sipharness::sip;
using std::chrono::seconds;

namespace {

/// policy: of one REGISTER; a device has one or a few.
constexpr std::size_t max_contacts = 64;
constexpr seconds default_expiry{3600};
/// Far beyond any run; keeps hostile numbers out of the arithmetic.
constexpr seconds longest_expiry{2'000'000'000};

std::vector<sip::Address> contacts_of(const MessageView& request) {
  std::vector<sip::Address> contacts;
  for (const sip::Header& header : request.headers_from(HeaderId::contact)) {
    if (header.id != HeaderId::contact) continue;
    auto some = sip::parse_addresses(header.value);
    if (contacts.empty()) {
      contacts = std::move(some);
    } else {
      contacts.insert(contacts.end(), some.begin(), some.end());
    }
  }
  return contacts;
}

/// The contact's parameter beats the header; an unreadable parameter counts as 3600 (§20.10).
seconds asked_expiry(const sip::Address& contact, const MessageView& request) {
  auto asked = request.expires();
  if (const auto parameter = contact.parameter("expires"))
    asked = sip::parse_unsigned<std::uint32_t>(*parameter);
  return asked ? std::min(seconds(*asked), longest_expiry) : default_expiry;
}

seconds granted_expiry(seconds asked, const scenario::Accept& policy) {
  if (!policy.expires) return asked;
  return std::chrono::round<seconds>(*policy.expires);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), sip::lower);
  return result;
}

/// Policy: two contacts are one if user, host, port and transport agree.
std::string key_of(std::string_view contact) {
  const auto uri = sip::parse_uri(contact);
  if (!uri) return std::string(contact);
  std::string key(uri->user);
  key.append(1, '@').append(lower(uri->host)).append(1, ':').append(std::to_string(uri->port));
  return key.append(1, ';').append(lower(uri->parameter("transport").value_or("")));
}

}  // namespace

Registrar::Registrar(ServerCore& core, const std::vector<scenario::Account>& accounts)
    : core_(core) {
  for (const scenario::Account& account : accounts)
    aors_.push_back({account.is_any() ? std::string() : account.user});
}

void Registrar::forget() {
  for (Aor& aor : aors_) aor.bindings.clear();
}

void Registrar::on_register(ServerTransaction& transaction, const scenario::Accept& policy) {
  Aor* const aor = aor_of(transaction.request());
  if (aor == nullptr) return core_.answer(transaction, 404);
  Listed own;
  const int status = update(*aor, transaction, policy, own);
  if (status != 200) return core_.answer(transaction, status);
  answer(aor->bindings, transaction, policy, std::move(own));
}

Registrar::Aor* Registrar::aor_of(const MessageView& request) {
  const auto to = sip::parse_address(request.header(HeaderId::to));
  const auto uri = to ? sip::parse_uri(to->uri) : std::nullopt;
  if (!uri || uri->user.empty()) return nullptr;
  auto found = std::ranges::find(aors_, uri->user, &Aor::user);
  if (found == aors_.end()) {
    found = std::ranges::find(aors_, std::string(), &Aor::user);
    if (found != aors_.end()) found->user = uri->user;
  }
  return found == aors_.end() ? nullptr : &*found;
}

int Registrar::update(Aor& aor, const ServerTransaction& transaction,
                      const scenario::Accept& policy, Listed& own) {
  const MessageView& request = transaction.request();
  Bindings& bindings = aor.bindings;
  const auto contacts = contacts_of(request);
  if (policy.checks_cseq && is_out_of_order(bindings, request)) return 500;
  const auto is_star = [](const sip::Address& contact) { return contact.uri == "*"; };
  if (std::ranges::any_of(contacts, is_star)) return remove_all(bindings, request, contacts.size());
  if (contacts.size() > max_contacts) return 400;
  if (!has_room(bindings, contacts)) return 503;
  const TimePoint now = core_.world.now();
  for (const sip::Address& contact : contacts) {
    const seconds asked = asked_expiry(contact, request);
    const auto binding = bindings.try_emplace(key_of(contact.uri)).first;
    std::erase(own, &binding->second);  // named twice: the last one holds
    if (asked == seconds(0)) {
      bindings.erase(binding);
      continue;
    }
    Binding& made = binding->second;
    made.user = aor.user;
    made.uri = contact.uri;
    made.hop = transaction.hop();
    made.expires = now + granted_expiry(asked, policy);
    made.call_id = request.call_id();
    made.cseq = request.cseq();
    own.push_back(&made);
  }
  return 200;
}

bool Registrar::is_out_of_order(const Bindings& bindings, const MessageView& request) {
  return std::ranges::any_of(bindings, [&](const auto& entry) {
    const Binding& binding = entry.second;
    return binding.call_id == request.call_id() && binding.cseq >= request.cseq();
  });
}

int Registrar::remove_all(Bindings& bindings, const MessageView& request, std::size_t contacts) {
  // §10.3 step 6: "*" stands alone and with Expires: 0.
  if (contacts != 1 || request.expires() != 0u) return 400;
  bindings.clear();
  return 200;
}

void Registrar::answer(const Bindings& bindings, ServerTransaction& transaction,
                       const scenario::Accept& policy, Listed own) {
  const TimePoint now = core_.world.now();
  const auto left = [now](const Binding& binding) {
    return std::to_string(std::chrono::ceil<seconds>(binding.expires - now).count());
  };
  const Binding* const first = own.empty() ? nullptr : own.front();
  list(bindings, now, own);
  auto response = core_.reply(transaction, 200);
  for (const Binding* binding : own) {
    std::string contact;
    contact.reserve(binding->uri.size() + 32);
    contact.append("<").append(binding->uri).append(">");
    if (policy.expires_in_contact) contact.append(";expires=").append(left(*binding));
    response.header(HeaderId::contact, contact);
  }
  if (!policy.expires_in_contact && first != nullptr)
    response.header(HeaderId::expires, left(*first));
  for (const auto& [name, value] : policy.headers) response.header(name, value);
  transaction.respond(response.str());
}

void Registrar::list(const Bindings& bindings, TimePoint now, Listed& list) {
  list.resize(std::min(list.size(), max_listed));
  for (const auto& [key, binding] : bindings) {
    if (list.size() == max_listed) return;
    const bool is_alive = binding.expires > now;
    if (is_alive && std::ranges::count(list, &binding) == 0) list.push_back(&binding);
  }
}

std::vector<Binding> Registrar::bindings() const {
  std::vector<Binding> alive;
  for (const Aor& aor : aors_)
    for (const auto& [key, binding] : aor.bindings)
      if (binding.expires > core_.world.now()) alive.push_back(binding);
  return alive;
}

bool Registrar::has_room(Bindings& bindings, const std::vector<sip::Address>& contacts) {
  const auto is_new = [&](const sip::Address& contact) {
    return !bindings.contains(key_of(contact.uri));
  };
  if (bindings.size() + contacts.size() <= max_bindings) return true;
  const auto added = static_cast<std::size_t>(std::ranges::count_if(contacts, is_new));
  if (bindings.size() + added <= max_bindings) return true;
  const TimePoint now = core_.world.now();
  // Not at every REGISTER: whoever fills it would make each cost as much as all bindings.
  if (std::exchange(swept_, now) < now - seconds(1))
    std::erase_if(bindings, [now](const auto& entry) { return entry.second.expires <= now; });
  return bindings.size() + added <= max_bindings;
}

}  // namespace fake_servers
