// pcap, pcapng and snoop in all their kinds, and what is said of files that are none.

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <gmock/gmock.h>

#include "harness/capture/expand.hpp"
#include "harness/capture/link_types.hpp"
#include "tests/harness/capture/capture_bytes.hpp"

namespace sipharness::capture {
namespace {

using packet::LinkType;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const CaptureTime at_second_7{7s};

struct PcapCase {
  const char* name;
  Order order;
  std::uint32_t magic;
  std::uint32_t fraction;
  Duration after_second;
  std::size_t extra;  ///< bytes of a record header
};

TEST(Pcap, is_read_in_both_orders_and_every_resolution) {
  const PcapCase cases[] = {
      {"microseconds", Order::little, 0xa1b2c3d4, 5, 5us, 0},
      {"microseconds, big", Order::big, 0xa1b2c3d4, 5, 5us, 0},
      {"nanoseconds", Order::little, 0xa1b23c4d, 5, 5ns, 0},
      {"nanoseconds, big", Order::big, 0xa1b23c4d, 5, 5ns, 0},
      {"modified", Order::little, 0xa1b2cd34, 5, 5us, 8},
  };
  for (const PcapCase& one : cases) {
    SCOPED_TRACE(one.name);
    const Writer write{one.order};
    std::string record = write.pcap_record(7, one.fraction, "frame");
    record.insert(16, one.extra, 'x');
    const ReadBytes read({write.pcap_header(one.magic, 1) + record});
    ASSERT_THAT(read.faults(), IsEmpty());
    EXPECT_THAT(read.frames(), ElementsAre(FrameList::Frame{at_second_7 + one.after_second,
                                                            LinkType::ethernet, 5, "frame"}));
  }
}

TEST(Pcap, tells_of_what_cannot_be) {
  const Writer write;
  const std::string header = write.pcap_header(0xa1b2c3d4, 1);
  EXPECT_THAT(ReadBytes({header + write.pcap_record(7, 1'500'000, "x")}).faults(),
              ElementsAre("1 frame with an impossible time, first frame 1"));
  std::string longer = write.pcap_record(7, 0, "frame");
  longer[12] = 3;
  EXPECT_THAT(ReadBytes({header + longer}).faults(),
              ElementsAre("1 frame with more bytes than were on the wire, first frame 1"));
  EXPECT_THAT(ReadBytes({header + "12345"}).faults(),
              ElementsAre(HasSubstr("frame 1: truncated: the file ends inside the header")));
}

TEST(Pcapng, has_interfaces_with_unlike_links_clocks_and_lengths) {
  const Writer write;
  const std::string milliseconds = write.option(9, "\3");
  const std::string binary = write.option(9, "\x8a");  // 2^-10 s
  const std::string nanoseconds = write.option(9, "\x09");
  const std::string shifted = write.option(14, write.number(100, 8));
  const ReadBytes read(
      {write.section() + write.interface(1, 96, milliseconds) + write.interface(101, 0, binary) +
       write.packet(0, 7'005, "milli") + write.packet(1, 7 * 1024 + 512, "half") +
       write.interface(276, 65535, nanoseconds + shifted) + write.packet(2, 5, "nano")});
  ASSERT_THAT(read.faults(), IsEmpty());
  EXPECT_THAT(
      read.frames(),
      ElementsAre(FrameList::Frame{at_second_7 + 5ms, LinkType::ethernet, 5, "milli"},
                  FrameList::Frame{at_second_7 + 500ms, LinkType::raw, 4, "half"},
                  FrameList::Frame{CaptureTime{100s + 5ns}, LinkType::linux_cooked_2, 4, "nano"}));
}

TEST(Pcapng, has_sections_of_either_order_with_interfaces_of_their_own) {
  std::string file;
  for (const Order order : {Order::little, Order::big}) {
    const Writer write{order};
    file += write.section() + write.interface(order == Order::little ? 1 : 101, 0) +
            write.packet(0, 7'000'000, "x");
  }
  const ReadBytes read({file});
  ASSERT_THAT(read.faults(), IsEmpty());
  EXPECT_THAT(read.frames(), ElementsAre(FrameList::Frame{at_second_7, LinkType::ethernet, 1, "x"},
                                         FrameList::Frame{at_second_7, LinkType::raw, 1, "x"}));
}

TEST(Pcapng, passes_over_blocks_that_are_no_packets) {
  const Writer write;
  std::string file = write.section() + write.interface(1, 0);
  for (const std::uint32_t type : {4U, 9U, 10U, 0xbadU, 0x40000badU, 0x777U})
    file += write.block(type, "whatever it is..");
  const ReadBytes read({file + write.packet(0, 7'000'000, "x")});
  ASSERT_THAT(read.faults(), IsEmpty());
  EXPECT_THAT(read.frames(), SizeIs(1));
  EXPECT_EQ(read.outcome->frames, 4U) << "Wireshark numbers custom blocks and journals";
}

TEST(Pcapng, has_packets_of_three_kinds) {
  const Writer write;
  const std::string obsolete =
      write.block(2, write.u16(0) + write.u16(0xffff) + write.u32(0) + write.u32(7'000'000) +
                         write.u32(3) + write.u32(9) + Writer::padded("old"));
  const std::string simple = write.block(3, write.u32(900) + Writer::padded("simp"));
  const ReadBytes read({write.section() + write.interface(1, 4) + obsolete + simple});
  EXPECT_THAT(read.faults(),
              ElementsAre("1 frame with no time (simple packet blocks), first frame 2"));
  EXPECT_THAT(read.frames(),
              ElementsAre(FrameList::Frame{at_second_7, LinkType::ethernet, 9, "old"},
                          FrameList::Frame{at_second_7, LinkType::ethernet, 900, "simp"}));
}

TEST(Pcapng, tells_what_the_capturing_program_lost) {
  const Writer write;
  const auto statistics = [&](std::uint64_t dropped) {
    return write.block(
        5, write.u32(0) + write.u32(0) + write.u32(0) + write.option(5, write.number(dropped, 8)));
  };
  const std::string lost = write.option(4, write.number(2, 8));
  const ReadBytes read({write.section() + write.interface(1, 0) + statistics(1) + statistics(3) +
                        write.packet(0, 7'000'000, "x", lost)});
  EXPECT_THAT(read.faults(), ElementsAre("the capturing program says that it lost 5 packets"));
}

TEST(Pcapng, stops_where_it_cannot_be_trusted) {
  const Writer write;
  const std::string head = write.section() + write.interface(1, 0);
  const std::string packet = write.packet(0, 7'000'000, "x");
  std::string unlike = packet;
  unlike.back() = 1;
  const struct {
    const char* fault;
    std::string bytes;
  } cases[] = {
      {"truncated: the file ends inside a block", packet.substr(0, 5)},
      {"truncated: the file ends inside a block, or its length", packet.substr(0, 20)},
      {"damaged: the two lengths", unlike},
      {"damaged: an impossible length", write.u32(6) + write.u32(13) + "........"},
      {"damaged: a packet of an interface that is not described", write.packet(1, 0, "x")},
      {"damaged: a block is shorter", write.block(6, write.u32(0))},
      {"damaged: a section without a byte order", write.block(0x0a0d0d0a, "................")},
  };
  for (const auto& [fault, bytes] : cases) {
    SCOPED_TRACE(fault);
    const ReadBytes read({head + packet + bytes});
    EXPECT_THAT(read.frames(), SizeIs(1));
    EXPECT_THAT(read.faults(), ElementsAre(HasSubstr(fault)));
  }
}

TEST(Pcapng, a_stamp_beyond_the_clock_is_brought_into_its_range_and_told) {
  const Writer write;
  const ReadBytes read(
      {write.section() + write.interface(1, 0) + write.packet(0, ~std::uint64_t{0}, "ping")});
  ASSERT_THAT(read.frames(), SizeIs(1));
  EXPECT_LT(read.frames()[0].at, CaptureTime(std::chrono::seconds(0x100000000)));
  EXPECT_THAT(read.faults(), ElementsAre("1 frame with an impossible time, first frame 1"));
}

TEST(Snoop, is_read_with_its_padding_and_its_losses) {
  const Writer write{Order::big};
  const std::string header = std::string("snoop\0\0\0", 8) + write.u32(2) + write.u32(4);
  const std::string record = write.u32(9) + write.u32(5) + write.u32(32) + write.u32(1) +
                             write.u32(7) + write.u32(5) + "frame" + std::string(3, '\0');
  const ReadBytes read({header + record + record});
  EXPECT_THAT(read.faults(), ElementsAre("the capturing program says that it lost 1 packet"));
  ASSERT_THAT(read.frames(), SizeIs(2));
  EXPECT_EQ(read.frames()[1],
            (FrameList::Frame{at_second_7 + 5us, LinkType::ethernet, 9, "frame"}));
  EXPECT_THAT(ReadBytes({header + record.substr(0, 27)}).faults(),
              ElementsAre(HasSubstr("truncated")));
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  std::string in(bytes);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstandard(std::string_view bytes) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);  // as the program has it
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size()));
  ZSTD_freeCCtx(context);
  return out;
}

