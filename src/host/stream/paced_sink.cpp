#include "host/stream/paced_sink.h"

#include <algorithm>
#include <utility>

#include "core/base/thread.h"
#include "core/session/unit_limit.h"
#include "host/stream/frame_pacer.h"

namespace pf::host {
namespace {

constexpr std::size_t most_batches = 1024;

// The largest unit and as much parity, with an eighth for headers. Frames are far smaller as a rule: what a link
// carries in less than the 50 ms of an encoder's buffer.
std::size_t most_bytes(const Mode& mode) {
  return session::max_unit_for(mode) / 8 * 9 * 2;
}

}  // namespace

PacedSink::PacedSink(std::shared_ptr<session::PacketSink> to, const Mode& mode, const Clock& clock, OnSent on_sent)
    : to_(std::move(to)),
      clock_(clock),
      on_sent_(std::move(on_sent)),
      pacer_(frame_interval(mode)),
      memory_(most_bytes(mode)),
      queue_(most_batches),
      thread_(mutex_, changed_, [this](const std::stop_token& stop) { run(stop); }) {}

PacedSink::~PacedSink() = default;

void PacedSink::set_mode(const Mode& mode) {
  session::UnitMemory memory(most_bytes(mode));
  const std::scoped_lock lock(mutex_);
  pacer_.set_interval(frame_interval(mode));
  memory_ = std::move(memory);  // what waits has its part in the old one, which goes with the last
}

void PacedSink::set_link(const rate::PacketPacer::Link& link) {
  const std::scoped_lock lock(mutex_);
  pacer_.set_link(link);
}

void PacedSink::begin_frame(std::size_t bytes) {
  const std::scoped_lock lock(mutex_);
  pacer_.begin_frame(clock_.now(), bytes);
}

Result<void> PacedSink::send(std::span<const std::byte> packets, std::size_t segment) {
  if (segment == 0) return fail(ErrorCode::invalid_argument, "a packet has at least one byte");
  std::unique_lock lock(mutex_);
  if (queue_.empty() && !sending_ && packets.size() <= pacer_.burst() && pacer_.due() <= clock_.now()) {
    // The common case, without a copy or another thread.
    sending_ = true;
    const auto at = clock_.now();
    pacer_.sent(at, packets.size());
    lock.unlock();
    if (on_sent_) on_sent_(packets, segment, at);
    auto sent = to_->send(packets, segment);
    lock.lock();
    sending_ = false;
    return sent;
  }
  if (!keep(packets, segment)) {
    pacer_.dropped(packets.size());
    return fail(ErrorCode::exhausted, "too many packets wait for the network");
  }
  auto sent = sending_ ? Result<void>{} : send_due(lock);
  const bool hand_over = wants_work_ && !queue_.empty();
  lock.unlock();
  if (hand_over) changed_.notify_one();
  return sent;
}

bool PacedSink::keep(std::span<const std::byte> packets, std::size_t segment) {
  auto bytes = memory_.take(packets.size());
  if (!bytes.held() || queue_.full()) return false;
  std::ranges::copy(packets, bytes.begin());
  queue_.push_back({.bytes = std::move(bytes), .segment = segment, .sent = 0});
  return true;
}

// Sends what is due. Nobody else touches the queue's front meanwhile; others may add behind it.
Result<void> PacedSink::send_due(std::unique_lock<std::mutex>& lock) {
  Result<void> outcome;
  sending_ = true;
  while (!queue_.empty()) {
    const auto now = clock_.now();
    if (pacer_.due() > now) break;
    auto& front = queue_.front();
    const auto whole = std::max<std::size_t>(pacer_.burst() / front.segment, 1) * front.segment;
    const auto burst =
        std::span<const std::byte>(front.bytes).subspan(front.sent, std::min(whole, front.bytes.size() - front.sent));
    const auto segment = front.segment;
    pacer_.sent(now, burst.size());
    lock.unlock();
    if (on_sent_) on_sent_(burst, segment, now);
    auto sent = to_->send(burst, segment);
    lock.lock();
    // A burst that the socket had no room for is a loss on the way; what comes after it may still get through.
    if (!sent) outcome = std::move(sent);
    front.sent += burst.size();
    if (front.sent == front.bytes.size()) (void)queue_.take_front();
  }
  sending_ = false;
  return outcome;
}

void PacedSink::run(const std::stop_token& stop) {
  begin_thread("pf-send", Urgency::media);
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (queue_.empty() || sending_) {
      wants_work_ = true;
      changed_.wait(lock, [&] { return (!queue_.empty() && !sending_) || stop.stop_requested(); });
      wants_work_ = false;
      continue;
    }
    if (const auto wait = pacer_.due() - clock_.now(); wait > Duration{0}) {
      changed_.wait_for(lock, wait, [&] { return stop.stop_requested(); });
      continue;
    }
    (void)send_due(lock);
  }
}

}  // namespace pf::host
