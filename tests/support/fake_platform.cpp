#include "support/fake_platform.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <thread>

#include "core/wire/bytes.h"

namespace pf::test {
namespace {

using host::CapturedFrame;
using Screen = FakeWorld::Screen;
using World = std::shared_ptr<FakeWorld>;

constexpr std::uint32_t toy_magic = 0x31594f54;  // "TOY1"
constexpr std::size_t toy_header = 4 + 1 + 4 + 4 + 4 + 4 + 4 + 8;
constexpr std::uint32_t toy_references = 8;  // units that it can still refer to
constexpr std::uint8_t toy_refresh_units = 5;

TimePoint now() {
  return SteadyClock().now();
}

class FakeDisplay final : public host::VirtualDisplay {
 public:
  FakeDisplay(World world, std::shared_ptr<Screen> screen)
      : world_(std::move(world)), screen_(std::move(screen)), name_(screen_->name) {}
  ~FakeDisplay() override {
    const std::scoped_lock lock(world_->mutex);
    screen_->removed = true;
    std::erase(world_->screens, screen_);
    world_->changed.notify_all();
  }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] Mode mode() const override {
    const std::scoped_lock lock(world_->mutex);
    return screen_->mode;
  }
  Result<void> set_mode(const Mode& mode) override {
    const std::scoped_lock lock(world_->mutex);
    if (!world_->compositor_alive) return fail(ErrorCode::closed, "the fake compositor is gone");
    if (world_->refuse_set_mode) return fail(ErrorCode::unsupported, "the fake compositor does not like this mode");
    screen_->mode = mode;
    if (!world_->ignore_set_mode) screen_->shown = mode;
    ++screen_->changes;
    world_->changed.notify_all();
    return {};
  }
  [[nodiscard]] const std::shared_ptr<Screen>& screen() const { return screen_; }

 private:
  World world_;
  std::shared_ptr<Screen> screen_;
  std::string name_;
};

/// Counts itself out of the world's held frames when the last holder lets go.
struct Lease {
  Lease(World w, std::vector<std::byte> p) : world(std::move(w)), pixels(std::move(p)) {
    const std::scoped_lock lock(world->mutex);
    world->most_held = std::max(world->most_held, ++world->held);
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    const std::scoped_lock lock(world->mutex);
    --world->held;
  }
  World world;
  std::vector<std::byte> pixels;
};

class FakeCapturer final : public host::Capturer {
 public:
  FakeCapturer(World world, std::shared_ptr<Screen> screen) : world_(std::move(world)), screen_(std::move(screen)) {}

  Result<std::optional<CapturedFrame>> next(milliseconds wait) override {
    std::unique_lock lock(world_->mutex);
    const auto until = now() + wait;
    interrupted_ = false;
    while (true) {
      if (!world_->compositor_alive || screen_->removed) return fail(ErrorCode::closed, "the fake compositor is gone");
      if (interrupted_) return std::nullopt;
      const auto interval = Duration{1'000'000'000'000 / std::max<std::int64_t>(screen_->mode.refresh_mhz, 1)};
      const bool due = now() >= last_ + interval;
      if (refresh_ || seen_ != screen_->changes || (world_->moving && due)) break;
      if (now() >= until) return std::nullopt;
      world_->changed.wait_until(lock, world_->moving ? std::min(until, last_ + interval) : until);
    }
    refresh_ = false;
    seen_ = screen_->changes;
    const auto mode = screen_->shown;
    lock.unlock();
    last_ = now();
    return picture(mode);
  }
  void request_refresh() override {
    const std::scoped_lock lock(world_->mutex);
    refresh_ = true;
    world_->changed.notify_all();
  }
  void interrupt() override {
    const std::scoped_lock lock(world_->mutex);
    interrupted_ = true;
    world_->changed.notify_all();
  }

 private:
  CapturedFrame picture(const Mode& mode) {
    CapturedFrame frame;
    frame.width = mode.width;
    frame.height = mode.height;
    frame.stride = mode.width * 4;
    frame.presented = now();
    std::vector<std::byte> pixels(std::size_t{frame.stride} * mode.height, static_cast<std::byte>(number_ * 8));
    frame.damage = {host::Rect{0, 0, mode.width, mode.height}};
    frame.sequence = ++number_;
    const auto lease = std::make_shared<Lease>(world_, std::move(pixels));
    frame.pixels = lease->pixels;
    frame.lease = {lease, [](void*) {}};
    frame.ready = now();
    return frame;
  }

