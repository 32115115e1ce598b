// Sound as a host may send it, right or wrong, from its numbers to the loudspeaker: packets under any number, of any
// bytes, while the device takes what it wants. The device always gets what it asked for, and the queue stays short.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "client/play/audio_player.h"
#include "core/wire/bytes.h"
#include "fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf;
  wire::Reader in(std::as_bytes(std::span(data, size)));
  constexpr std::array<std::uint8_t, 3> layouts{2, 6, 8};
  const AudioFormat format{layouts.at(in.read<std::uint8_t>() % layouts.size())};
  const client::JitterBuffer::Options options;
  auto player = client::AudioPlayer::create(format, options).value();
  std::uint32_t id = in.read<std::uint32_t>();
  std::vector<float> heard;
  while (in.remaining() > 0) {
    const auto what = in.read<std::uint8_t>();
    if (what % 4 == 0) {
      heard.assign(std::size_t{format.channels} * (1 + in.read<std::uint8_t>() * 4u), NAN);
      player->fill(heard);
      fuzz::require(std::ranges::none_of(heard, [](float sample) { return std::isnan(sample); }));
    } else {
      id += what % 4 == 3 ? in.read<std::uint32_t>() : static_cast<std::uint32_t>(in.read<std::int8_t>());
      const auto opus = in.take(std::min<std::size_t>(in.read<std::uint8_t>(), in.remaining()));
      player->put({.id = {id}, .opus = session::UnitBytes::copy_of(opus)});
    }
    const auto figures = player->figures();
    fuzz::require(figures.depth <= options.most && figures.target <= options.most);
  }
  return 0;
}
