#include <gtest/gtest.h>

#include "host/gamestream/control/control_messages.h"
#include "support/hex.h"

namespace pf::host::gamestream {
namespace {

using test::hex;

template <class T>
T decoded(std::string_view bytes) {
  const auto message = decode_control(hex(bytes));
  EXPECT_TRUE(message && *message);
  const auto* wanted = message && *message ? std::get_if<T>(&**message) : nullptr;
  EXPECT_NE(wanted, nullptr);
  return wanted ? *wanted : T{};
}

TEST(Control, every_message_of_a_present_client_is_understood) {
  decoded<SignOfLife>("0002 0800 0400 00000000 0000");  // ping
  decoded<SignOfLife>("0703 0100 00");                  // start
  decoded<KeyframeRequest>("0203 0200 0000");
  EXPECT_EQ(decoded<InvalidateFrames>("0103 1800 05000000 00000000 09000000 00000000 00000000 00000000"),
            (InvalidateFrames{5, 9}));
  EXPECT_EQ(decoded<ReferenceAcknowledged>("5003 0800 2a000000 00000000").frame, 42U);
  EXPECT_EQ(decoded<InputMessage>("0602 0400 00000001").packet, hex("00000001"));
}

TEST(Control, a_frames_fate_is_read_in_its_own_byte_order) {
  const auto status = decoded<FrameFecStatus>("0255 1500 00000102 0010 0008 0003 000a 0002 0008 0001 14 00 01");
  EXPECT_EQ(status,
            (FrameFecStatus{
                .frame = 0x102, .missing = 3, .data = 10, .parity = 2, .received_data = 8, .received_parity = 1}));
  EXPECT_FALSE(status.recovered());
}

TEST(Control, what_ends_early_is_refused_and_what_is_unknown_is_skipped) {
  EXPECT_FALSE(decode_control(hex("")));
  EXPECT_FALSE(decode_control(hex("0203 0400 0000")));
  EXPECT_FALSE(decode_control(hex("0103 0400 05000000")));
  EXPECT_FALSE(decode_control(hex("0255 0400 05000000")));
  EXPECT_FALSE(decode_control(hex("5003 0200 0500")));
  const auto unknown = decode_control(hex("ff7f 0000"));
  ASSERT_TRUE(unknown);
  EXPECT_FALSE(*unknown);
}

TEST(Control, what_the_host_says_has_the_layout_that_clients_read) {
  EXPECT_EQ(encode_control(Termination::graceful), hex("0901 0400 80030023"));
  EXPECT_EQ(encode_control(Termination::frame_conversion), hex("0901 0400 800e9403"));
  EXPECT_EQ(encode_control(GamepadRumble{.gamepad = 1, .low = 0x1234, .high = 0xffff}),
            hex("0b01 0a00 00000000 0100 3412 ffff"));
  EXPECT_EQ(encode_control(TriggerRumble{.gamepad = 2, .left = 1, .right = 2}), hex("0055 0600 0200 0100 0200"));
  EXPECT_EQ(encode_control(MotionReports{.gamepad = 3, .hertz = 100, .sensor = MotionSensor::gyroscope}),
            hex("0155 0500 0300 6400 02"));
  EXPECT_EQ(encode_control(GamepadLed{.gamepad = 1, .red = 1, .green = 2, .blue = 3}), hex("0255 0500 0100 010203"));
  EXPECT_EQ(encode_control(AdaptiveTriggers{.gamepad = 1, .which = 4, .left_kind = 5, .right_kind = 6}),
            hex("0355 1900 0100 04 05 06 00000000000000000000 00000000000000000000"));
  HdrMode hdr{.on = true};
  hdr.primaries[0] = {1, 2};
  hdr.max_luminance = 1000;
  EXPECT_EQ(encode_control(hdr), hex("0e01 1b00 01 0100 0200 00000000 00000000 00000000 e803 0000 0000 0000 0000"));
}

}  // namespace
}  // namespace pf::host::gamestream
