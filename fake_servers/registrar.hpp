#pragma once
// The location service of one server: bindings of the accounts' AORs, made, refreshed and removed
// by REGISTER.
//  1. It grants what was asked (3600 s if nothing was asked) unless a rule says else; where that is
//     0 s the contact is listed with it, and the binding has lapsed.
//  2. The answer lists the request's own contacts first and at most max_listed in all, so that it
//     stays one datagram.
//  3. An account that may be any (user "*") becomes that of the first user who registers and has
//     none: so many strangers are taken in as there are such accounts, the others draw 404.
//  4. A REGISTER of more contacts than any device has draws 400, one that fills an AOR 503.
//  5. CSeq is compared with earlier registrations only where a rule says so; a fake registrar never
//     votes.
// @source RFC 3261 §10.3

#include <map>
#include <string>
#include <vector>

#include "fake_servers/server_core.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/sip/address.hpp"

namespace fake_servers {

struct Binding {
  std::string user;  ///< of its AOR
  std::string uri;   ///< the Contact as it was registered, without its parameters
  Hop hop;           ///< by which the REGISTER came
  TimePoint expires;
  std::string call_id{};  ///< of the REGISTER that made or renewed it last
  std::uint32_t cseq = 0;
};

class Registrar {
 public:
  static constexpr std::size_t max_bindings = 16'384;  ///< of one AOR
  static constexpr std::size_t max_listed = 10;

  Registrar(ServerCore& core, const std::vector<sipharness::scenario::Account>& accounts);

  void on_register(ServerTransaction& transaction, const sipharness::scenario::Accept& policy);
  void forget();
  /// Those that have not lapsed, of every AOR.
  std::vector<Binding> bindings() const;

 private:
  using Key = std::string;  ///< a URI reduced to what tells contacts apart
  using Bindings = std::map<Key, Binding>;
  struct Aor {
    std::string user;  ///< empty: not taken yet
    Bindings bindings{};
  };

  /// The one in To; null if it is nobody's.
  Aor* aor_of(const MessageView& request);
  using Listed = std::vector<const Binding*>;

  /// The status of the answer; fills `own` with the bindings that the request made or refreshed.
  int update(Aor& aor, const ServerTransaction& transaction,
             const sipharness::scenario::Accept& policy, Listed& own);
  /// Its CSeq does not rise above that of a binding with the same Call-ID. @source §10.3 step 7
  static bool is_out_of_order(const Bindings& bindings, const MessageView& request);
  static int remove_all(Bindings& bindings, const MessageView& request, std::size_t contacts);
  void answer(const Bindings& bindings, ServerTransaction& transaction,
              const sipharness::scenario::Accept& policy, Listed own);
  /// Adds the others that have not lapsed.
  static void list(const Bindings& bindings, TimePoint now, Listed& list);
  /// For those among the contacts that are new; known ones can be refreshed when it is full.
  bool has_room(Bindings& bindings, const std::vector<sipharness::sip::Address>& contacts);

  ServerCore& core_;
  std::vector<Aor> aors_;
  TimePoint swept_ = TimePoint::min();  ///< when lapsed bindings were dropped last
};

}  // namespace fake_servers
