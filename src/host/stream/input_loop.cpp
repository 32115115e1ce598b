#include "host/stream/input_loop.h"

#include <utility>

#include "host/stream/input_receiver.h"
#include "host/stream/thread_name.h"

namespace pf::host {

InputLoop::InputLoop(std::unique_ptr<InputInjector> injector, SessionCounters& counters, OnTrouble on_trouble)
    : injector_(std::move(injector)),
      counters_(counters),
      on_trouble_(std::move(on_trouble)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

InputLoop::~InputLoop() {
  thread_.request_stop();
  thread_.join();
}

void InputLoop::push(const wire::ReliableInput& event) {
  const std::scoped_lock lock(mutex_);
  if (waiting_.events.size() >= capacity) {
    waiting_.events.clear();
    waiting_.events.emplace_back(wire::ReleaseAllEvent{});
  }
  waiting_.events.push_back(event);
  changed_.notify_one();
}

void InputLoop::push(const wire::PointerState& pointer) {
  const std::scoped_lock lock(mutex_);
  auto& newest = waiting_.pointer;
  if (newest && static_cast<std::int32_t>(pointer.sequence - newest->sequence) <= 0) return;
  newest = pointer;
  changed_.notify_one();
}

std::optional<InputLoop::Batch> InputLoop::wait(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [this] { return !waiting_.empty(); }) || stop.stop_requested()) return std::nullopt;
  return std::exchange(waiting_, {});
}

void InputLoop::run(const std::stop_token& stop) {
  name_this_thread("pf-input");
  InputReceiver receiver(*injector_);
  bool trouble = false;
  const auto note = [&](const Result<void>& done) {
    ++counters_.input_events;
    if (done || std::exchange(trouble, true)) return;
    on_trouble_(done.error());
  };
  while (auto batch = wait(stop)) {
    // Events carry the pointer as it was; motion that is newer than all of them comes last.
    for (const auto& event : batch->events) note(receiver.apply(event));
    if (batch->pointer) note(receiver.apply(*batch->pointer));
  }
  receiver.release_all();
}

}  // namespace pf::host
