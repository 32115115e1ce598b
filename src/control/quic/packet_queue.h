// Packets on their way from the thread that receives them to the one that runs QUIC, in memory that is taken once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/base/clock.h"
#include "core/net/address.h"

namespace pf::control {

struct QueuedPacket {
  static constexpr std::size_t largest = 1500;  // peers are told to send no longer ones

  net::Address from;
  net::Address to;
  TimePoint arrival;
  std::span<std::byte> memory;  // `largest` bytes of the queue's
  std::size_t size = 0;         // of the packet, in front

  void fill(std::span<const std::byte> bytes) {
    size = std::min(bytes.size(), largest);
    std::ranges::copy(bytes.first(size), memory.begin());
  }
  [[nodiscard]] std::span<const std::byte> bytes() const { return memory.first(size); }
};

/// A packet belongs to one side at a time: to the queue, to who fills it or to who reads it. The calls are made under a
/// lock of theirs; filling and reading are not.
class PacketQueue {
 public:
  static constexpr std::size_t most = 1024;  // beyond it the reader is drowning: QUIC will send again

  // The packets' memory is not touched before it is used: a queue takes as many pages as it has ever been long.
  PacketQueue() : memory_(std::make_unique_for_overwrite<std::byte[]>(most * QueuedPacket::largest)), packets_(most) {
    for (auto* list : {&free_, &waiting_}) list->reserve(most);
    const std::span all(memory_.get(), most * QueuedPacket::largest);
    for (std::size_t i = most; i-- > 0;) {
      packets_[i].memory = all.subspan(i * QueuedPacket::largest, QueuedPacket::largest);
      free_.push_back(&packets_[i]);
    }
  }

  /// One to be filled: of those that were read the last, whose memory is warm. nullptr: all are in use.
  QueuedPacket* take_free() {
    if (free_.empty()) return nullptr;
    auto* const packet = free_.back();
    free_.pop_back();
    return packet;
  }
  void push(QueuedPacket* filled) { waiting_.push_back(filled); }
  [[nodiscard]] bool empty() const { return waiting_.empty(); }

  /// Gives back what was read, and takes what waits, oldest first. `read` has room for `most`.
  void exchange(std::vector<QueuedPacket*>& read) {
    free_.insert(free_.end(), read.begin(), read.end());
    read.clear();
    read.swap(waiting_);
  }

 private:
  std::unique_ptr<std::byte[]> memory_;
  std::vector<QueuedPacket> packets_;
  std::vector<QueuedPacket*> free_;
  std::vector<QueuedPacket*> waiting_;
};

}  // namespace pf::control
