#include "host/linux/uinput/pen_tablet.h"

#include <utility>

namespace pf::host {
namespace {

// libinput takes no tablet without a size: 655 mm wide and high.
constexpr std::int32_t units_per_mm = 100;
// Of tilt; 180 / pi in whole numbers.
constexpr std::int32_t units_per_radian = 57;
// Of a pen that touches and measures nothing. The tip is known by pressure where a tablet has it.
constexpr std::int32_t middling_pressure = 32'768;

}  // namespace

PenTablet::PenTablet(std::string name) {
  profile_.name = std::move(name);
  profile_.id.bustype = BUS_VIRTUAL;
  profile_.properties = {INPUT_PROP_DIRECT};
  profile_.keys = {BTN_TOOL_PEN, BTN_TOOL_RUBBER, BTN_TOUCH, BTN_STYLUS, BTN_STYLUS2};
  profile_.axes = {{.code = ABS_X, .most = 65'535, .resolution = units_per_mm},
                   {.code = ABS_Y, .most = 65'535, .resolution = units_per_mm},
                   {.code = ABS_PRESSURE, .most = 65'535},
                   {.code = ABS_TILT_X, .least = -90, .most = 90, .resolution = units_per_radian},
                   {.code = ABS_TILT_Y, .least = -90, .most = 90, .resolution = units_per_radian}};
}

void PenTablet::report(const wire::PenState& pen, EventFrame& to) {
  const auto key = [&to](std::uint16_t code, bool down) { to.set(EV_KEY, code, down ? 1 : 0); };
  const bool other_end = last_.in_range && pen.in_range && last_.eraser != pen.eraser;
  if (!pen.in_range || other_end) {
    for (const auto code : profile_.keys) key(code, false);
    to.set(EV_ABS, ABS_PRESSURE, 0);
    // One end leaves before the other one comes.
    if (other_end) to.say(EV_SYN, SYN_REPORT, 0);
  }
  last_ = pen;
  if (!pen.in_range) return;
  key(pen.eraser ? BTN_TOOL_RUBBER : BTN_TOOL_PEN, true);
  to.set(EV_ABS, ABS_X, pen.x);
  to.set(EV_ABS, ABS_Y, pen.y);
  to.set(EV_ABS, ABS_TILT_X, pen.tilt_x);
  to.set(EV_ABS, ABS_TILT_Y, pen.tilt_y);
  const std::int32_t pressure = pen.pressure != 0 ? pen.pressure : middling_pressure;
  to.set(EV_ABS, ABS_PRESSURE, pen.touching ? pressure : 0);
  key(BTN_TOUCH, pen.touching);
  key(BTN_STYLUS, pen.first_button);
  key(BTN_STYLUS2, pen.second_button);
}

}  // namespace pf::host
