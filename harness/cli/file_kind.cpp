#include "harness/cli/file_kind.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/files/files.hpp"
#include "harness/json/document.hpp"

namespace sipharness::cli {
namespace {

namespace fs = std::filesystem;

/// What tells the kind of a file: its "$schema", or, where it has none, a key or its path.
struct KindSign {
  FileKind kind;
  std::string_view name, schema, key, folder, file_end, taken_by;
};

constexpr std::array kind_signs{KindSign{FileKind::profile, "a profile", "profile.schema.json",
                                         "kind", "profiles", "profile.json", "--profile takes it"},
                                KindSign{FileKind::plan, "a plan", "plan.schema.json", "scenarios",
                                         "plans", "plan.json", "sipharness run --plan plays it"},
                                KindSign{FileKind::scenario, "a scenario", "scenario.schema.json",
                                         "timeline", "", "", "sipharness run plays it"}};

const KindSign& sign_of(FileKind kind) {
  return *std::ranges::find(kind_signs, kind, &KindSign::kind);
}

bool is_at(const KindSign& sign, const std::string& path) {
  if (sign.folder.empty()) return false;
  return fs::path(path).parent_path().filename() == sign.folder || path.ends_with(sign.file_end);
}

/// Nothing where nothing tells.
std::optional<FileKind> told_kind(const std::string& text, const std::string& path) {
  const auto file = json::parse(text, path);
  const auto has = [&file](std::string_view key) { return file && file->find(key) != nullptr; };
  const std::string schema = has("$schema") ? file->find("$schema")->string : std::string();
  for (const KindSign& sign : kind_signs) {
    const bool is_it =
        schema.empty() ? has(sign.key) || is_at(sign, path) : schema.ends_with(sign.schema);
    if (is_it) return sign.kind;
  }
  return std::nullopt;
}

}  // namespace

FileKind kind_of(const std::string& text, const std::string& path) {
  return told_kind(text, path).value_or(FileKind::scenario);
}

void require_kind(const std::string& text, const std::string& path, FileKind wanted) {
  const auto told = told_kind(text, path);
  if (!told || *told == wanted || !json::parse(text, path)) return;
  const KindSign& found = sign_of(*told);
  throw InputError(fmt::format("{}: found {}; {} is needed here ({})", path, found.name,
                               sign_of(wanted).name, found.taken_by));
}

void require_kind(const std::string& path, FileKind wanted) {
  if (const auto text = files::read_file(path)) require_kind(*text, path, wanted);
}

}  // namespace sipharness::cli
