// Touch screen and pen of a real kernel, as a compositor sees them: by libinput.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libinput.h>

#include "core/base/owned.h"
#include "host/linux/uinput/contact_injector.h"
#include "integration/in_vm/input_node.h"
#include "integration/in_vm/no_injector.h"

namespace pf::host {
namespace {

using test::eventually;
using test::InputNode;
using testing::ElementsAre;
using wire::TouchPhase;

int open_device(const char* path, int flags, void* /*unused*/) {
  const int fd = open(path, flags | O_CLOEXEC);
  return fd < 0 ? -errno : fd;
}
void close_device(int fd, void* /*unused*/) {
  close(fd);
}
constexpr libinput_interface files{.open_restricted = open_device, .close_restricted = close_device};

using Event = Owned<libinput_event, libinput_event_destroy>;

/// A compositor that has nothing but libinput.
class Compositor {
 public:
  /// Errors: unsupported, when libinput does not want the device.
  Result<void> take(const std::string& name) {
    libinput_device* device = nullptr;
    const bool taken = eventually([&] {  // udev has to have seen it first
      const auto paths = InputNode::paths(name);
      if (paths.size() == 1) device = libinput_path_add_device(context_.get(), paths.front().c_str());
      return device != nullptr;
    });
    if (!taken) return fail(ErrorCode::unsupported, "libinput does not want " + name);
    return {};
  }
  /// The next event that is of a contact or a pen; none within ten seconds is a null pointer.
  Event next() {
    Event event;
    (void)eventually([&] {
      libinput_dispatch(context_.get());
      do {
        event.reset(libinput_get_event(context_.get()));
      } while (event && (libinput_event_get_type(event.get()) == LIBINPUT_EVENT_DEVICE_ADDED ||
                         libinput_event_get_type(event.get()) == LIBINPUT_EVENT_TOUCH_FRAME));
      return event != nullptr;
    });
    return event;
  }

 private:
  Owned<libinput, libinput_unref> context_{libinput_path_create_context(&files, nullptr)};
};

class Mapping final : public DeviceMapping {
 public:
  explicit Mapping(Compositor& compositor) : compositor_(compositor) {}
  Result<void> announce(const DeviceProfile& /*device*/) override { return {}; }
  Result<void> await(const DeviceProfile& device) override { return compositor_.take(device.name); }

 private:
  Compositor& compositor_;
};

class Contacts : public testing::Test {
 protected:
  struct Touch {
    libinput_event_type type;
    int slot;
    int x;  // of a display 1000 wide and high
    int y;
    bool operator==(const Touch&) const = default;
  };
  Touch touched(TouchPhase phase, const wire::TouchContact& contact) {
    EXPECT_TRUE(injector->touch(phase, contact));
    const auto event = compositor.next();
    auto* touch = libinput_event_get_touch_event(event.get());
    const auto type = libinput_event_get_type(event.get());
    if (type != LIBINPUT_EVENT_TOUCH_DOWN && type != LIBINPUT_EVENT_TOUCH_MOTION)
      return {type, libinput_event_touch_get_seat_slot(touch), 0, 0};
    return {type, libinput_event_touch_get_seat_slot(touch),
            static_cast<int>(libinput_event_touch_get_x_transformed(touch, 1000)),
            static_cast<int>(libinput_event_touch_get_y_transformed(touch, 1000))};
  }
  Event penned(const wire::PenState& pen) {
    EXPECT_TRUE(injector->pen(pen));
    return compositor.next();
  }

