// What a paired client says, altered in every single bit and cut at every byte: the host refuses it or makes some other
// sense of it, starts nothing, forgets nobody, and serves the next client as before.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <variant>
#include <vector>

#include "control/trust/trust_store.h"
#include "core/wire/control_messages.h"
#include "core/wire/input_events.h"
#include "host/stream/host_core.h"
#include "support/bare_host.h"
#include "support/temporary_folder.h"

namespace pf::host {
namespace {

using Bytes = std::vector<std::byte>;

constexpr control::Fingerprint client{std::byte{1}};

class AlteredMessageTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(trust_->add({.fingerprint = client, .name = "tablet", .paired_at = 0, .address = {}}));
    ASSERT_TRUE(pairing_.open("271828"));
  }

  /// Says hello, and then `bytes` on the channel; whatever comes of it, the host is as it was.
  void say(control::Channel channel, const Bytes& bytes) {
    talk([&](test::HeardConnection& connection, control::ConnectionHandler& handler) {
      handler.on_bytes(connection, control::Channel::control, hello_);
      handler.on_bytes(connection, channel, bytes);
    });
  }
  void say_in_a_datagram(const Bytes& bytes) {
    talk([&](test::HeardConnection& connection, control::ConnectionHandler& handler) {
      handler.on_bytes(connection, control::Channel::control, hello_);
      handler.on_datagram(connection, bytes, TimePoint{});
    });
  }
  /// Once more for each bit, and for each shorter one; the peer closes after each.
  static void for_each_alteration(const Bytes& record, const std::function<void(const Bytes&)>& f) {
    for (std::size_t bit = 0; bit < 8 * record.size(); ++bit) {
      auto altered = record;
      altered[bit / 8] ^= std::byte{1} << (bit % 8);
      f(altered);
    }
    for (std::size_t size = 0; size < record.size(); ++size)
      f({record.begin(), record.begin() + static_cast<std::ptrdiff_t>(size)});
  }

  const wire::TouchEvent touch_{8, wire::TouchPhase::down, {3, 100, 200, 300}};
  const wire::TouchMotion moved_{9, {{3, 101, 202, 303}, {4, 50, 60, 70}}};
  const wire::PenState pen_{
      .sequence = 2, .in_range = true, .touching = true, .pressure = 400, .tilt_x = -30, .twist = 45};
  const wire::GamepadAxes axes_{10, 20, -30, 40, -50, 60};
  const Bytes hello_ = wire::encode_control(wire::Hello{.client_name = "tablet", .software = "", .codecs = {}});

 private:
  void talk(const std::function<void(test::HeardConnection&, control::ConnectionHandler&)>& words) {
    test::HeardConnection connection(client);
    const auto handler = core_->accept(connection);
    ASSERT_NE(handler, nullptr);
    words(connection, *handler);
    ASSERT_EQ(core_->session_of(connection.id()), nullptr);
    handler->on_closed(connection, {});
    ASSERT_EQ(trust_->peers().size(), 1u);

    test::HeardConnection next(client);
    const auto served = core_->accept(next);
    ASSERT_NE(served, nullptr);
    served->on_bytes(next, control::Channel::control, hello_);
    ASSERT_EQ(next.said.size(), 1u);
    ASSERT_TRUE(std::holds_alternative<wire::Welcome>(next.said.front()));
    served->on_closed(next, {});
  }

  const test::TemporaryFolder folder_;
  const ManualClock clock_;
  test::BarePlatform platform_;
  std::unique_ptr<control::TrustStore> trust_ = control::TrustStore::open(folder_.path() / "clients").value();
  control::PairingWindow pairing_{{}, clock_};
  std::shared_ptr<HostCore> core_ =
      std::make_shared<HostCore>(HostServerOptions{}, HostCore::Services{*trust_, pairing_, platform_, clock_},
                                 [](const std::function<void()>&, milliseconds) {});
};

TEST_F(AlteredMessageTest, on_the_control_stream) {
  const wire::ControlMessage messages[] = {
      wire::Hello{.client_name = "x", .software = "y", .codecs = {VideoCodec::h264}},
      wire::Start{.mode = {1920, 1080, 60'000}, .audio = {}, .resume = wire::ResumeToken{}},
      wire::Reconfigure{.request = 1, .mode = {1280, 720, 60'000}, .bitrate = 5_mbps},
      wire::RequestKeyframe{},
      wire::InvalidateFrames{},
      wire::SetBitrate{9_mbps},
      wire::ClientStats{.packets_received = 100, .packets_lost = 3},
      wire::SpeedTestRequest{.train = 1, .rate = 5_mbps, .length_ms = 20},
      wire::Goodbye{.text = "bye"},
      wire::PairShare{.share = Bytes(65, std::byte{4}), .confirmation = {}, .name = "x"},
      wire::PairConfirm{.confirmation = Bytes(32, std::byte{1})}};
  for (const auto& message : messages) {
    for_each_alteration(wire::encode_control(message),
                        [&](const Bytes& altered) { say(control::Channel::control, altered); });
  }
}

TEST_F(AlteredMessageTest, on_the_input_stream) {
  const wire::PointerState pointer{.sequence = 7, .total_dx = 16, .absolute = true, .x = 100, .y = 200};
  const wire::ReliableInput events[] = {
      wire::KeyEvent{30, true},
      wire::ButtonEvent{0x110, true, pointer},
      wire::WheelEvent{120, 0, pointer},
      wire::TextEvent{"\u00e4b"},
      wire::ReleaseAllEvent{},
      touch_,
      wire::PenEvent{pen_},
      wire::GamepadArrival{.pad = 1, .kind = wire::GamepadKind::xbox, .buttons = 0xFF},
      wire::GamepadEvent{.pad = 1, .sequence = 3, .buttons = 5, .axes = axes_},
      wire::GamepadBattery{1, wire::BatteryState::charging, 80},
      wire::GamepadTouch{1, touch_},
      wire::GamepadRemoval{1}};
  for (const auto& event : events) {
    for_each_alteration(wire::encode_input(event),
                        [&](const Bytes& altered) { say(control::Channel::input, altered); });
  }
}

TEST_F(AlteredMessageTest, in_a_datagram) {
  const wire::ControlDatagram datagrams[] = {wire::MotionDatagram{{.sequence = 9, .total_dx = 5}},
                                             wire::ClockPing{3, 1'000'000},
                                             wire::ClockPong{3, 1, 2, 3},
                                             wire::Feedback{.sequence = 1, .packets_expected = 9, .frames = 2},
                                             moved_,
                                             wire::PenMotion{pen_},
                                             wire::GamepadSticks{1, 4, axes_},
                                             wire::GamepadMotion{1, 5, {1, 2, 3}, {4, 5, 6}},
                                             wire::GamepadTouchMotion{1, moved_}};
  for (const auto& datagram : datagrams) {
    for_each_alteration(wire::encode_datagram(datagram), [&](const Bytes& altered) { say_in_a_datagram(altered); });
  }
}

}  // namespace
}  // namespace pf::host
