#include "host/linux/uinput/motion_sensors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace pf::host {

// An axis of the pad's own, out of the wire's: x to the right, y up, z towards the user, as on a DualSense.
struct SensorAxis {
  std::size_t from;
  int sign;
};

struct MotionSensors::Model {
  std::string_view suffix;  // of the device's name
  std::int32_t acceleration_most;
  std::int32_t acceleration_resolution;  // units per g
  std::int32_t speed_most;
  std::int32_t speed_resolution;  // units per degree/s
  std::array<SensorAxis, 3> axes;
};

namespace {

constexpr MotionSensors::Model playstation{.suffix = " Motion Sensors",
                                           .acceleration_most = 4 * 8192,
                                           .acceleration_resolution = 8192,
                                           .speed_most = 2048 * 1024,
                                           .speed_resolution = 1024,
                                           .axes = {{{0, 1}, {1, 1}, {2, 1}}}};
// x towards the top of the pad, y to the left, z up.
constexpr MotionSensors::Model nintendo{.suffix = " IMU",
                                        .acceleration_most = 32'767,
                                        .acceleration_resolution = 4096,
                                        .speed_most = 32'767'000,
                                        .speed_resolution = 14'247,
                                        .axes = {{{2, -1}, {0, -1}, {1, 1}}}};

constexpr std::array<std::uint16_t, 3> acceleration_codes{ABS_X, ABS_Y, ABS_Z};
constexpr std::array<std::uint16_t, 3> speed_codes{ABS_RX, ABS_RY, ABS_RZ};
constexpr double standard_gravity = 9.80665;  // m/s^2

std::int32_t within(double value, std::int32_t most) {
  return static_cast<std::int32_t>(std::lround(std::clamp<double>(value, -most, most)));
}

}  // namespace

bool has_motion(const wire::GamepadArrival& pad) {
  return (pad.has & (wire::gamepad_has::acceleration | wire::gamepad_has::gyroscope)) != 0;
}

MotionSensors::MotionSensors(wire::GamepadKind kind, const DeviceProfile& gamepad)
    : model_(kind == wire::GamepadKind::nintendo ? &nintendo : &playstation) {
  profile_.name = gamepad.name + std::string(model_->suffix);
  profile_.id = gamepad.id;
  profile_.properties = {INPUT_PROP_ACCELEROMETER};
  profile_.timestamps = true;
  const auto add = [&](std::uint16_t code, std::int32_t most, std::int32_t resolution) {
    profile_.axes.push_back({.code = code, .least = -most, .most = most, .resolution = resolution});
  };
  for (const auto code : acceleration_codes) add(code, model_->acceleration_most, model_->acceleration_resolution);
  for (const auto code : speed_codes) add(code, model_->speed_most, model_->speed_resolution);
}

void MotionSensors::report(const wire::GamepadMotion& motion, TimePoint now, EventFrame& to) const {
  for (std::size_t i = 0; i < model_->axes.size(); ++i) {
    const auto [from, sign] = model_->axes[i];
    const double g = sign * motion.acceleration[from] / (1000 * standard_gravity);
    const double degrees = sign * motion.angular_speed[from] / 1000.0;
    to.set(EV_ABS, acceleration_codes[i], within(g * model_->acceleration_resolution, model_->acceleration_most));
    to.set(EV_ABS, speed_codes[i], within(degrees * model_->speed_resolution, model_->speed_most));
  }
  // Microseconds; it wraps, as the kernel's own does.
  to.say(EV_MSC, MSC_TIMESTAMP, static_cast<std::int32_t>(to_micros(now)));
}

}  // namespace pf::host
