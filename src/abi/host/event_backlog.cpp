#include "abi/host/event_backlog.h"

#include <algorithm>
#include <map>
#include <optional>

#include "abi/input.h"

namespace pf::abi {
namespace {

bool is_input(const punktfunk_host_event& event, std::uint64_t session) {
  return event.kind == PUNKTFUNK_HOST_EVENT_INPUT && event.session == session;
}

/// Gamepads that come and go are told in any case: nobody could make sense of the rest without.
bool may_be_dropped(const punktfunk_input& input) {
  return input.kind != PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL && input.kind != PUNKTFUNK_INPUT_GAMEPAD_REMOVAL;
}

std::optional<std::uint8_t> pad_of(const punktfunk_input& input) {
  switch (input.kind) {
    case PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL: return input.data.arrival.pad;
    case PUNKTFUNK_INPUT_GAMEPAD_REMOVAL: return input.data.removed_pad;
    case PUNKTFUNK_INPUT_GAMEPAD: return input.data.gamepad.pad;
    case PUNKTFUNK_INPUT_GAMEPAD_BATTERY: return input.data.battery.pad;
    case PUNKTFUNK_INPUT_GAMEPAD_MOTION: return input.data.gamepad_motion.pad;
    case PUNKTFUNK_INPUT_GAMEPAD_TOUCH: return input.data.gamepad_touch.pad;
    default: return std::nullopt;
  }
}

}  // namespace

void EventBacklog::add(const punktfunk_host_event& event) {
  if (event.kind == PUNKTFUNK_HOST_EVENT_INPUT) return add_input(event);
  if (event.kind == PUNKTFUNK_HOST_EVENT_LOG) return add_log(event);
  const auto before = find(event.session, event.kind);
  if (before == waiting_.end()) return append(event);
  switch (event.kind) {
    case PUNKTFUNK_HOST_EVENT_KEYFRAME_WANTED: return;
    case PUNKTFUNK_HOST_EVENT_BITRATE: *before = event; return;
    case PUNKTFUNK_HOST_EVENT_FRAMES_LOST:
      before->lost_first = std::min(before->lost_first, event.lost_first);
      before->lost_last = std::max(before->lost_last, event.lost_last);
      return;
    default:  // a step in the session's life: the latest of its kind counts, in its place among the others
      erase(before);
      append(event);
  }
}

bool EventBacklog::withdraw(std::uint64_t session, std::uint32_t kind) {
  const auto question = find(session, kind);
  if (question == waiting_.end()) return false;
  erase(question);
  return true;
}

punktfunk_host_event EventBacklog::take_front() {
  const auto event = waiting_.front();
  erase(waiting_.begin());
  return event;
}

EventBacklog::Events::iterator EventBacklog::find(std::uint64_t session, std::uint32_t kind) {
  return std::ranges::find_if(waiting_, [&](const auto& e) { return e.kind == kind && e.session == session; });
}

void EventBacklog::append(const punktfunk_host_event& event) {
  if (spare_.empty()) {
    waiting_.push_back(event);
  } else {
    spare_.front() = event;
    waiting_.splice(waiting_.end(), spare_, spare_.begin());
  }
  if (auto* count = count_of(event)) ++*count;
}

EventBacklog::Events::iterator EventBacklog::erase(Events::iterator at) {
  if (auto* count = count_of(*at)) --*count;
  const auto next = std::next(at);
  spare_.splice(spare_.begin(), waiting_, at);
  return next;
}

std::size_t* EventBacklog::count_of(const punktfunk_host_event& event) {
  if (event.kind == PUNKTFUNK_HOST_EVENT_LOG) return &logs_;
  return event.kind == PUNKTFUNK_HOST_EVENT_INPUT && may_be_dropped(event.input) ? &inputs_ : nullptr;
}

void EventBacklog::add_log(const punktfunk_host_event& event) {
  if (logs_ == most_logs) erase(std::ranges::find(waiting_, event.kind, &punktfunk_host_event::kind));
  append(event);
}

void EventBacklog::add_input(const punktfunk_host_event& event) {
  if (event.input.kind == PUNKTFUNK_INPUT_GAMEPAD_REMOVAL && forget_arrival(event)) return;
  if (inputs_ >= most_inputs && may_be_dropped(event.input)) drop_input();
  append(event);
}

void EventBacklog::drop_input() {
  std::map<std::uint64_t, std::size_t> inputs;
  for (const auto& event : waiting_)
    if (count_of(event) == &inputs_) ++inputs[event.session];
  const auto [session, count] = *std::ranges::max_element(inputs, {}, [](const auto& entry) { return entry.second; });
  std::size_t left = count;
  for (auto at = waiting_.begin(); left > 0;) {
    if (!is_input(*at, session) || !may_be_dropped(at->input)) {
      ++at;
    } else if (--left > 0) {
      at = erase(at);
    } else {
      at->input = input_of(PUNKTFUNK_INPUT_RELEASE_ALL);
    }
  }
}

// A gamepad that nobody has heard of goes without a word, and so does all that it did.
bool EventBacklog::forget_arrival(const punktfunk_host_event& removal) {
  const auto pad = removal.input.data.removed_pad;
  const auto arrival = std::ranges::find_if(waiting_, [&](const auto& event) {
    return is_input(event, removal.session) && event.input.kind == PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL &&
           event.input.data.arrival.pad == pad;
  });
  if (arrival == waiting_.end()) return false;
  for (auto at = arrival; at != waiting_.end();)
    at = is_input(*at, removal.session) && pad_of(at->input) == pad ? erase(at) : std::next(at);
  return true;
}

}  // namespace pf::abi
