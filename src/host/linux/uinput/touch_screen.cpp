#include "host/linux/uinput/touch_screen.h"

#include <utility>

namespace pf::host {

TouchScreen::TouchScreen(std::string name) : contacts_({.pressure = true}) {
  profile_.name = std::move(name);
  profile_.id.bustype = BUS_VIRTUAL;
  profile_.properties = {INPUT_PROP_DIRECT};
  contacts_.add_axes(profile_);
}

}  // namespace pf::host
