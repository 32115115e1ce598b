#include "host/stream/input_loop.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "core/base/thread.h"
#include "core/wire/serial.h"
#include "host/stream/input_receiver.h"

namespace pf::host {
namespace {

constexpr std::size_t most_motions = 64;   // of each kind, and of each gamepad
constexpr std::size_t most_troubles = 16;  // more than there are; a backend may put numbers into its sentences

/// Whether the two are the same thing's: then the newer one replaces the other.
struct SameThing {
  template <class M>
  bool operator()(const M& a, const M& b) const {
    if constexpr (requires { a.pad; })
      return a.pad == b.pad;
    else
      return true;
  }
  template <class A, class B>
  bool operator()(const A&, const B&) const {
    return false;
  }
};

std::uint32_t sequence_of(const wire::UnreliableInput& motion) {
  return std::visit(
      [](const auto& m) {
        if constexpr (requires { m.pen; })
          return m.pen.sequence;
        else if constexpr (requires { m.motion; })
          return m.motion.sequence;
        else
          return m.sequence;
      },
      motion);
}

}  // namespace

InputLoop::InputLoop(std::unique_ptr<InputInjector> injector, OpenGamepads open_gamepads, SessionCounters& counters,
                     OnTrouble on_trouble)
    : injector_(std::move(injector)),
      open_gamepads_(std::move(open_gamepads)),
      counters_(counters),
      on_trouble_(std::move(on_trouble)),
      thread_(mutex_, changed_, [this](const std::stop_token& stop) { run(stop); }) {}

InputLoop::~InputLoop() = default;

void InputLoop::push(const wire::ReliableInput& event) {
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.events.size() >= capacity) {
      waiting_.events.clear();
      waiting_.events.emplace_back(wire::ReleaseAllEvent{});
    }
    waiting_.events.push_back(event);
  }
  changed_.notify_one();
}

void InputLoop::push(const wire::UnreliableInput& motion) {
  {
    const std::scoped_lock lock(mutex_);
    const auto same = std::ranges::find_if(
        waiting_.motion, [&](const auto& waiting) { return std::visit(SameThing{}, waiting, motion); });
    if (same == waiting_.motion.end())
      waiting_.motion.push_back(motion);
    else if (wire::newer(sequence_of(motion), sequence_of(*same)))
      *same = motion;
  }
  changed_.notify_one();
}

bool InputLoop::wait(const std::stop_token& stop, Batch& taken) {
  taken.clear();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !waiting_.empty() || stop.stop_requested(); });
  if (stop.stop_requested()) return false;
  std::swap(waiting_, taken);
  return true;
}

void InputLoop::run(const std::stop_token& stop) {
  begin_thread("pf-input", Urgency::media);
  InputReceiver receiver(*injector_, open_gamepads_);
  std::set<std::string> troubles;
  const auto note = [&](const Result<void>& done) {
    ++counters_.input_events;
    if (done || troubles.size() >= most_troubles || !troubles.insert(done.error().message).second) return;
    on_trouble_(done.error());
  };
  Batch batch;
  {
    const std::scoped_lock lock(mutex_);
    for (auto* memory : {&waiting_, &batch}) {
      memory->events.reserve(capacity);
      memory->motion.reserve(most_motions);
    }
  }
  while (wait(stop, batch)) {
    // Events carry things as they were; motion that is newer than all of them comes last.
    for (const auto& event : batch.events) note(receiver.apply(event));
    for (const auto& motion : batch.motion) note(receiver.apply(motion));
  }
  receiver.release_all();
}

}  // namespace pf::host
