// What the benches of whole streams share: a key, frames, and frames made into packets with some of them lost.
#pragma once

#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/session/video_sender.h"

namespace pf::bench {

inline crypto::MediaKey video_key() {
  return crypto::derive_media_key({}, wire::StreamKind::video, crypto::Direction::host_to_client);
}

/// The value, or the end of the bench.
template <class T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// With 20% of parity.
inline std::unique_ptr<session::VideoSender> make_sender(std::size_t datagram, const Clock& clock) {
  return need(session::VideoSender::create(video_key(), {.max_datagram = datagram, .fec = {.floor = 0.20}}, clock));
}

inline std::vector<std::byte> noise(std::size_t size) {
  std::mt19937_64 random(size);
  std::vector<std::byte> bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

/// One frame's packets of equal size, back to back.
struct SealedFrame {
  std::vector<std::byte> packets;
  std::size_t segment = 0;
};

/// Takes what a sender sends, but for a share of the packets, chosen by a seed.
class LossySink final : public session::PacketSink {
 public:
  explicit LossySink(double loss) : loss_(loss) {}
  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override {
    frame_.segment = segment;
    for (; !packets.empty(); packets = packets.subspan(segment)) {
      if (chance_(random_) < loss_) continue;
      frame_.packets.insert(frame_.packets.end(), packets.begin(),
                            packets.begin() + static_cast<std::ptrdiff_t>(segment));
    }
    return {};
  }
  SealedFrame take() { return std::exchange(frame_, {}); }

 private:
  double loss_;
  std::mt19937_64 random_{1};
  std::uniform_real_distribution<double> chance_{0, 1};
  SealedFrame frame_;
};

}  // namespace pf::bench