std::string xz(std::string_view bytes) {
  std::string out(lzma_stream_buffer_bound(bytes.size()), '\0');
  std::size_t size = 0;
  lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, nullptr,
                          reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(),
                          reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size());
  out.resize(size);
  return out;
}

struct Compression {
  const char* name;
  std::string (*compress)(std::string_view);
};
constexpr Compression compressions[] = {{"gzip", gzip}, {"Zstandard", zstandard}, {"xz", xz}};

std::string capture_of(std::size_t frames) {
  const Writer write;
  std::string file = write.pcap_header(0xa1b2c3d4, 1);
  // Bytes that do not compress, so that a part of the file holds some of the frames.
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < frames; ++i) {
    std::string bytes;
    for (int byte = 0; byte < 1000; ++byte)
      bytes += static_cast<char>((state = state * 1664525 + 1013904223) >> 24U);
    file += write.pcap_record(static_cast<std::uint32_t>(i), 0, bytes);
  }
  return file;
}

TEST(Compressed, is_read_whole_in_parts_and_joined) {
  for (const auto& [name, compress] : compressions) {
    SCOPED_TRACE(name);
    const std::string file = capture_of(3000);  // more than one piece of memory
    const ReadBytes whole({compress(file)});
    EXPECT_THAT(whole.faults(), IsEmpty());
    EXPECT_THAT(whole.frames(), SizeIs(3000));
    const ReadBytes joined({compress(file.substr(0, 5000)) + compress(file.substr(5000))});
    EXPECT_THAT(joined.faults(), IsEmpty());
    EXPECT_THAT(joined.frames(), SizeIs(3000));
  }
}