  World world_;
  std::shared_ptr<Screen> screen_;
  bool refresh_ = false;
  bool interrupted_ = false;
  std::uint64_t seen_ = 0;
  std::uint64_t number_ = 0;
  TimePoint last_{};
};

class ToyEncoder final : public host::Encoder {
 public:
  ToyEncoder(World world, const host::EncoderConfig& config, int which)
      : world_(std::move(world)), config_(config), which_(which) {}

  Result<host::EncodedUnit> encode(const CapturedFrame& frame, host::Entry entry) override {
    if (world_->fail_encode) return fail(ErrorCode::internal, "the toy encoder is broken");
    if (frame.width != config_.mode.width || frame.height != config_.mode.height)
      return fail(ErrorCode::invalid_argument, "a picture of another size than the encoder's");
    if (const int ms = world_->encode_ms; ms > 0) std::this_thread::sleep_for(milliseconds{ms});
    if (entry != host::Entry::follow || !can_follow()) refers_ = 0;
    if (entry != host::Entry::follow)
      refresh_left_ = entry == host::Entry::refresh && config_.hides ? toy_refresh_units : std::uint8_t{1};
    if (refresh_left_ > 0) --refresh_left_;
    const bool keyframe = refers_ == 0;
    write(frame, keyframe);
    refers_ = number_;
    return host::EncodedUnit{.data = unit_,
                             .keyframe = keyframe,
                             .until_shown = refresh_left_,
                             .convert = microseconds{10},
                             .encode = microseconds{20}};
  }
  bool forget_from(std::uint64_t unit) override {
    refers_ = std::min(refers_, static_cast<std::uint32_t>(unit));  // units count from 0, their numbers from 1
    return can_follow();
  }
  Result<void> set_bitrate(Bitrate bitrate) override {
    config_.bitrate = bitrate;
    return {};
  }
  [[nodiscard]] const char* name() const override { return "toy"; }

 private:
  [[nodiscard]] bool can_follow() const { return refers_ != 0 && number_ - refers_ < toy_references; }

  void write(const CapturedFrame& frame, bool keyframe) {
    // A whole keyframe is larger, as in life.
    const bool large = keyframe && refresh_left_ == 0;
    const std::size_t least = config_.bitrate.bits_per_second > world_->big_above ? world_->unit_bytes.load() : 0;
    unit_.assign(std::max(toy_header + ToyUnit::columns * ToyUnit::rows + (large ? 3000u : 0u), least), std::byte{});
    wire::Writer to(unit_);
    to.write(toy_magic);
    to.write(static_cast<std::uint8_t>(keyframe));
    to.write(++number_);
    to.write(refers_);
    to.write(static_cast<std::uint32_t>(which_));
    to.write(frame.width);
    to.write(frame.height);
    to.write(config_.bitrate.bits_per_second);
    for (std::size_t row = 0; row < ToyUnit::rows; ++row)
      for (std::size_t column = 0; column < ToyUnit::columns; ++column) {
        const auto y = frame.height * row / ToyUnit::rows;
        const auto x = frame.width * column / ToyUnit::columns;
        to.write(std::to_integer<std::uint8_t>(frame.pixels[y * frame.stride + x * 4]));
      }
  }

  World world_;
  host::EncoderConfig config_;
  int which_;
  std::uint32_t number_ = 0;
  std::uint32_t refers_ = 0;  // what the next unit refers to
  std::uint8_t refresh_left_ = 0;
  std::vector<std::byte> unit_;
};

class FakeInjector final : public host::InputInjector {
 public:
  explicit FakeInjector(World world) : world_(std::move(world)) {}
  Result<void> move(double dx, double dy) override { return note("move " + text(dx) + " " + text(dy)); }
  Result<void> place(double x, double y) override { return note("place " + text(x) + " " + text(y)); }
  Result<void> button(std::uint16_t code, bool pressed) override { return note("button", code, pressed); }
  Result<void> wheel(std::int32_t vertical, std::int32_t horizontal) override {
    return note("wheel " + std::to_string(vertical) + " " + std::to_string(horizontal));
  }
  Result<void> key(std::uint16_t code, bool pressed) override { return note("key", code, pressed); }
  Result<void> text(const std::string& utf8) override { return note("text " + utf8); }
  Result<void> touch(wire::TouchPhase phase, const wire::TouchContact& contact) override {
    if (world_->refuse_touch) return InputInjector::touch(phase, contact);
    static constexpr const char* phases[] = {"", "down", "move", "up", "cancel"};
    return note("touch " + std::to_string(contact.id) + " " + phases[static_cast<std::size_t>(phase)] + " " +
                std::to_string(contact.x) + " " + std::to_string(contact.y));
  }
  Result<void> pen(const wire::PenState& pen) override {
    if (world_->refuse_touch) return InputInjector::pen(pen);
    return note(std::string("pen ") +
                (pen.touching   ? "touches"
                 : pen.in_range ? "hovers"
                                : "away") +
                " " + std::to_string(pen.x) + " " + std::to_string(pen.y));
  }
  void release_all() override { world_->note("release all"); }

