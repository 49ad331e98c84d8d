#include "tests/fuzz/scratch_file.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <fmt/format.h>

#include "tests/fuzz/fuzz.hpp"

namespace sipharness::fuzz {

ScratchFile::ScratchFile(std::string_view name) {
  const std::string memory = "/dev/shm";
  const bool has_memory = std::filesystem::is_directory(memory);
  const std::string folder = has_memory ? memory : std::filesystem::temp_directory_path().string();
  path_ = fmt::format("{}/sipharness-fuzz-{}-{}", folder, name, getpid());
}

ScratchFile::~ScratchFile() {
  std::remove(path_.c_str());
}

void ScratchFile::write(std::string_view bytes) const {
  std::ofstream file(path_, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  expect(file.good(), "a scratch file can be written");
}

}  // namespace sipharness::fuzz
