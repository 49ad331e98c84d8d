#include "harness/judge/run_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <system_error>

#include "harness/files/files.hpp"

namespace sipharness::judge {

void write_inputs(const RunFolder& folder, const scenario::Scenario& scenario,
                  const scenario::Profile& profile, const Meta& meta) {
  files::make_folders(folder.path);
  files::write_file(folder.scenario(), scenario::to_json(scenario));
  files::write_file(folder.profile(), scenario::to_json(profile));
  files::write_file(folder.meta(), to_json(meta));
}

namespace {

namespace fs = std::filesystem;

bool holds_frames(const RunFolder& folder) {
  constexpr std::uintmax_t header_of_capture = 24;
  std::error_code absent;
  const std::uintmax_t size = fs::file_size(folder.capture(), absent);
  return !absent && size > header_of_capture;
}

void remove_inputs(const RunFolder& folder) {
  std::error_code ignored;
  for (const std::string& file :
       {folder.scenario(), folder.profile(), folder.meta(), folder.journal(), folder.capture()})
    fs::remove(file, ignored);
}

}  // namespace

void remove_unplayed(const RunFolder& folder) {
  const RunFolder before{folder.before()};
  if (holds_frames(folder) || holds_frames(before)) return;
  remove_inputs(before);
  remove_inputs(folder);
  std::error_code ignored;
  fs::remove(before.path, ignored);
  files::remove_empty_run_folder(folder.path);
}

}  // namespace sipharness::judge
