#include <gtest/gtest.h>

#include "client/play/figure_meter.h"
#include "client/play/overlay_text.h"

namespace pf::client {
namespace {

using std::chrono::seconds;

bool any_line(const std::vector<std::string>& lines, const std::string& part) {
  for (const auto& line : lines) {
    if (line.find(part) != std::string::npos) return true;
  }
  return false;
}

TEST(OverlayText, says_each_figure_with_its_unit) {
  StreamFigures figures;
  figures.host = "attic";
  figures.mode = {1920, 1080, 59'940};
  figures.fps = 59.94;
  figures.mbit_per_second = 18.25;
  figures.packet_loss = 0.0125;
  figures.frames_recovered = 3;
  figures.round_trip = microseconds{1500};
  figures.stages.decode = microseconds{2400};
  figures.latency_p50 = microseconds{12'340};
  figures.sound = StreamFigures::Sound{milliseconds{25}, milliseconds{20}, 4, 1};
  const auto lines = overlay_lines(figures);
  EXPECT_TRUE(any_line(lines, "1920x1080@59.94 from attic"));
  EXPECT_TRUE(any_line(lines, "59.9 fps"));
  EXPECT_TRUE(any_line(lines, "18.2 Mbit/s"));
  EXPECT_TRUE(any_line(lines, "packets lost 1.2%"));
  EXPECT_TRUE(any_line(lines, "frames recovered 3, lost 0"));
  EXPECT_TRUE(any_line(lines, "round trip 1.5 ms"));
  EXPECT_TRUE(any_line(lines, "network -  decode 2.4  present -   (ms)"));
  EXPECT_TRUE(any_line(lines, "capture to screen 12.3 ms"));
  EXPECT_TRUE(any_line(lines, "sound buffer 25 of 20 ms   concealed 4, underruns 1"));
}

TEST(OverlayText, what_is_not_known_is_a_dash_and_not_a_zero) {
  const auto lines = overlay_lines({});
  EXPECT_TRUE(any_line(lines, "round trip -"));
  EXPECT_TRUE(any_line(lines, "capture to screen -, 99% within -"));
  EXPECT_TRUE(any_line(lines, "no sound"));
}

TEST(FigureMeter, counts_what_happened_since_the_last_look) {
  const TimePoint start{seconds{10}};
  FigureMeter meter(start);
  session::ReceivedUnit unit;
  unit.data = session::UnitBytes::copy_of(std::vector<std::byte>(12'500));
  unit.prefix.times.capture = microseconds{2000};
  for (int i = 0; i < 50; ++i) {
    meter.decoded(unit, std::nullopt, milliseconds{3});
    meter.shown(start, start + milliseconds{5}, start + milliseconds{6});
  }
  control::LinkStats link;
  link.video.packets_received = 90;
  link.video.packets_expected = 100;
  EXPECT_FALSE(meter.take(link, start + milliseconds{400}, milliseconds{500}));
  const auto figures = meter.take(link, start + seconds{1}, milliseconds{500});
  ASSERT_TRUE(figures);
  EXPECT_DOUBLE_EQ(figures->fps, 50);
  EXPECT_DOUBLE_EQ(figures->mbit_per_second, 5);
  EXPECT_DOUBLE_EQ(figures->packet_loss, 0.1);
  EXPECT_NEAR(std::chrono::duration<double>(*figures->latency_p50).count(), 0.006, 0.0002);
  const auto idle = meter.take(link, start + seconds{2}, milliseconds{500});
  ASSERT_TRUE(idle);
  EXPECT_DOUBLE_EQ(idle->fps, 0);
  EXPECT_DOUBLE_EQ(idle->packet_loss, 0);
  EXPECT_FALSE(idle->latency_p50);
}

TEST(FigureMeter, a_new_connection_counts_its_loss_from_zero) {
  const TimePoint start{seconds{10}};
  FigureMeter meter(start);
  control::LinkStats link;
  link.video.packets_received = link.video.packets_expected = 5000;
  (void)meter.take(link, start + seconds{1}, Duration{0});
  meter.restart();
  link.video.packets_received = 8;
  link.video.packets_expected = 10;
  EXPECT_DOUBLE_EQ(meter.take(link, start + seconds{2}, Duration{0})->packet_loss, 0.2);
}

}  // namespace
}  // namespace pf::client
