#include "harness/judge/run_folder.hpp"

#include "harness/files/files.hpp"

namespace sipharness::judge {

void write_inputs(const RunFolder& folder, const scenario::Scenario& scenario,
                  const scenario::Profile& profile, const Meta& meta) {
  files::make_folders(folder.path);
  files::write_file(folder.scenario(), scenario::to_json(scenario));
  files::write_file(folder.profile(), scenario::to_json(profile));
  files::write_file(folder.meta(), to_json(meta));
}

}  // namespace sipharness::judge
