#include "support/delay_line.h"

#include <utility>

namespace pf::test {

DelayLine::DelayLine() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

DelayLine::~DelayLine() = default;

void DelayLine::schedule(TimePoint at, std::shared_ptr<net::UdpSocket> socket, const net::Address& to,
                         std::span<const std::byte> payload) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_bytes_ + payload.size() > max_bytes) {
      ++overflow_;
      return;
    }
    waiting_bytes_ += payload.size();
    waiting_.emplace(at, Waiting{std::move(socket), to, {payload.begin(), payload.end()}});
  }
  changed_.notify_one();
}

std::uint64_t DelayLine::overflow() const {
  const std::lock_guard lock(mutex_);
  return overflow_;
}

void DelayLine::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (waiting_.empty()) {
      changed_.wait(lock, stop, [&] { return !waiting_.empty(); });
      continue;
    }
    const TimePoint due = waiting_.begin()->first;
    if (std::chrono::steady_clock::now() < due) {
      changed_.wait_until(lock, stop, due, [&] { return !waiting_.empty() && waiting_.begin()->first < due; });
      continue;
    }
    auto next = waiting_.extract(waiting_.begin());
    auto& datagram = next.mapped();
    waiting_bytes_ -= datagram.payload.size();
    lock.unlock();
    // A packet that the kernel does not take is a lost packet: this is a network.
    static_cast<void>(datagram.socket->send(datagram.to, {}, datagram.payload));
    lock.lock();
  }
}

}  // namespace pf::test
