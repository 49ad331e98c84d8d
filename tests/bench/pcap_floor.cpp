// Reads a capture with libpcap and does nothing with it: what `sipharness check` is held against.
//   pcap_floor CAPTURE

#include <cstdint>

#include <fmt/format.h>
#include <pcap/pcap.h>

namespace {

struct Sum {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

void add(u_char* sum, const pcap_pkthdr* header, const u_char*) {
  auto& total = *reinterpret_cast<Sum*>(sum);
  ++total.packets;
  total.bytes += header->caplen;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: pcap_floor CAPTURE\n");
    return 2;
  }
  char error[PCAP_ERRBUF_SIZE] = "";
  pcap_t* capture = pcap_open_offline(argv[1], error);
  if (capture == nullptr) {
    fmt::print(stderr, "{}\n", error);
    return 4;
  }
  Sum sum;
  pcap_loop(capture, -1, add, reinterpret_cast<u_char*>(&sum));
  pcap_close(capture);
  fmt::print("{} packets, {} bytes\n", sum.packets, sum.bytes);
}
