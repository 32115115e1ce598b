#include "client/window/sound_device.h"

#include <array>
#include <cstring>

namespace pf::client {
namespace {

constexpr std::uint16_t device_samples = 512;  // 11 ms: less, and a busy machine stutters

// Which of AudioFormat's channels stands where in SDL's order (FL FR FC LFE BL BR [SL SR]).
constexpr std::array<std::size_t, 6> surround{0, 2, 1, 5, 3, 4};
constexpr std::array<std::size_t, 8> wide{0, 2, 1, 7, 5, 6, 3, 4};

std::span<const std::size_t> order_of(const AudioFormat& format) {
  switch (format.channels) {
    case 6: return surround;
    case 8: return wide;
    default: return {};
  }
}

}  // namespace

Result<std::unique_ptr<SoundDevice>> SoundDevice::open(AudioPlayer& player) {
  if (SDL_InitSubSystem(SDL_INIT_AUDIO) != 0) return sdl::error(ErrorCode::unsupported, "there is no sound device");
  std::unique_ptr<SoundDevice> device(new SoundDevice(player));
  SDL_AudioSpec wanted{};
  wanted.freq = audio_sample_rate;
  wanted.format = AUDIO_F32SYS;
  wanted.channels = player.format().channels;
  wanted.samples = device_samples;
  wanted.userdata = device.get();
  wanted.callback = [](void* self, std::uint8_t* bytes, int size) {
    static_cast<SoundDevice*>(self)->fill(
        {reinterpret_cast<float*>(bytes), static_cast<std::size_t>(size) / sizeof(float)});
  };
  SDL_AudioSpec got{};
  device->device_ = SDL_OpenAudioDevice(nullptr, 0, &wanted, &got, 0);  // SDL converts what the device lacks
  if (device->device_ == 0) return sdl::error(ErrorCode::unsupported, "the sound device cannot be opened");
  SDL_PauseAudioDevice(device->device_, 0);
  return device;
}

SoundDevice::~SoundDevice() {
  if (device_ != 0) SDL_CloseAudioDevice(device_);
  SDL_QuitSubSystem(SDL_INIT_AUDIO);
}

void SoundDevice::fill(std::span<float> out) {
  player_.fill(out);
  const auto order = order_of(player_.format());
  if (order.empty()) return;
  samples_.assign(out.begin(), out.end());
  for (std::size_t at = 0; at + order.size() <= out.size(); at += order.size()) {
    for (std::size_t i = 0; i < order.size(); ++i) out[at + i] = samples_[at + order[i]];
  }
}

}  // namespace pf::client
