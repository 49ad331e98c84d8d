#include "harness/world/world.hpp"

namespace sipharness::world {

std::string_view to_string(StreamEnd end) {
  switch (end) {
    case StreamEnd::closed:
      return "closed";
    case StreamEnd::refused:
      return "refused";
    case StreamEnd::reset:
      return "reset";
    case StreamEnd::timed_out:
      return "timed out";
    case StreamEnd::unreachable:
      return "unreachable";
  }
  return "ended";
}

}  // namespace sipharness::world
