#include "harness/campaign/results.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "harness/campaign/read_result.hpp"
#include "harness/files/files.hpp"
#include "harness/json/document.hpp"

namespace sipharness::campaign {
namespace {

constexpr verdict::NotRun::Kind kinds_of_not_run[] = {verdict::NotRun::Kind::could_not,
                                                      verdict::NotRun::Kind::cut_short,
                                                      verdict::NotRun::Kind::left_out};

verdict::Batch batch_of(const json::Value& document, Reading& reading, ForeignRows& rows) {
  verdict::Batch batch;
  const Fields from(document, reading);
  if (from.text("format") != "sipharness-results/1") {
    batch.results.push_back(read_result(document, reading, rows));
    return batch;
  }
  for (const json::Value& item : from.items("not_run")) {
    const Fields one(item, reading);
    batch.not_run.push_back(
        {one.text("scenario"), one.text("why"), one.one_of("kind", kinds_of_not_run)});
  }
  for (const json::Value& item : from.items("results"))
    batch.results.push_back(read_result(item, reading, rows));
  return batch;
}

Expected<verdict::Batch> parse_into(std::string_view text, const std::string& file,
                                    ForeignRows& rows) {
  const auto document = json::parse(text, file);
  if (!document) return tl::unexpected(document.error());
  Reading reading{file};
  verdict::Batch batch = batch_of(*document, reading, rows);
  if (reading.error) return tl::unexpected(*reading.error);
  return batch;
}

}  // namespace

Expected<std::vector<std::string>> result_files(const std::string& path) {
  namespace fs = std::filesystem;
  if (!files::is_folder(path)) return std::vector{path};
  const std::string name = "/result.json";
  std::error_code error;
  if (fs::exists(path + name, error)) return std::vector{path + name};
  std::vector<std::string> found;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error))
    if (!entry->is_symlink(error) && fs::exists(entry->path().string() + name, error))
      found.push_back(entry->path().string() + name);
  if (error) return failure(path, error.message());
  std::ranges::sort(found);
  if (found.empty())
    return failure(path,
                   "holds no result.json, nor does a run folder in it: name a result file, a "
                   "run folder or the folder that --out named");
  return found;
}

Expected<Results> parse_results(std::string_view text, const std::string& file) {
  auto rows = std::make_shared<ForeignRows>();
  auto batch = parse_into(text, file, *rows);
  if (!batch) return tl::unexpected(batch.error());
  return Results{std::move(*batch), std::move(rows)};
}

Expected<Results> read_results(const std::string& path) {
  const auto files = result_files(path);
  if (!files) return tl::unexpected(files.error());
  Results all;
  auto rows = std::make_shared<ForeignRows>();
  for (const std::string& file : *files) {
    const auto text = files::read_file(file);
    if (!text) return tl::unexpected(text.error());
    auto batch = parse_into(*text, file, *rows);
    if (!batch) return tl::unexpected(batch.error());
    std::ranges::move(batch->results, std::back_inserter(all.batch.results));
    std::ranges::move(batch->not_run, std::back_inserter(all.batch.not_run));
  }
  all.rows = std::move(rows);
  return all;
}

}  // namespace sipharness::campaign
