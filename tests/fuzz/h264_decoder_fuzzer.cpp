// What a host may send as video, in access units of any bytes: decoded or refused, and no picture is larger than what
// was asked for.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "client/media/h264_decoder.h"
#include "core/wire/bytes.h"
#include "fuzz/require.h"

namespace {

using namespace pf;

constexpr std::array<Mode, 3> modes{Mode{320, 200, 60'000}, Mode{322, 242, 60'000}, Mode{640, 360, 60'000}};
constexpr int block = 64;  // encoders code whole ones

void look_at(const client::Picture& picture, std::uint32_t width, std::uint32_t height, const Mode& largest) {
  fuzz::require(picture.width() == width && picture.height() == height);
  const auto whole = [](std::uint32_t pixels) {
    return (static_cast<std::int64_t>(pixels) + block - 1) / block * block;
  };
  const auto& frame = picture.frame();
  fuzz::require(std::int64_t{frame.width} * frame.height <= whole(largest.width) * whole(largest.height));
  // The whole of it is there to be read.
  unsigned sum = 0;
  for (std::uint32_t y = 0; y < height; ++y)
    sum += picture.y()[static_cast<std::ptrdiff_t>(y) * picture.y_stride() + width - 1];
  for (std::uint32_t y = 0; y < (height + 1) / 2; ++y) {
    sum += picture.u()[static_cast<std::ptrdiff_t>(y) * picture.u_stride() + (width - 1) / 2];
    sum += picture.v()[static_cast<std::ptrdiff_t>(y) * picture.v_stride() + (width - 1) / 2];
  }
  fuzz::require(sum <= 255u * (2u * height + 2));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::Reader in(std::as_bytes(std::span(data, size)));
  auto largest = modes[in.read<std::uint8_t>() % modes.size()];
  const auto decoder = client::H264Decoder::create(1, largest).value();
  while (in.remaining() > 0) {
    const auto head = in.read<std::uint8_t>();
    const auto unit = in.take(std::min<std::size_t>(in.read<std::uint16_t>(), in.remaining()));
    if (head % 16 == 15) {
      largest = modes.back();
      decoder->allow(largest);
    }
    const auto& shown = modes[head % modes.size()];
    const auto picture = decoder->decode(unit, shown.width, shown.height);
    if (picture && *picture) look_at(**picture, shown.width, shown.height, largest);
  }
  return 0;
}
