#include "harness/capture/capture_file.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include <fmt/format.h>

#include "harness/capture/link_types.hpp"
#include "harness/capture/parts.hpp"
#include "harness/packet/link_layer.hpp"

namespace sipharness::capture {
namespace {

/// An error where none of the link types is decoded.
std::optional<std::string> why_unread(const std::vector<Part>& parts) {
  std::string names;
  for (const Part& part : parts) {
    for (const packet::LinkType link : part.reader->notes().links) {
      if (packet::is_decoded(link)) return std::nullopt;
      names += fmt::format("{}{}", names.empty() ? "" : ", ", link_name(link));
    }
  }
  if (names.empty()) return std::nullopt;
  return fmt::format("link type {} is not decoded; allowed are {}", names, decoded_link_types());
}

/// Gives the frames of all parts by time; those of one part in its order.
std::uint32_t merge(std::vector<Part>& parts, packet::FrameSink& sink) {
  using Turn = std::pair<CaptureTime, std::size_t>;
  std::priority_queue<Turn, std::vector<Turn>, std::greater<>> turns;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (parts[i].next) turns.emplace(parts[i].next->at, i);
  std::uint32_t frames = 0;
  while (!turns.empty()) {
    const std::size_t index = turns.top().second;
    Part& part = parts[index];
    turns.pop();
    const std::uint32_t number = part.next->number;
    frames += number - part.numbered;
    part.numbered = number;
    part.next->number = frames;
    if (part.first_number == 0) part.first_number = frames;
    sink.on_frame(*part.next);
    part.advance();
    if (part.next) turns.emplace(part.next->at, index);
  }
  return frames;
}

}  // namespace

Expected<CaptureFile> CaptureFile::open(const std::vector<std::string>& paths) {
  CaptureFile file;
  for (const std::string& path : paths) {
    auto bytes = FileBytes::read(path);
    if (!bytes) return tl::unexpected(bytes.error());
    file.files_.push_back({path, *std::move(bytes)});
  }
  return file;
}

Expected<ReadOutcome> CaptureFile::read(packet::FrameSink& sink) const {
  std::vector<Part> parts;
  for (const auto& [path, bytes] : files_) {
    auto part = open_part(path, bytes->all());
    if (bytes->all().empty() && bytes->fault())
      return failure(path, fmt::format("{}, and nothing comes before", *bytes->fault()));
    if (!part) return tl::unexpected(part.error());
    parts.push_back(*std::move(part));
  }
  ReadOutcome outcome;
  outcome.frames = merge(parts, sink);
  if (const auto why = why_unread(parts)) return failure(files_.front().path, *why);
  for (const auto& [path, bytes] : files_)
    if (bytes->fault()) outcome.faults.push_back({fmt::format("{}: {}", path, *bytes->fault())});
  for (const Part& part : parts) tell_of_part(part, outcome);
  if (parts.size() > 1) tell_of_parts(parts, outcome);
  return outcome;
}

bool CaptureFile::holds(std::string_view bytes) const {
  return std::ranges::any_of(files_, [&](const File& file) { return file.bytes->holds(bytes); });
}

Expected<ReadOutcome> read_capture(const std::vector<std::string>& paths, packet::FrameSink& sink) {
  const auto file = CaptureFile::open(paths);
  if (!file) return tl::unexpected(file.error());
  return file->read(sink);
}

}  // namespace sipharness::capture
