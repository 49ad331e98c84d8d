#include "harness/observed/stream_use.hpp"

#include <set>

#include "harness/observed/client_transactions.hpp"

namespace sipharness::observed {

StreamUse stream_use(const Phone& phone, ServerRole server) {
  StreamUse use;
  std::set<Endpoint> connections;
  for (const Transaction* request : client_transactions(phone)) {
    if (request->server != server || is_unreliable(phone, *request)) continue;
    if (use.requests++ == 0) use.first = request;
    connections.insert(opening(phone, *request).source);
  }
  use.connections = connections.size();
  return use;
}

}  // namespace sipharness::observed
