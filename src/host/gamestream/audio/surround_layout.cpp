#include "host/gamestream/audio/surround_layout.h"

#include <algorithm>
#include <span>
#include <vector>

namespace pf::host::gamestream {
namespace {

enum Speaker : std::uint8_t { FL, FR, FC, LFE, BL, BR, SL, SR };

// In AudioFormat's order.
constexpr std::array<Speaker, 2> stereo{FL, FR};
constexpr std::array<Speaker, 6> five_one{FL, FC, FR, BL, BR, LFE};
constexpr std::array<Speaker, 8> seven_one{FL, FC, FR, SL, SR, BL, BR, LFE};

std::span<const Speaker> speakers(const AudioFormat& format) {
  if (format.channels == 6) return five_one;
  if (format.channels == 8) return seven_one;
  return stereo;
}

// The coded channel of a speaker: pairs by their stream, then those that stand alone.
std::uint8_t coded(Speaker speaker, unsigned channels, bool high_quality) {
  if (high_quality || speaker == FL || speaker == FR) return speaker;
  if (speaker >= BL) return static_cast<std::uint8_t>(speaker - 2);
  return static_cast<std::uint8_t>(channels - 2 + (speaker == LFE ? 1 : 0));
}

}  // namespace

SurroundLayout surround_layout(const AudioFormat& format, bool high_quality) {
  const auto order = speakers(format);
  const auto channels = static_cast<unsigned>(order.size());
  if (channels == 2) return {.channels = 2, .streams = 1, .coupled = 1, .mapping = {0, 1}};
  SurroundLayout layout{.channels = channels,
                        .streams = high_quality ? channels : channels / 2 + 1,
                        .coupled = high_quality ? 0 : channels / 2 - 1,
                        .mapping = {}};
  for (std::size_t i = 0; i < order.size(); ++i) layout.mapping[i] = coded(order[i], channels, high_quality);
  return layout;
}

std::string surround_params(const AudioFormat& format, bool high_quality) {
  const auto layout = surround_layout(format, high_quality);
  std::vector<Speaker> order(speakers(format).begin(), speakers(format).end());
  std::ranges::sort(order);  // the client's order
  if (!high_quality && order.size() > 2) std::rotate(order.begin() + 3, order.begin() + 4, order.end());
  std::string text = std::to_string(layout.channels) + std::to_string(layout.streams) + std::to_string(layout.coupled);
  for (const auto speaker : order) {
    const auto all = speakers(format);
    text += static_cast<char>('0' +
                              layout.mapping[static_cast<std::size_t>(std::ranges::find(all, speaker) - all.begin())]);
  }
  return text;
}

}  // namespace pf::host::gamestream
