#include "harness/capture/parts.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "harness/base/counted.hpp"

namespace sipharness::capture {
namespace {

void add_odd(ReadOutcome& outcome, const Part& part, const OddFrames& odd, std::string_view what) {
  if (odd.count > 0)
    outcome.faults.push_back({fmt::format("{}: {} with {}, first frame {}", part.path,
                                          counted(odd.count, "frame"), what, odd.first)});
}

bool is_digit(unsigned char c) {
  return std::isdigit(c) != 0;
}

/// Which file of a ring buffer a name stands for.
struct RingPlace {
  std::string_view name;  ///< that all of them have
  unsigned number = 0;
};

RingPlace place_of(std::string_view name, std::string_view digits) {
  RingPlace place{name};
  std::from_chars(digits.data(), digits.data() + digits.size(), place.number);
  return place;
}

/// dumpcap and Wireshark: NAME_00003_20240131120000.pcapng; tcpdump: NAME.pcap3.
std::optional<RingPlace> ring_place(std::string_view path) {
  constexpr std::size_t number_size = 5;
  constexpr std::size_t tail_size = 2 + number_size + 14;
  for (const std::string_view ending : {".gz", ".zst", ".xz"})
    if (path.ends_with(ending)) path.remove_suffix(ending.size());
  const std::string_view stem = path.substr(0, path.rfind('.'));
  if (stem.size() > tail_size) {
    const std::string_view tail = stem.substr(stem.size() - tail_size);
    const std::string_view number = tail.substr(1, number_size);
    const bool is_dumpcap = tail.front() == '_' && tail[1 + number_size] == '_' &&
                            std::ranges::all_of(number, is_digit) &&
                            std::ranges::all_of(tail.substr(2 + number_size), is_digit);
    if (is_dumpcap) return place_of(stem.substr(0, stem.size() - tail_size), number);
  }
  const auto end_of_name = path.find_last_not_of("0123456789") + 1;
  if (end_of_name == path.size() || end_of_name == 0) return std::nullopt;
  return place_of(path.substr(0, end_of_name), path.substr(end_of_name));
}

/// How many files of a ring buffer stood between two of it.
unsigned files_between(const Part& before, const Part& after) {
  const auto a = ring_place(before.path);
  const auto b = ring_place(after.path);
  if (!a || !b || a->name != b->name || b->number <= a->number) return 0;
  return b->number - a->number - 1;
}

}  // namespace

void Part::advance() {
  packet::FrameView frame;
  if (!reader->next(frame)) {
    next.reset();
    return;
  }
  if (numbered == 0)
    first = last = frame.at;
  else
    longest_silence = std::max(longest_silence, frame.at - last);
  last = std::max(last, frame.at);
  next = frame;
  ahead.on_read(frame.bytes);
}

Expected<Part> open_part(const std::string& path, std::string_view bytes) {
  auto reader = make_reader(bytes);
  if (!reader) return failure(path, reader.error().message);
  Part part{.path = path, .reader = *std::move(reader), .ahead = FetchAhead(bytes)};
  part.advance();
  return part;
}

void tell_of_part(const Part& part, ReadOutcome& outcome) {
  const FileNotes& notes = part.reader->notes();
  if (!notes.end.empty())
    outcome.faults.push_back(
        {fmt::format("{}: frame {}: {}", part.path, notes.frames + 1, notes.end)});
  if (notes.dropped > 0)
    outcome.faults.push_back({fmt::format("{}: the capturing program says that it lost {}",
                                          part.path, counted(notes.dropped, "packet"))});
  add_odd(outcome, part, notes.impossible_times, "an impossible time");
  add_odd(outcome, part, notes.without_time, "no time (simple packet blocks)");
  add_odd(outcome, part, notes.impossible_lengths, "more bytes than were on the wire");
}

void tell_of_parts(const std::vector<Part>& parts, ReadOutcome& outcome) {
  std::vector<const Part*> by_time;
  Duration longest_silence = 1s;  // policy: a gap below that is none
  for (const Part& part : parts) {
    longest_silence = std::max(longest_silence, part.longest_silence);
    if (part.first_number != 0) by_time.push_back(&part);
  }
  std::ranges::stable_sort(by_time, {}, &Part::first);
  for (std::size_t i = 0; i < by_time.size(); ++i) {
    const Part& part = *by_time[i];
    outcome.remarks.push_back(fmt::format("{}: {}, first frame {}", part.path,
                                          counted(part.reader->notes().frames, "frame"),
                                          part.first_number));
    if (i == 0) continue;
    const Part& before = *by_time[i - 1];
    const Duration silence = part.first - before.last;
    if (const unsigned files = files_between(before, part); files > 0)
      outcome.faults.push_back({fmt::format("{} missing between {} and {}", counted(files, "file"),
                                            before.path, part.path),
                                before.last, part.first});
    else if (silence > longest_silence)
      outcome.faults.push_back({fmt::format("nothing was captured for {} between {} and {}",
                                            format_seconds(silence), before.path, part.path),
                                before.last, part.first});
  }
}

}  // namespace sipharness::capture
