#include "host/linux/uinput/uinput_gamepads.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "core/base/thread.h"
#include "host/linux/uinput/force_feedback.h"
#include "host/linux/uinput/gamepad_layout.h"
#include "host/linux/uinput/motion_sensors.h"
#include "host/linux/uinput/source.h"
#include "host/linux/uinput/touchpad.h"

namespace pf::host {
namespace {

struct Motion {
  MotionSensors sensors;
  Source source;
};

struct Pointing {
  Touchpad touchpad;
  Source source;
};

struct Pad {
  GamepadLayout layout;
  Source source;
  std::optional<Motion> motion;
  std::optional<Pointing> pointing;
  // The feedback thread's.
  ForceFeedback force;
  Motors told{};
};

class UinputGamepads final : public GamepadHub {
 public:
  UinputGamepads(OnFeedback on_feedback, const Clock& clock, FileDescriptor epoll, FileDescriptor wake)
      : on_feedback_(std::move(on_feedback)),
        clock_(clock),
        epoll_(std::move(epoll)),
        wake_(std::move(wake)),
        thread_([this](const std::stop_token& stop) { listen(stop); }) {}
  ~UinputGamepads() override {
    thread_.request_stop();
    (void)eventfd_write(wake_.get(), 1);
    thread_.join();
  }
  UinputGamepads(const UinputGamepads&) = delete;
  UinputGamepads& operator=(const UinputGamepads&) = delete;

  Result<void> plug(const wire::GamepadArrival& arrival) override;
  void unplug(std::uint8_t number) override {
    const std::scoped_lock lock(mutex_);
    pads_[number].reset();  // epoll forgets a file that is closed
  }
  Result<void> update(std::uint8_t number, std::uint32_t buttons, const wire::GamepadAxes& axes) override {
    auto& pad = *pads_[number];
    pad.layout.report(buttons, axes, pad.source.frame);
    auto sent = pad.source.send();
    if (!sent || !pad.pointing) return sent;
    pad.pointing->touchpad.report_buttons(buttons, pad.pointing->source.frame);
    return pad.pointing->source.send();
  }
  Result<void> move(const wire::GamepadMotion& motion) override {
    auto& pad = *pads_[motion.pad];
    if (!pad.motion) return {};
    pad.motion->sensors.report(motion, clock_.now(), pad.motion->source.frame);
    return pad.motion->source.send();
  }
  Result<void> touch(std::uint8_t number, wire::TouchPhase phase, const wire::TouchContact& contact) override {
    auto& pad = *pads_[number];
    if (!pad.pointing) return {};
    pad.pointing->touchpad.report(phase, contact, pad.pointing->source.frame);
    return pad.pointing->source.send();
  }
  Result<void> battery(const wire::GamepadBattery& /*unused*/) override {
    return fail(ErrorCode::unsupported, "games don't see the charge of gamepads: uinput has none");
  }

 private:
  void listen(const std::stop_token& stop);
  std::optional<TimePoint> serve();

  const OnFeedback on_feedback_;
  const Clock& clock_;
  const FileDescriptor epoll_;
  const FileDescriptor wake_;
  // The caller's thread alone changes which pads there are, under the mutex, and so may look without it. The feedback
  // thread looks under the mutex.
  std::mutex mutex_;
  std::array<std::unique_ptr<Pad>, wire::max_gamepads> pads_;
  std::jthread thread_;  // last, so that it sees everything else whole
};

Result<void> UinputGamepads::plug(const wire::GamepadArrival& arrival) {
  GamepadLayout layout(arrival);
  auto source = Source::create(layout.profile());
  if (!source) return std::unexpected(source.error());
  std::optional<Motion> motion;
  if (has_motion(arrival)) {
    MotionSensors sensors(shown_kind(arrival), layout.profile());
    auto made = Source::create(sensors.profile());
    if (!made) return std::unexpected(made.error());
    motion = Motion{std::move(sensors), std::move(*made)};
  }
  std::optional<Pointing> pointing;
  if (has_touchpad(arrival)) {
    Touchpad touchpad(layout.profile());
    auto made = Source::create(touchpad.profile());
    if (!made) return std::unexpected(made.error());
    pointing = Pointing{std::move(touchpad), std::move(*made)};
  }
  epoll_event interest{.events = EPOLLIN, .data = {.u32 = arrival.pad}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, source->device.fd(), &interest) != 0)
    return fail(ErrorCode::io, "what games say to a gamepad can't be listened to");
  const std::scoped_lock lock(mutex_);
  pads_[arrival.pad] =
      std::make_unique<Pad>(Pad{std::move(layout), std::move(*source), std::move(motion), std::move(pointing), {}});
  return {};
}

// What games have said since, and what has come to its time. Returns when to look again, if they say nothing.
std::optional<TimePoint> UinputGamepads::serve() {
  const std::scoped_lock lock(mutex_);
  const auto now = clock_.now();
  std::optional<TimePoint> next;
  for (std::uint8_t number = 0; number < wire::max_gamepads; ++number) {
    if (!pads_[number]) continue;
    auto& pad = *pads_[number];
    pad.source.device.serve(pad.force, now);
    const auto motors = pad.force.advance(now);
    if (std::exchange(pad.told, motors) != motors)
      on_feedback_(wire::GamepadRumble{.pad = number, .low = motors.heavy, .high = motors.light});
    const auto due = pad.force.next_change();
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

void UinputGamepads::listen(const std::stop_token& stop) {
  begin_thread("pf-gamepads", Urgency::media);
  std::array<epoll_event, wire::max_gamepads + 1> ready{};
  std::optional<TimePoint> next;
  while (!stop.stop_requested()) {
    int wait_ms = -1;
    if (next)
      wait_ms =
          static_cast<int>(std::max<std::int64_t>(0, std::chrono::ceil<milliseconds>(*next - clock_.now()).count()));
    (void)epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), wait_ms);
    next = serve();
  }
}

}  // namespace

Result<std::unique_ptr<GamepadHub>> open_uinput_gamepads(GamepadHub::OnFeedback on_feedback, const Clock& clock) {
  FileDescriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  FileDescriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  epoll_event interest{.events = EPOLLIN, .data = {}};
  if (!epoll || !wake || epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake.get(), &interest) != 0)
    return fail(ErrorCode::io,
                "what games say to gamepads can't be listened to: " + std::system_category().message(errno));
  return std::make_unique<UinputGamepads>(std::move(on_feedback), clock, std::move(epoll), std::move(wake));
}

}  // namespace pf::host
