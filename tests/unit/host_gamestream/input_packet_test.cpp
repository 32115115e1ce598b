#include <gtest/gtest.h>

#include "host/gamestream/input/input_packet.h"
#include "host/gamestream/input/virtual_keys.h"
#include "support/hex.h"

namespace pf::host::gamestream {
namespace {

using test::hex;

template <class T>
T decoded(std::string_view bytes) {
  const auto packet = decode_input(hex(bytes));
  EXPECT_TRUE(packet && *packet) << bytes;
  const auto* wanted = packet && *packet ? std::get_if<T>(&**packet) : nullptr;
  EXPECT_NE(wanted, nullptr) << bytes;
  return wanted ? *wanted : T{};
}

TEST(InputPacket, keys_and_text) {
  EXPECT_EQ(decoded<KeyPacket>("0000000a 03000000 00 4180 01 0000"), (KeyPacket{'A', true, key_modifier::shift}));
  EXPECT_EQ(decoded<KeyPacket>("0000000a 04000000 00 4180 00 0000"), (KeyPacket{'A', false, 0}));
  EXPECT_EQ(decoded<TextPacket>("00000007 17000000 e282ac").utf8, "€");
}

TEST(InputPacket, the_pointer_is_big_endian) {
  EXPECT_EQ(decoded<PointerMove>("00000008 07000000 fffe 0003"), (PointerMove{-2, 3}));
  EXPECT_EQ(decoded<PointerPlace>("0000000e 05000000 0010 0020 0000 04ff 02cf"), (PointerPlace{16, 32, 1279, 719}));
  EXPECT_EQ(decoded<ButtonPacket>("00000005 08000000 03"), (ButtonPacket{3, true}));
  EXPECT_EQ(decoded<ButtonPacket>("00000005 09000000 03"), (ButtonPacket{3, false}));
  EXPECT_EQ(decoded<ScrollPacket>("0000000a 0a000000 ff88 ff88 0000"), (ScrollPacket{-120, 0}));
  EXPECT_EQ(decoded<ScrollPacket>("00000006 01000055 0078"), (ScrollPacket{0, 120}));
}

TEST(InputPacket, touch_and_pen) {
  EXPECT_EQ(decoded<TouchPacket>("00000020 02000055 01 00 0000 07000000 0000003f 0000803e 0000803f 00000000 00000000"),
            (TouchPacket{ContactPhase::down, 7, 0.5F, 0.25F, 1.0F}));
  EXPECT_EQ(decoded<PenPacket>("00000020 03000055 03 02 01 00 0000003f 0000803e 0000803f 5a00 1e 00 00000000 00000000"),
            (PenPacket{ContactPhase::move, true, 1, 0.5F, 0.25F, 1.0F, 90, 30}));
}

TEST(InputPacket, gamepads) {
  EXPECT_EQ(
      decoded<GamepadPacket>("0000001e 0c000000 1a00 0100 0300 1400 0010 40 ff 0100 feff ff7f 0080 9c00 2000 5500"),
      (GamepadPacket{1, 3, 0x201000, 0x40, 0xff, 1, -2, 32767, -32768}));
  EXPECT_EQ(decoded<GamepadArrivalPacket>("0000000c 04000055 0f 02 ff00 ffff0000"),
            (GamepadArrivalPacket{15, 2, 0xff, 0xffff}));
  EXPECT_EQ(decoded<GamepadTouchPacket>("00000018 05000055 00 01 00 01 02000000 0000003f 0000003f 0000803f"),
            (GamepadTouchPacket{0, ContactPhase::down, 1, 2, 0.5F, 0.5F, 1.0F}));
  EXPECT_EQ(decoded<GamepadMotionPacket>("00000014 06000055 00 02 0000 0000803f 00000040 00004040"),
            (GamepadMotionPacket{0, true, {1, 2, 3}}));
  EXPECT_EQ(decoded<GamepadBatteryPacket>("00000008 07000055 00 02 50 00"), (GamepadBatteryPacket{0, 2, 80}));
  EXPECT_TRUE(decoded<HapticsPacket>("00000006 0d000000 0100").on);
}

TEST(InputPacket, what_makes_no_sense_is_refused) {
  for (const char* bytes :
       {"", "0000",
        "00000009 03000000 00 4180 01 0000",                                                   // wrong size
        "00000006 03000000 0041",                                                              // too short
        "00000005 17000000 ff",                                                                // no UTF-8
        "00000004 17000000",                                                                   // no text
        "0000000c 04000055 10 02 ff00 ffff0000",                                               // pad 16
        "00000020 02000055 09 00 0000 07000000 0000003f 0000803e 0000803f 00000000 00000000",  // phase 9
        "00000020 02000055 01 00 0000 07000000 0000c07f 0000803e 0000803f 00000000 00000000",  // NaN
        "00000014 06000055 00 02 0000 0000807f 00000040 00004040"})                            // infinity
    EXPECT_FALSE(decode_input(hex(bytes))) << bytes;
  const auto unknown = decode_input(hex("00000004 ff000000"));
  ASSERT_TRUE(unknown);
  EXPECT_FALSE(*unknown);
}

TEST(VirtualKeys, stand_for_the_places_of_a_us_keyboard) {
  EXPECT_EQ(evdev_key('A'), 30);
  EXPECT_EQ(evdev_key('Q'), 16);
  EXPECT_EQ(evdev_key('Z'), 44);
  EXPECT_EQ(evdev_key('1'), 2);
  EXPECT_EQ(evdev_key('0'), 11);
  EXPECT_EQ(evdev_key(0x70), 59) << "F1";
  EXPECT_EQ(evdev_key(0x7B), 88) << "F12";
  EXPECT_EQ(evdev_key(0x87), 194) << "F24";
  EXPECT_EQ(evdev_key(0xA1), 54) << "right shift";
  EXPECT_EQ(evdev_key(0x5B), 125) << "left meta";
  EXPECT_EQ(evdev_key(0xE2), 86);
  EXPECT_EQ(evdev_key(0x07), 0);
}

}  // namespace
}  // namespace pf::host::gamestream
