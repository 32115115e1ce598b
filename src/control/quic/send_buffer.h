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
  /// Small messages share a chunk, so that they can share a packet.
  static constexpr std::size_t chunk_size = 4096;

  void append(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      // Growing within what was reserved leaves the bytes where they are.
      if (chunks_.empty() || chunks_.back().size() == chunk_size) chunks_.emplace_back().reserve(chunk_size);
      auto& chunk = chunks_.back();
      const auto part = bytes.first(std::min(bytes.size(), chunk_size - chunk.size()));
      chunk.insert(chunk.end(), part.begin(), part.end());
      end_ += part.size();
      bytes = bytes.subspan(part.size());
    }
  }

  /// The next bytes that were never sent, as far as they lie in one piece.
  [[nodiscard]] std::span<const std::byte> unsent() const {
    if (sent_ == end_) return {};
    const auto skip = static_cast<std::size_t>(sent_ - base_);
    return std::span<const std::byte>(chunks_[skip / chunk_size]).subspan(skip % chunk_size);
  }
  void mark_sent(std::size_t size) { sent_ += size; }

  /// Everything below this stream offset has arrived.
  void acknowledge(std::uint64_t offset) {
    acknowledged_ = std::max(acknowledged_, offset);
    while (acknowledged_ - base_ >= chunk_size) {
      base_ += chunk_size;
      chunks_.pop_front();
    }
  }

  /// Bytes that have not been acknowledged.
  [[nodiscard]] std::size_t held() const { return static_cast<std::size_t>(end_ - acknowledged_); }
  [[nodiscard]] bool all_acknowledged() const { return acknowledged_ == end_; }

 private:
  std::deque<std::vector<std::byte>> chunks_;  // all full but the last
  std::uint64_t base_ = 0;                     // stream offset of the first chunk
  std::uint64_t acknowledged_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace pf::control
