#pragma once
// What the fuzz targets share. A target is one source with LLVMFuzzerTestOneInput(): libFuzzer
// calls it under clang (`./dev fuzz`), plain_main.cpp in every other build. A target ends the
// process where something does not hold; what it was given is then a finding.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sipharness::fuzz {

/// Ends the process if what must hold for any input does not.
void expect(bool holds, std::string_view what);

/// `part` points into `whole`, or is empty.
void expect_within(std::string_view part, std::string_view whole);

/// Bytes taken off the front of an input; zeroes and nothing once it is used up.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  bool is_empty() const { return rest_.empty(); }
  std::uint8_t byte();
  std::uint16_t number() { return static_cast<std::uint16_t>(byte() << 8 | byte()); }
  /// Up to the next `separator`, which is taken too.
  std::string_view up_to(char separator);
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace sipharness::fuzz

extern "C" {

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// Damages an input of at most `most` bytes and gives its new size; not every target has its own.
[[gnu::weak]] std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                                  std::size_t most, unsigned seed);

/// The same with bytes, by whoever runs the target.
std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

}  // extern "C"
