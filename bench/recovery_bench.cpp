// What a loss that parity could not mend costs in bytes: a refresh, beside a keyframe, a unit that refers to an older
// picture, and the largest unit of a stream that loses nothing. 1920x1080 at 60 Hz, 20 Mbit/s; a landscape pans by,
// with things that move over it. Sizes, not times: they hardly differ from run to run.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

#include "host/linux/encode/x264_encoder.h"

namespace {

using namespace pf;

constexpr Mode mode{1920, 1080, 60'000};
constexpr unsigned settled = 60;  // units until the bitrate has settled
constexpr unsigned measured = 60;
constexpr unsigned lost = 4;

/// Grey noise of many scales, as in a natural picture (its amplitude falls with its frequency).
class Landscape {
 public:
  static constexpr std::uint32_t width = 2 * mode.width, height = 2 * mode.height;
  Landscape() : pixels_(std::size_t{width} * height) {
    std::vector<float> sum(pixels_.size());
    std::mt19937 random(1);
    float amplitude = 60;
    for (std::uint32_t cell = 256; cell >= 2; cell /= 2, amplitude *= 0.62f) add(sum, cell, amplitude, random);
    for (std::size_t i = 0; i < sum.size(); ++i)
      pixels_[i] = static_cast<std::uint8_t>(std::clamp(125 + sum[i], 0.0f, 255.0f));
  }
  [[nodiscard]] std::uint8_t at(std::uint32_t x, std::uint32_t y) const {
    return pixels_[std::size_t{y % height} * width + x % width];
  }

 private:
  static void add(std::vector<float>& sum, std::uint32_t cell, float amplitude, std::mt19937& random) {
    const std::size_t columns = width / cell + 2;
    std::vector<float> corners(columns * (height / cell + 2));
    for (auto& corner : corners) corner = amplitude * (static_cast<float>(random() >> 8) / (1 << 23) - 1);
    for (std::uint32_t y = 0; y < height; ++y)
      for (std::uint32_t x = 0; x < width; ++x) {
        const auto* corner = &corners[y / cell * columns + x / cell];
        const float right = static_cast<float>(x % cell) / static_cast<float>(cell);
        const float down = static_cast<float>(y % cell) / static_cast<float>(cell);
        sum[std::size_t{y} * width + x] += std::lerp(std::lerp(corner[0], corner[1], right),
                                                     std::lerp(corner[columns], corner[columns + 1], right), down);
      }
  }

  std::vector<std::uint8_t> pixels_;
};

class Stream {
 public:
  Stream() {
    auto opened = host::open_x264(
        {.codec = VideoCodec::h264, .mode = mode, .bitrate = 20_mbps, .threads = 2, .hides = true}, clock_);
    if (!opened) throw std::runtime_error(opened.error().message);
    encoder_ = std::move(*opened);
    for (unsigned i = 0; i < settled; ++i) next();
  }
  host::EncodedUnit next(host::Entry entry = host::Entry::follow) {
    paint();
    host::CapturedFrame frame;
    frame.pixels = pixels_;
    frame.width = mode.width;
    frame.height = mode.height;
    frame.stride = 4 * mode.width;
    ++number_;
    auto unit = encoder_->encode(frame, entry);
    if (!unit) throw std::runtime_error(unit.error().message);
    return *unit;
  }
  void lose() {
    const auto from = number_;
    for (unsigned i = 0; i < lost; ++i) next();
    encoder_->forget_from(from);
  }

 private:
  void paint() {
    static const Landscape landscape;
    for (std::uint32_t y = 0; y < mode.height; ++y)
      for (std::uint32_t x = 0; x < mode.width; ++x) {
        const bool thing = (x + 7 * number_) % 480 < 120 && (y + 3 * number_) % 360 < 90;
        const auto grey =
            thing ? landscape.at(x + 1000 + 7 * number_, y + 900) : landscape.at(x + 5 * number_, y + 2 * number_);
        auto* pixel = &pixels_[4 * (std::size_t{y} * mode.width + x)];
        pixel[0] = static_cast<std::byte>(grey);
        pixel[1] = static_cast<std::byte>(grey / 2 + 60);
        pixel[2] = static_cast<std::byte>(255 - grey);
      }
  }

  SteadyClock clock_;
  std::unique_ptr<host::Encoder> encoder_;
  std::vector<std::byte> pixels_ = std::vector<std::byte>(std::size_t{4} * mode.width * mode.height);
  unsigned number_ = 0;
};

struct Sizes {
  std::size_t refresh = 0;  // its largest unit
  std::size_t keyframe = 0;
  std::size_t repair = 0;
  std::size_t ordinary = 0;  // the largest
};

Sizes measure() {
  Sizes sizes;
  Stream undisturbed;
  for (unsigned i = 0; i < measured; ++i) sizes.ordinary = std::max(sizes.ordinary, undisturbed.next().data.size());
  Stream restarted;
  restarted.lose();
  sizes.keyframe = restarted.next(host::Entry::keyframe).data.size();
  Stream repaired;
  repaired.lose();
  sizes.repair = repaired.next().data.size();
  Stream refreshed;
  refreshed.lose();
  auto entry = host::Entry::refresh;
  for (bool through = false; !through; entry = host::Entry::follow) {
    const auto unit = refreshed.next(entry);
    through = unit.until_shown == 0;
    sizes.refresh = std::max(sizes.refresh, unit.data.size());
  }
  return sizes;
}

void say(benchmark::State& state, std::size_t Sizes::* which) {
  static const Sizes sizes = measure();
  for (auto _ : state) benchmark::DoNotOptimize(sizes);
  state.counters["bytes"] = static_cast<double>(sizes.*which);
}

BENCHMARK_CAPTURE(say, ours, &Sizes::refresh)->Name("recovery-largest-unit/ours")->Iterations(1);
BENCHMARK_CAPTURE(say, keyframe, &Sizes::keyframe)->Name("recovery-largest-unit/keyframe")->Iterations(1);
BENCHMARK_CAPTURE(say, reference, &Sizes::repair)->Name("recovery-largest-unit/older-reference")->Iterations(1);
BENCHMARK_CAPTURE(say, ordinary, &Sizes::ordinary)->Name("recovery-largest-unit/no-loss")->Iterations(1);

}  // namespace
