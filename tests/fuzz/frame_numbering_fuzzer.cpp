// What an encoder may write, in NAL units of any bytes: renumbered or refused, and never longer by more than the
// numbers.
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/wire/bytes.h"
#include "fuzz/require.h"
#include "host/linux/encode/frame_numbering.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf;
  wire::Reader in(std::as_bytes(std::span(data, size)));
  host::FrameNumbering numbering;
  std::vector<std::byte> out;
  while (in.remaining() > 0) {
    const auto head = in.read<std::uint8_t>();
    if (head % 4 == 0) numbering.begin((head & 0x80u) != 0, out);
    const auto nal = in.take(std::min<std::size_t>(in.read<std::uint8_t>(), in.remaining()));
    const auto before = out.size();
    (void)numbering.add(nal, out);
    // An escape byte (7.4.1) behind every two bytes at most, and a few bits of numbers.
    if (out.size() > before) fuzz::require(out.size() - before <= nal.size() + nal.size() / 2 + 16);
  }
  return 0;
}
