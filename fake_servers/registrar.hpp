#pragma once
// The location service of one server: bindings of the account's AOR, made, refreshed and removed by
// REGISTER.
//  1. It grants what was asked (at least 1 s, 3600 s if nothing was asked) unless a rule says else.
//  2. The answer lists the request's own contacts first and at most max_listed in all, so that it
//     stays one datagram.
//  3. Policy: CSeq is not compared with earlier registrations; a fake registrar never votes.
// @source RFC 3261 §10.3

#include <map>
#include <string>
#include <vector>

#include "fake_servers/station.hpp"
#include "harness/scenario/scenario.hpp"

namespace fake_servers {

struct Binding {
  std::string uri;  ///< the Contact as it was registered, without its parameters
  Hop hop;          ///< by which the REGISTER came
  TimePoint expires;
};

class Registrar {
 public:
  static constexpr std::size_t max_bindings = 16'384;
  static constexpr std::size_t max_listed = 10;

  Registrar(Station& station, std::string user);

  void on_register(ServerTransaction& transaction, const sipharness::scenario::Accept& policy);
  void forget() { bindings_.clear(); }
  /// Those that have not lapsed.
  std::vector<Binding> bindings() const;

 private:
  using Key = std::string;  ///< a URI reduced to what tells contacts apart

  /// The status of the answer; fills `own` with the keys of the contacts it touched.
  int update(const ServerTransaction& transaction, const sipharness::scenario::Accept& policy,
             std::vector<Key>& own);
  int remove_all(const MessageView& request, std::size_t contacts);
  void answer(ServerTransaction& transaction, const sipharness::scenario::Accept& policy,
              const std::vector<Key>& own);
  std::vector<const Binding*> listed(const std::vector<Key>& own) const;
  void drop_lapsed();

  Station& station_;
  std::string user_;
  std::map<Key, Binding> bindings_;
};

}  // namespace fake_servers