TEST(Compressed, that_ends_early_or_is_damaged_gives_what_was_there_and_says_so) {
  for (const auto& [name, compress] : compressions) {
    SCOPED_TRACE(name);
    const std::string compressed = compress(capture_of(1000));
    const ReadBytes half({compressed.substr(0, compressed.size() / 2)});
    EXPECT_THAT(half.frames().size(), testing::AllOf(testing::Gt(50U), testing::Lt(1000U)));
    EXPECT_THAT(half.faults(), testing::Contains(std::string("the ") + name +
                                                 " data ends early: what comes after is lost"));
    std::string damaged = compressed;
    damaged[damaged.size() / 2] ^= 0x55;
    const auto expanded = expand(damaged);
    ASSERT_TRUE(expanded);
    EXPECT_THAT(expanded->fault, testing::Optional(HasSubstr("is damaged")));
  }
}

TEST(Compressed, that_would_fill_the_memory_is_refused) {
  constexpr std::size_t most = std::size_t{4} << 20U;
  for (const auto& [name, compress] : compressions) {
    SCOPED_TRACE(name);
    const std::string bomb = compress(std::string(2 * most, '\0'));
    ASSERT_LT(bomb.size(), most / 200);
    const auto expanded = expand(bomb, most);
    ASSERT_FALSE(expanded);
    EXPECT_THAT(expanded.error().message, HasSubstr("expands to more than 4 MiB"));
  }
}

TEST(Compressed, that_holds_nothing_is_cut_or_damaged_and_not_empty) {
  for (const auto& [name, compress] : compressions) {
    SCOPED_TRACE(name);
    const ReadBytes cut({compress(capture_of(1)).substr(0, 6)});
    ASSERT_FALSE(cut.outcome);
    EXPECT_THAT(cut.outcome.error().message, HasSubstr(std::string(name) + " data ends early"));
    const ReadBytes damaged({compress(capture_of(1)).substr(0, 6) + std::string(30, '\xff')});
    ASSERT_FALSE(damaged.outcome);
    EXPECT_THAT(damaged.outcome.error().message, HasSubstr(std::string(name) + " data is damaged"));
  }
}

