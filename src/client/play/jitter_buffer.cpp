#include "client/play/jitter_buffer.h"

#include <algorithm>
#include <utility>

namespace pf::client {
namespace {

constexpr std::size_t window = 200;          // packets over which the depth is averaged: 1 s
constexpr std::size_t calm = 2000;           // packets without an underrun after which less is tried: 10 s
constexpr std::size_t between = 10;          // packets between two corrections: 50 ms
constexpr std::size_t tolerance = 1;         // packets; sound devices take several at a time
constexpr std::size_t most_corrections = 8;  // in one window
constexpr std::int32_t leap = 400;           // packets: 2 s of nothing mean that the stream went on elsewhere

}  // namespace

void JitterBuffer::put(FrameId id, session::UnitBytes packet) {
  if (!begun_ || id.since(next_) >= leap) {
    slots_.clear();
    next_ = id;
    begun_ = true;
    playing_ = false;
  }
  const auto at = id.since(next_);
  if (at < 0) {
    ++counters_.late;
    return;
  }
  const auto index = skip_to(static_cast<std::size_t>(at));
  while (slots_.size() <= index) slots_.push_back(std::nullopt);
  slots_[index] = std::move(packet);
}

std::size_t JitterBuffer::skip_to(std::size_t at) {
  if (at < options_.most) return at;
  for (; at >= target_; --at) {
    if (slots_.empty())
      next_ = next_.next();
    else
      pop();
    ++counters_.skipped;
  }
  return at;
}

JitterBuffer::Step JitterBuffer::next() {
  if (!playing_) {
    if (slots_.size() < target_) return {};
    playing_ = true;
    depth_sum_ = observed_ = 0;
    correction_ = 0;
  }
  if (slots_.empty()) return underrun();
  observe();
  if (auto corrected = correct()) return std::move(*corrected);
  return play_one();
}

void JitterBuffer::restart() {
  slots_.clear();
  begun_ = playing_ = false;
}

JitterBuffer::Step JitterBuffer::underrun() {
  ++counters_.underruns;
  target_ = std::min(target_ + options_.step, options_.most);
  since_underrun_ = 0;
  playing_ = false;
  return {Step::Kind::fade_out, {}, {}};
}

void JitterBuffer::observe() {
  depth_sum_ += slots_.size();
  ++observed_;
  ++since_correction_;
  if (++since_underrun_ >= calm) {
    since_underrun_ = 0;
    target_ = std::max(options_.start, target_ - 1);
  }
  if (observed_ < window) return;
  const auto average = depth_sum_ / window;
  depth_sum_ = observed_ = 0;
  correction_ = 0;
  if (average > target_ + tolerance) {
    correction_ = static_cast<int>(std::min(average - target_ - 1, most_corrections));
  } else if (average + tolerance < target_) {
    correction_ = -static_cast<int>(std::min(target_ - average - 1, most_corrections));
  }
}

std::optional<JitterBuffer::Step> JitterBuffer::correct() {
  if (correction_ == 0 || since_correction_ < between || !slots_[0]) return std::nullopt;
  if (correction_ < 0) {
    ++correction_;
    ++counters_.stretched;
    since_correction_ = 0;
    return Step{Step::Kind::conceal, {}, {}};
  }
  if (slots_.size() < 2 || !slots_[1]) return std::nullopt;
  --correction_;
  ++counters_.merged;
  since_correction_ = 0;
  Step step{Step::Kind::merge, std::move(*slots_[0]), std::move(*slots_[1])};
  pop();
  pop();
  return step;
}

JitterBuffer::Step JitterBuffer::play_one() {
  Slot slot = std::move(slots_[0]);
  pop();
  if (slot) return {Step::Kind::play, std::move(*slot), {}};
  ++counters_.concealed;
  return {Step::Kind::conceal, {}, {}};
}

void JitterBuffer::pop() {
  (void)slots_.take_front();
  next_ = next_.next();
}

}  // namespace pf::client
