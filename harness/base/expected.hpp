#pragma once
// What a reader of outside bytes returns: the value, or one error with its place.

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace sipharness {

/// An error in something that came from outside.
struct Error {
  std::string place;    ///< "file:line:column", "capture.pcap: frame 12", "--seed"; may be empty
  std::string message;  ///< what was found and what is allowed, one sentence
  /// "place: message", or the message alone.
  std::string text() const { return place.empty() ? message : place + ": " + message; }
};

template <class T>
using Expected = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(std::string place, std::string message) {
  return tl::unexpected<Error>(Error{std::move(place), std::move(message)});
}

}  // namespace sipharness
