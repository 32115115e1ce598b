// A way on which packets are lost and overtaken, in front of a real socket.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <utility>

#include "core/session/packet_sink.h"

namespace pf::test {

/// Loses some packets and lets others overtake their followers. Sends them one by one.
class BadPath final : public session::PacketSink {
 public:
  explicit BadPath(std::shared_ptr<session::PacketSink> to) : to_(std::move(to)) {}
  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override {
    for (; !packets.empty(); packets = packets.subspan(segment)) {
      const auto packet = packets.first(segment);
      const auto fate = random_() % 100;
      if (fate < 5) continue;
      if (fate < 15 && held_ == 0) {
        std::ranges::copy(packet, late_.begin());
        held_ = segment;
        continue;
      }
      if (auto sent = to_->send(packet, segment); !sent) return sent;
      if (held_ == 0) continue;
      const auto late = std::exchange(held_, 0);  // maybe of another frame, with packets of another size
      if (auto sent = to_->send(std::span(late_).first(late), late); !sent) return sent;
    }
    return {};
  }

 private:
  std::shared_ptr<session::PacketSink> to_;
  std::mt19937_64 random_{1};
  std::array<std::byte, 2048> late_{};
  std::size_t held_ = 0;
};

}  // namespace pf::test