 private:
  static std::string text(double value) {
    char buffer[32];
    std::snprintf(buffer, sizeof(buffer), "%.4g", value);
    return buffer;
  }
  Result<void> note(const std::string& line) {
    if (world_->fail_injector) return fail(ErrorCode::closed, "the fake injector is broken");
    world_->note(line);
    return {};
  }
  Result<void> note(const char* what, std::uint16_t code, bool pressed) {
    return note(std::string(what) + " " + std::to_string(code) + (pressed ? " down" : " up"));
  }
  World world_;
};

class FakeGamepads final : public host::GamepadHub {
 public:
  FakeGamepads(World world, OnFeedback on_feedback) : world_(std::move(world)), feedback_(std::move(on_feedback)) {}
  Result<void> plug(const wire::GamepadArrival& pad) override { return note(pad.pad, "plugged in"); }
  void unplug(std::uint8_t pad) override { (void)note(pad, "unplugged"); }
  Result<void> update(std::uint8_t pad, std::uint32_t buttons, const wire::GamepadAxes& axes) override {
    std::string text = "buttons " + std::to_string(buttons) + " axes";
    for (const int axis : {int{axes.left_trigger}, int{axes.right_trigger}, int{axes.left_x}, int{axes.left_y},
                           int{axes.right_x}, int{axes.right_y}})
      text += " " + std::to_string(axis);
    if (buttons == 0x1000 && feedback_) {
      feedback_(wire::GamepadRumble{.pad = pad, .low = 1000, .high = 2000});
      feedback_(wire::GamepadLight{.pad = pad, .colour = 0x102030});
    }
    return note(pad, text);
  }
  Result<void> move(const wire::GamepadMotion& motion) override {
    return note(motion.pad, "falls at " + std::to_string(motion.acceleration[2]));
  }
  Result<void> touch(std::uint8_t pad, wire::TouchPhase phase, const wire::TouchContact& contact) override {
    return note(pad, "touch " + std::to_string(contact.id) + " phase " + std::to_string(static_cast<int>(phase)) +
                         " at " + std::to_string(contact.x));
  }
  Result<void> battery(const wire::GamepadBattery& battery) override {
    return note(battery.pad, "at " + std::to_string(battery.percent) + "%");
  }

 private:
  Result<void> note(std::uint8_t pad, const std::string& text) {
    world_->note("pad " + std::to_string(pad) + " " + text);
    return {};
  }
  World world_;
  OnFeedback feedback_;
};

class SineCapturer final : public host::AudioCapturer {
 public:
  SineCapturer(const AudioFormat& format, Sink sink)
      : format_(format), sink_(std::move(sink)), thread_([this](const std::stop_token& stop) { run(stop); }) {}
  [[nodiscard]] AudioFormat format() const override { return format_; }

 private:
  void run(const std::stop_token& stop) {
    std::vector<float> samples(std::size_t{audio_packet_samples} * format_.channels);
    std::uint64_t position = 0;
    auto due = now();
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = 0.5f * std::sin(static_cast<float>((position + i / format_.channels) % 48) * 6.2831853f / 48);
      position += audio_packet_samples;
      sink_(samples, due);
      due += milliseconds{5};
      changed_.wait_until(lock, stop, due, [] { return false; });
    }
  }

  AudioFormat format_;
  Sink sink_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;
};

}  // namespace

std::optional<ToyUnit> ToyUnit::parse(std::span<const std::byte> data) {
  wire::Reader in(data);
  if (in.read<std::uint32_t>() != toy_magic) return std::nullopt;
  ToyUnit unit;
  unit.keyframe = in.read<std::uint8_t>() != 0;
  unit.number = in.read<std::uint32_t>();
  unit.refers = in.read<std::uint32_t>();
  unit.encoder = in.read<std::uint32_t>();
  unit.width = in.read<std::uint32_t>();
  unit.height = in.read<std::uint32_t>();
  unit.bitrate = in.read<std::uint64_t>();
  for (std::size_t i = 0; i < columns * rows; ++i) unit.grey.push_back(in.read<std::uint8_t>());
  return in.ok() ? std::optional(unit) : std::nullopt;
}

void FakeWorld::kill_compositor() {
  const std::scoped_lock lock(mutex);
  compositor_alive = false;
  changed.notify_all();
}

