// The whole Linux platform on a private desktop: what a session will be given.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "client/media/h264_decoder.h"
#include "client/media/image.h"
#include "host/linux/platform.h"
#include "support/child_process.h"
#include "support/temporary_folder.h"

namespace pf {
namespace {

using test::eventually;

constexpr Mode mode{640, 362, 60'000};

client::RgbImage rgb_of(const host::CapturedFrame& frame) {
  client::RgbImage image{frame.width, frame.height, {}};
  const bool bgr = frame.format == host::PixelFormat::xrgb8888;
  for (std::size_t y = 0; y < frame.height; ++y)
    for (std::size_t x = 0; x < frame.width; ++x)
      for (const std::size_t c : {0u, 1u, 2u})
        image.pixels.push_back(
            std::to_integer<std::uint8_t>(frame.pixels[y * frame.stride + 4 * x + (bgr ? 2 - c : c)]));
  return image;
}

class LinuxPlatform : public testing::Test {
 protected:
  bool start_desktop() {
    desktop.emplace(std::vector<std::string>{PUNKTFUNK_SOURCE_DIR "/tools/private-desktop"}, log());
    if (!eventually([&] { return text().find("\nready\n") != std::string::npos || !desktop->running(); },
                    std::chrono::seconds{30}) ||
        !desktop->running())
      return false;
    std::istringstream lines(text());
    for (std::string line; std::getline(lines, line);)
      for (const char* key : {"XDG_RUNTIME_DIR", "WAYLAND_DISPLAY", "SWAYSOCK", "DBUS_SESSION_BUS_ADDRESS"})
        if (line.starts_with(std::string(key) + "=")) setenv(key, line.c_str() + std::string(key).size() + 1, 1);
    return true;
  }
  [[nodiscard]] std::filesystem::path log() const { return folder.path() / "log"; }
  [[nodiscard]] std::string text() const {
    std::ifstream in(log());
    return {std::istreambuf_iterator<char>(in), {}};
  }

  test::TemporaryFolder folder;
  std::optional<test::ChildProcess> desktop;
  SteadyClock clock;
  std::unique_ptr<host::Platform> platform = host::make_linux_platform({}, clock);
};

TEST_F(LinuxPlatform, carries_a_picture_from_its_display_to_a_client) {
  if (!start_desktop()) GTEST_SKIP() << "no private desktop on this machine: " << text();
  // A desktop brings everything but what is the kernel's.
  const bool uinput = access("/dev/uinput", R_OK | W_OK) == 0;
  for (const host::Probe& probe : platform->probe())
    EXPECT_TRUE(probe.usable || (probe.backend == "uinput" && !uinput)) << probe.backend << ": " << probe.reason;
  EXPECT_EQ(platform->codecs(), std::vector{VideoCodec::h264});

  auto display = platform->create_display(mode, "test");
  ASSERT_TRUE(display) << display.error().message;
  auto capturer = platform->open_capturer(**display);
  ASSERT_TRUE(capturer) << capturer.error().message;
  auto frame = (*capturer)->next(milliseconds{5000});
  ASSERT_TRUE(frame) << frame.error().message;
  ASSERT_TRUE(*frame);
  EXPECT_EQ((*frame)->sequence, 1u);

  auto encoder = platform->open_encoder({VideoCodec::h264, mode, 10_mbps, 0});
  ASSERT_TRUE(encoder) << encoder.error().message;
  const auto unit = (*encoder)->encode(**frame, host::Entry::follow);
  ASSERT_TRUE(unit) << unit.error().message;
  const auto decoder = client::H264Decoder::create(1, mode);
  const auto picture = (*decoder)->decode(unit->data, mode.width, mode.height);
  ASSERT_TRUE(picture && *picture);
  EXPECT_GT(*client::psnr(client::to_rgb(**picture), rgb_of(**frame)), 35);

  EXPECT_TRUE(platform->open_injector(**display));
  const auto gamepads = platform->open_gamepads(**display, [](const host::GamepadFeedback&) {});
  EXPECT_EQ(gamepads.has_value(), uinput) << "without the node they are refused, and the stream goes on";
  EXPECT_TRUE(platform->open_audio({2}, [](std::span<const float>, TimePoint) {}));
}

TEST_F(LinuxPlatform, without_a_desktop_says_what_is_missing_and_what_to_do) {
  setenv("XDG_RUNTIME_DIR", folder.path().c_str(), 1);
  for (const char* name : {"WAYLAND_DISPLAY", "SWAYSOCK"}) unsetenv(name);
  const auto display = platform->create_display(mode, "test");
  ASSERT_FALSE(display);
  EXPECT_NE(display.error().message.find("to mend it"), std::string::npos) << display.error().message;
  const auto audio = platform->open_audio({2}, [](std::span<const float>, TimePoint) {});
  ASSERT_FALSE(audio);
  EXPECT_NE(audio.error().message.find("PipeWire"), std::string::npos) << audio.error().message;
  for (const host::Probe& probe : platform->probe()) {
    EXPECT_FALSE(probe.backend.empty());
    EXPECT_EQ(probe.remedy.empty(), probe.usable) << probe.backend << ": " << probe.reason;
  }
}

TEST_F(LinuxPlatform, a_codec_that_nothing_encodes_is_refused) {
  EXPECT_EQ(platform->open_encoder({VideoCodec::av1, mode, 10_mbps, 0}).error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace pf
