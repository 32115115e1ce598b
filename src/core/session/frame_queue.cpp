#include "core/session/frame_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pf::session {
namespace {

// A frame that nothing newer follows (the picture stands still) is given up after this many reorder waits without a
// packet, so that a lost tail does not leave an old picture on the screen.
constexpr int silent_waits = 4;

}  // namespace

FrameQueue::FrameQueue(const Limits& limits) : limits_(limits), ready_(most_ready) {
  frames_.reserve(limits.frames);
  spare_.reserve(limits.frames);
  while (spare_.size() < limits.frames) spare_.push_back(std::make_unique<FrameInFlight>());
}

FrameInFlight* FrameQueue::find(FrameId id) {
  const auto found = std::ranges::find_if(frames_, [&](const auto& frame) { return frame->id == id; });
  return found == frames_.end() ? nullptr : found->get();
}

FrameInFlight* FrameQueue::insert(FrameId id) {
  while (frames_.size() >= limits_.frames) {
    if (!id.newer_than(frames_.front()->id)) return nullptr;
    give_up_one();
  }
  auto frame = std::move(spare_.back());
  spare_.pop_back();
  frame->id = id;
  frame->state = FrameInFlight::State::collecting;
  const auto newer = std::ranges::find_if(frames_, [&](const auto& other) { return other->id.newer_than(id); });
  return frames_.insert(newer, std::move(frame))->get();
}

bool FrameQueue::give_up_before(FrameId id) {
  if (frames_.empty() || !id.newer_than(frames_.front()->id)) return false;
  give_up_one();
  return true;
}

std::optional<ReceivedUnit> FrameQueue::take() {
  if (ready_.empty()) return std::nullopt;
  return ready_.take_front();
}

void FrameQueue::settle(TimePoint now) {
  for (;;) {
    if (const auto frame = deliverable(); frame != frames_.end()) {
      deliver(frame);
      continue;
    }
    if (frames_.empty() || now < due()) return;
    give_up_one();
  }
}

std::optional<LostFrames> FrameQueue::missing() const {
  if (!needs_keyframe_ || !started_) return std::nullopt;
  const auto entry = std::ranges::find_if(frames_, [this](const auto& frame) { return is_entry(*frame); });
  const auto newest = entry == frames_.begin() ? floor_ : (*std::prev(entry))->id;
  return LostFrames{delivered_.next(), newest};
}

bool FrameQueue::is_entry(const FrameInFlight& frame) const {
  return frame.keyframe || (frame.discontinuity && started_);
}

// Whether `frame`, the oldest one, goes on from here if only it becomes whole.
bool FrameQueue::waits_for(const FrameInFlight& frame) const {
  return in_sequence_ ? frame.id == floor_.next() : is_entry(frame);
}

FrameQueue::Frames::const_iterator FrameQueue::deliverable() const {
  const auto complete = [](const FrameInFlight& frame) { return frame.state == FrameInFlight::State::complete; };
  if (!frames_.empty() && complete(*frames_.front()) && waits_for(*frames_.front())) return frames_.begin();
  return std::ranges::find_if(frames_, [&](const auto& frame) { return complete(*frame) && is_entry(*frame); });
}

std::optional<TimePoint> FrameQueue::deadline() const {
  if (frames_.empty()) return std::nullopt;
  return due();
}

// For every packet, so that what it returns fits a register: an optional passes through memory, and the processor then
// waits there until the packet's payload has reached the cache.
TimePoint FrameQueue::due() const {
  const auto& front = *frames_.front();
  auto overtaking = frames_.begin();
  auto due = TimePoint::max();
  if (waits_for(front)) {
    if (front.state == FrameInFlight::State::broken) return TimePoint::min();
    due = front.last_arrival + silent_waits * limits_.reorder_wait;
    ++overtaking;
  }
  // The network has had its time to reorder once packets of a newer frame are this old.
  for (; overtaking != frames_.end(); ++overtaking) {
    due = std::min(due, (*overtaking)->first_arrival + limits_.reorder_wait);
  }
  return due;
}

void FrameQueue::deliver(Frames::const_iterator frame) {
  begin();
  const FrameId id = (*frame)->id;
  while (frames_.front()->id != id) drop_front();
  lose_up_to(FrameId{id.value - 1});
  auto& unit = frames_.front()->unit;
  if (is_entry(*frames_.front()) && std::exchange(needs_keyframe_, false))
    ++(!unit.keyframe ? repairs_ : unit.prefix.until_shown > 0 ? refreshes_ : restarts_);
  started_ = started_ || unit.keyframe;
  delivered_ = id;
  in_sequence_ = true;
  ready_.push_back(std::move(unit));
  retire_front();
  floor_ = id;
}

// In sequence it is the next frame that is missing, whether or not a part of it is here; after that the oldest here.
void FrameQueue::give_up_one() {
  begin();
  needs_keyframe_ = true;
  if (in_sequence_ && frames_.front()->id != floor_.next()) {
    lose_up_to(floor_.next());
  } else {
    drop_front();
  }
  in_sequence_ = false;
}

// The stream starts at the oldest frame that is here: earlier ones that were never seen cannot be counted.
void FrameQueue::begin() {
  if (!begun_) floor_ = FrameId{frames_.front()->id.value - 1};
  begun_ = true;
}

void FrameQueue::drop_front() {
  lose_up_to(frames_.front()->id);
  retire_front();
}

void FrameQueue::retire_front() {
  frames_.front()->shards.clear();
  frames_.front()->unit = {};
  spare_.push_back(std::move(frames_.front()));
  frames_.erase(frames_.begin());
}

void FrameQueue::lose_up_to(FrameId id) {
  lost_ += static_cast<std::uint32_t>(id.since(floor_));
  floor_ = id;
}

}  // namespace pf::session