void FakeWorld::revive() {
  const std::scoped_lock lock(mutex);
  compositor_alive = true;
}

bool FakeWorld::alive() const {
  const std::scoped_lock lock(mutex);
  return compositor_alive;
}

std::vector<std::string> FakeWorld::displays() const {
  const std::scoped_lock lock(mutex);
  std::vector<std::string> names;
  for (const auto& screen : screens) names.push_back(screen->name);
  return names;
}

std::vector<Mode> FakeWorld::modes() const {
  const std::scoped_lock lock(mutex);
  std::vector<Mode> out;
  for (const auto& screen : screens) out.push_back(screen->mode);
  return out;
}

std::vector<std::string> FakeWorld::injected() const {
  const std::scoped_lock lock(mutex);
  return input;
}

int FakeWorld::encoders_opened() const {
  const std::scoped_lock lock(mutex);
  return encoder_count;
}

host::EncoderConfig FakeWorld::encoder_asked() const {
  const std::scoped_lock lock(mutex);
  return encoder_config;
}

int FakeWorld::displays_made() const {
  const std::scoped_lock lock(mutex);
  return screens_made;
}

int FakeWorld::frames_out() const {
  const std::scoped_lock lock(mutex);
  return held;
}

int FakeWorld::most_frames_out() const {
  const std::scoped_lock lock(mutex);
  return most_held;
}

bool FakeWorld::wait_until(const std::function<bool()>& done) const {
  const auto limit = now() + std::chrono::seconds{20};
  while (!done()) {
    if (now() >= limit) return false;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, milliseconds{5});
  }
  return true;
}

std::shared_ptr<Screen> FakeWorld::add_screen(const Mode& mode) {
  const std::scoped_lock lock(mutex);
  auto screen = std::make_shared<Screen>();
  screen->name = "FAKE-" + std::to_string(++screens_made);
  screen->mode = screen->shown = mode;
  screens.push_back(screen);
  changed.notify_all();
  return screen;
}

void FakeWorld::note(const std::string& line) {
  const std::scoped_lock lock(mutex);
  input.push_back(line);
  changed.notify_all();
}

std::vector<host::Probe> FakePlatform::probe() {
  return {{.usable = true, .backend = "fake", .reason = "it is always there", .remedy = ""}};
}

std::vector<VideoCodec> FakePlatform::codecs() {
  return {VideoCodec::h264};
}

Result<std::unique_ptr<host::VirtualDisplay>> FakePlatform::create_display(const Mode& mode, const std::string&) {
  if (world_->refuse_display || !world_->alive())
    return fail(ErrorCode::closed, "no compositor is running; start the fake one");
  return std::make_unique<FakeDisplay>(world_, world_->add_screen(mode));
}

Result<std::unique_ptr<host::Capturer>> FakePlatform::open_capturer(const host::VirtualDisplay& display) {
  if (world_->refuse_capturer || !world_->alive()) return fail(ErrorCode::closed, "the fake compositor has no capture");
  return std::make_unique<FakeCapturer>(world_, dynamic_cast<const FakeDisplay&>(display).screen());
}

Result<std::unique_ptr<host::Encoder>> FakePlatform::open_encoder(const host::EncoderConfig& config) {
  if (world_->refuse_encoder) return fail(ErrorCode::unsupported, "the toy encoder is out of order");
  const std::scoped_lock lock(world_->mutex);
  world_->encoder_config = config;
  return std::make_unique<ToyEncoder>(world_, config, ++world_->encoder_count);
}

Result<std::unique_ptr<host::InputInjector>> FakePlatform::open_injector(const host::VirtualDisplay&) {
  if (world_->refuse_injector) return fail(ErrorCode::unsupported, "the fake compositor takes no input");
  return std::make_unique<FakeInjector>(world_);
}

Result<std::unique_ptr<host::GamepadHub>> FakePlatform::open_gamepads(const host::VirtualDisplay& display,
                                                                      host::GamepadHub::OnFeedback on_feedback) {
  if (world_->refuse_gamepads) return Platform::open_gamepads(display, std::move(on_feedback));
  return std::make_unique<FakeGamepads>(world_, std::move(on_feedback));
}

Result<std::unique_ptr<host::AudioCapturer>> FakePlatform::open_audio(const AudioFormat& format,
                                                                      host::AudioCapturer::Sink sink) {
  if (world_->refuse_audio) return fail(ErrorCode::not_found, "no sound server is running; start the fake one");
  return std::make_unique<SineCapturer>(format, std::move(sink));
}

}  // namespace pf::test
