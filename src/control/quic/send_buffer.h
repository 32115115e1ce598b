// One stream's bytes from send() until the peer has acknowledged them. QUIC retransmits out of this memory, so it never
// moves.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace pf::control {

class SendBuffer {
 public:
  void append(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    chunks_.emplace_back(bytes.begin(), bytes.end());
    end_ += bytes.size();
  }

  /// The next bytes that were never sent, as far as they lie in one piece.
  [[nodiscard]] std::span<const std::byte> unsent() const {
    auto at = acknowledged_base_;
    for (const auto& chunk : chunks_) {
      if (sent_ < at + chunk.size())
        return std::span<const std::byte>(chunk).subspan(static_cast<std::size_t>(sent_ - at));
      at += chunk.size();
    }
    return {};
  }
  void mark_sent(std::size_t size) { sent_ += size; }

  /// Everything below this stream offset has arrived.
  void acknowledge(std::uint64_t offset) {
    while (!chunks_.empty() && acknowledged_base_ + chunks_.front().size() <= offset) {
      acknowledged_base_ += chunks_.front().size();
      chunks_.pop_front();
    }
    acknowledged_ = std::max(acknowledged_, offset);
  }

  [[nodiscard]] std::size_t held() const { return static_cast<std::size_t>(end_ - acknowledged_base_); }
  [[nodiscard]] bool all_acknowledged() const { return acknowledged_ >= end_; }

 private:
  std::deque<std::vector<std::byte>> chunks_;
  std::uint64_t acknowledged_base_ = 0;  // offset of the first chunk
  std::uint64_t acknowledged_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace pf::control
