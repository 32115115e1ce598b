// Touch and pen in a Sway that takes input devices: what comes from ours is on the session's output.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "host/linux/display/sway_device_mapping.h"
#include "host/linux/display/sway_ipc.h"
#include "host/linux/uinput/contact_injector.h"
#include "integration/in_vm/no_injector.h"
#include "support/child_process.h"

namespace pf::host {
namespace {

using test::ChildProcess;
using test::eventually;
using wire::TouchPhase;

constexpr auto runtime = "/run/user/1000";

/// Two outputs of a user's Sway, side by side.
class SwayContacts : public testing::Test {
 protected:
  SwayContacts() {
    std::filesystem::create_directories(runtime);
    (void)!chown(runtime, 1000, 1000);
    chmod(runtime, 0700);
    // NOLINTBEGIN(concurrency-mt-unsafe): nothing else runs yet
    setenv("XDG_RUNTIME_DIR", runtime, 1);
    setenv("SEATD_VTBOUND", "0", 1);
    seatd.emplace(std::vector<std::string>{"/usr/sbin/seatd", "-u", "tester"}, "/tmp/seatd.log");
    setenv("LIBSEAT_BACKEND", "seatd", 1);
    setenv("WLR_BACKENDS", "headless,libinput", 1);
    setenv("WLR_RENDERER", "pixman", 1);
    setenv("WLR_LIBINPUT_NO_DEVICES", "1", 1);
    // NOLINTEND(concurrency-mt-unsafe)
    EXPECT_TRUE(eventually([] { return std::filesystem::exists("/run/seatd.sock"); }));
    sway.emplace(std::vector<std::string>{"/bin/su", "-p", "-s", "/bin/sh", "tester", "-c",
                                          "exec /usr/bin/sway -d -c /dev/null"},
                 "/tmp/sway.log");
  }
  void SetUp() override {
    ASSERT_TRUE(eventually(
        [&] {
          if (auto connected = SwayIpc::connect()) ipc.emplace(std::move(*connected));
          return ipc.has_value();
        },
        std::chrono::seconds{30}));
    ASSERT_TRUE(ipc->run("create_output"));
    ASSERT_TRUE(ipc->run("output HEADLESS-1 position 0 0"));
    ASSERT_TRUE(ipc->run("output HEADLESS-2 position 1920 0"));
    ASSERT_TRUE(ipc->run("focus output HEADLESS-1"));
  }
  void TearDown() override {
    if (!HasFailure()) return;
    for (const auto* log : {"/tmp/seatd.log", "/tmp/sway.log"})
      (void)!std::system((std::string("tail -n 40 ") + log).c_str());  // NOLINT(concurrency-mt-unsafe)
  }
  /// What is clicked or touched gets the focus.
  bool has_focus(std::string_view output) {
    return eventually([&] {
      const auto outputs = ipc->ask(SwayIpc::Request::get_outputs);
      for (const auto& one : outputs->as_array())
        if (one.at("name").as_string() == output) return one.at("focused").as_bool();
      return false;
    });
  }

  std::optional<ChildProcess> seatd;
  std::optional<ChildProcess> sway;
  std::optional<SwayIpc> ipc;
};

TEST_F(SwayContacts, a_finger_and_a_pen_are_on_the_output_of_their_session) {
  const auto injector =
      with_contacts(std::make_unique<test::NoInjector>(), make_sway_device_mapping("HEADLESS-2"), "HEADLESS-2 1");
  // Far left: over both outputs it would be on the first one.
  const auto touched = injector->touch(TouchPhase::down, {.id = 1, .x = 6000, .y = 30'000});
  ASSERT_TRUE(touched) << touched.error().message;
  ASSERT_TRUE(injector->touch(TouchPhase::up, {.id = 1}));
  EXPECT_TRUE(has_focus("HEADLESS-2"));

  ASSERT_TRUE(ipc->run("focus output HEADLESS-1"));
  wire::PenState pen{.in_range = true, .x = 6000, .y = 30'000};
  const auto hovered = injector->pen(pen);
  ASSERT_TRUE(hovered) << hovered.error().message;
  pen.touching = true;
  ASSERT_TRUE(injector->pen(pen));
  ASSERT_TRUE(injector->pen({}));
  EXPECT_TRUE(has_focus("HEADLESS-2"));
}

}  // namespace
}  // namespace pf::host