TEST(LinkTypes, that_are_decoded_have_each_a_name) {
  EXPECT_THAT(decoded_link_types(), Not(HasSubstr("unknown")));
}

TEST(OtherFormats, are_named_with_what_makes_a_capture_of_them) {
  const std::string erf = std::string(8, '\1') + std::string("\2\4\0\x10\0\0\0\0", 8);
  const struct {
    std::string bytes;
    const char* said;
  } cases[] = {
      {"", "the file is empty"},
      {"PK\x03\x04...", "a zip archive, which is not read: unpack it"},
      {std::string(257, 'x') + "ustar", "a tar archive"},
      {"BZh91AY", "a bzip2 file, which is not read: expand it with `bzip2 -d`"},
      {"GMBU....", "a NetMon 2 capture, which is not read: convert it with `editcap"},
      {"0000  45 00 01 f4 00 00", "a text, not a capture"},
      {"12:00:01.5 IP 10.0.0.1.5060 > 10.0.0.2.5060: SIP", "a text, not a capture"},
      {erf + erf + erf, "an ERF capture, which is not read: convert it with `editcap"},
      {std::string("\0\1\2\3\4", 5), "not a capture, beginning with 00 01 02 03"},
  };
  for (const auto& [bytes, said] : cases) {
    SCOPED_TRACE(said);
    const ReadBytes read({bytes});
    ASSERT_FALSE(read.outcome);
    EXPECT_THAT(read.outcome.error().message, HasSubstr(said));
  }
}

std::string file_at(std::initializer_list<std::uint32_t> seconds) {
  const Writer write;
  std::string file = write.pcap_header(0xa1b2c3d4, 1);
  for (const std::uint32_t second : seconds)
    file += write.pcap_record(second, 0, std::to_string(second));
  return file;
}

std::vector<std::string> bytes_of(const ReadBytes& read) {
  std::vector<std::string> all;
  for (const FrameList::Frame& frame : read.frames()) all.push_back(frame.bytes);
  return all;
}

TEST(SeveralFiles, are_read_in_the_order_of_their_times) {
  const ReadBytes ring({file_at({30, 40}), file_at({10, 20})});
  EXPECT_THAT(bytes_of(ring), ElementsAre("10", "20", "30", "40"));
  EXPECT_THAT(ring.faults(), IsEmpty());
  EXPECT_THAT(ring.outcome->remarks, ElementsAre(HasSubstr("1: 2 frames, first frame 1"),
                                                 HasSubstr("0: 2 frames, first frame 3")));
  const ReadBytes merged({file_at({1, 3}), gzip(file_at({2, 4}))});
  EXPECT_THAT(bytes_of(merged), ElementsAre("1", "2", "3", "4"));
}

TEST(SeveralFiles, tell_of_what_is_missing_between_them) {
  const auto texts = [](const ReadBytes& read) {
    std::vector<std::string> all;
    for (const FileFault& fault : read.outcome->faults) all.push_back(fault.text);
    return all;
  };
  const ReadBytes silent({file_at({10, 20}), file_at({80, 90})});
  EXPECT_THAT(texts(silent), ElementsAre(HasSubstr("nothing was captured for 60.000 s between")));
  EXPECT_EQ(silent.outcome->faults[0].from, CaptureTime{20s});
  EXPECT_EQ(silent.outcome->faults[0].until, CaptureTime{80s});
  const ReadBytes dumpcap({file_at({10, 20}), file_at({20, 30})},
                          {"a_00001_20240101000000.pcapng", "a_00004_20240101000010.pcapng.gz"});
  EXPECT_THAT(texts(dumpcap), ElementsAre(HasSubstr("2 files missing between")));
  const ReadBytes tcpdump({file_at({10, 20}), file_at({20, 30})}, {"a.pcap1", "a.pcap3"});
  EXPECT_THAT(texts(tcpdump), ElementsAre(HasSubstr("1 file missing between")));
  const ReadBytes next({file_at({10, 20}), file_at({20, 30})}, {"a.pcap1", "a.pcap2"});
  EXPECT_THAT(texts(next), IsEmpty());
}

}  // namespace
}  // namespace sipharness::capture