  Compositor compositor;
  std::unique_ptr<InputInjector> injector =
      with_contacts(std::make_unique<test::NoInjector>(), std::make_unique<Mapping>(compositor), "TEST-1");
};

TEST_F(Contacts, fingers_come_down_move_and_go_where_the_client_s_do) {
  EXPECT_EQ(touched(TouchPhase::down, {.id = 900, .x = 32'768, .y = 0}), (Touch{LIBINPUT_EVENT_TOUCH_DOWN, 0, 500, 0}));
  EXPECT_EQ(touched(TouchPhase::down, {.id = 7, .x = 6554, .y = 65'535}),
            (Touch{LIBINPUT_EVENT_TOUCH_DOWN, 1, 100, 999}));
  EXPECT_EQ(touched(TouchPhase::move, {.id = 900, .x = 65'535, .y = 16'384}),
            (Touch{LIBINPUT_EVENT_TOUCH_MOTION, 0, 999, 250}));
  EXPECT_EQ(touched(TouchPhase::up, {.id = 900}), (Touch{LIBINPUT_EVENT_TOUCH_UP, 0, 0, 0}));
  EXPECT_EQ(touched(TouchPhase::cancel, {.id = 7}), (Touch{LIBINPUT_EVENT_TOUCH_CANCEL, 1, 0, 0}));
}

TEST_F(Contacts, a_finger_that_is_down_when_the_session_ends_is_taken_away) {
  touched(TouchPhase::down, {.id = 1});
  injector.reset();
  const auto type = libinput_event_get_type(compositor.next().get());
  EXPECT_TRUE(type == LIBINPUT_EVENT_TOUCH_CANCEL || type == LIBINPUT_EVENT_TOUCH_UP) << type;
}

TEST_F(Contacts, a_pen_comes_near_presses_leans_and_leaves) {
  wire::PenState pen{.in_range = true, .x = 32'768, .y = 32'768};
  auto event = penned(pen);
  ASSERT_EQ(libinput_event_get_type(event.get()), LIBINPUT_EVENT_TABLET_TOOL_PROXIMITY);
  auto* tool = libinput_event_get_tablet_tool_event(event.get());
  EXPECT_EQ(libinput_tablet_tool_get_type(libinput_event_tablet_tool_get_tool(tool)), LIBINPUT_TABLET_TOOL_TYPE_PEN);
  EXPECT_NEAR(libinput_event_tablet_tool_get_x_transformed(tool, 1000), 500, 1);

  pen.touching = true;
  pen.pressure = 49'152;
  pen.tilt_x = 45;
  event = penned(pen);
  ASSERT_EQ(libinput_event_get_type(event.get()), LIBINPUT_EVENT_TABLET_TOOL_TIP);
  tool = libinput_event_get_tablet_tool_event(event.get());
  EXPECT_EQ(libinput_event_tablet_tool_get_tip_state(tool), LIBINPUT_TABLET_TOOL_TIP_DOWN);
  EXPECT_NEAR(libinput_event_tablet_tool_get_pressure(tool), 0.75, 0.05);
  EXPECT_NEAR(libinput_event_tablet_tool_get_tilt_x(tool), 45, 1);

  pen.touching = false;
  pen.in_range = false;
  event = penned(pen);
  EXPECT_EQ(libinput_event_get_type(event.get()), LIBINPUT_EVENT_TABLET_TOOL_TIP) << "the tip is lifted first";
  event = compositor.next();
  ASSERT_EQ(libinput_event_get_type(event.get()), LIBINPUT_EVENT_TABLET_TOOL_PROXIMITY);
  EXPECT_EQ(libinput_event_tablet_tool_get_proximity_state(libinput_event_get_tablet_tool_event(event.get())),
            LIBINPUT_TABLET_TOOL_PROXIMITY_STATE_OUT);
}

TEST_F(Contacts, a_pen_turned_round_is_an_eraser) {
  const auto event = penned({.in_range = true, .eraser = true, .second_button = true});
  auto* tool = libinput_event_get_tablet_tool_event(event.get());
  EXPECT_EQ(libinput_tablet_tool_get_type(libinput_event_tablet_tool_get_tool(tool)), LIBINPUT_TABLET_TOOL_TYPE_ERASER);
  const auto press = compositor.next();
  ASSERT_EQ(libinput_event_get_type(press.get()), LIBINPUT_EVENT_TABLET_TOOL_BUTTON);
  EXPECT_EQ(libinput_event_tablet_tool_get_button(libinput_event_get_tablet_tool_event(press.get())),
            static_cast<std::uint32_t>(BTN_STYLUS2));
}

}  // namespace
}  // namespace pf::host
