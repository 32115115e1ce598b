#include "core/wire/input_events.h"

#include <gtest/gtest.h>

#include "core/wire/utf8.h"

namespace pf::wire {
namespace {

TEST(InputEvents, every_record_cut_short_is_refused) {
  for (const ReliableInput& event :
       {ReliableInput(KeyEvent{30, true}), ReliableInput(ButtonEvent{0x110, true, {}}),
        ReliableInput(WheelEvent{1, 2, {}}), ReliableInput(TouchEvent{}), ReliableInput(PenEvent{}),
        ReliableInput(GamepadArrival{}), ReliableInput(GamepadRemoval{}), ReliableInput(GamepadEvent{}),
        ReliableInput(GamepadBattery{})}) {
    const auto record = encode_input(event);
    for (std::size_t size = 0; size + 2 < record.size(); ++size)
      EXPECT_FALSE(decode_input(std::span(record).subspan(2, size))) << size;
  }
}

TEST(InputEvents, records_may_grow_in_later_versions) {
  auto record = encode_input(KeyEvent{30, true});
  record.push_back(std::byte{0xAB});
  const auto read = decode_input(std::span(record).subspan(2));
  ASSERT_TRUE(read && *read);
  EXPECT_EQ(std::get<KeyEvent>(**read), (KeyEvent{30, true}));
}

TEST(InputEvents, unknown_kinds_are_skipped) {
  const std::byte record[]{std::byte{77}, std::byte{1}};
  const auto read = decode_input(record);
  ASSERT_TRUE(read);
  EXPECT_FALSE(*read);
  const auto datagram = decode_datagram(record);
  ASSERT_TRUE(datagram);
  EXPECT_FALSE(*datagram);
}

TEST(InputEvents, text_is_cut_at_256_bytes_by_the_writer_and_refused_beyond_by_the_reader) {
  const auto record = encode_input(TextEvent{std::string(300, 'x')});
  EXPECT_EQ(record.size(), 2u + 1u + 256u);
  std::vector<std::byte> longer(1 + 257, std::byte{'x'});
  longer[0] = std::byte{4};
  EXPECT_FALSE(decode_input(longer));
}

TEST(InputEvents, every_datagram_cut_short_is_refused) {
  for (const ControlDatagram& datagram :
       {ControlDatagram(MotionDatagram{}), ControlDatagram(ClockPing{}), ControlDatagram(ClockPong{}),
        ControlDatagram(TouchMotion{1, {{}, {}}}), ControlDatagram(PenMotion{}), ControlDatagram(GamepadSticks{}),
        ControlDatagram(GamepadMotion{}), ControlDatagram(GamepadTouchMotion{1, {1, {{}, {}}}}),
        ControlDatagram(Feedback{})}) {
    const auto bytes = encode_datagram(datagram);
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_datagram(std::span(bytes).first(size)));
  }
}

TEST(InputEvents, no_more_contacts_are_said_than_may_be_down) {
  const auto bytes = encode_datagram(TouchMotion{1, std::vector<TouchContact>(17)});
  const auto read = decode_datagram(bytes);
  ASSERT_TRUE(read && *read);
  EXPECT_EQ(std::get<TouchMotion>(**read).contacts.size(), max_touch_contacts);
}

TEST(InputEvents, what_only_a_later_version_knows_of_gamepads_is_unknown_and_what_no_device_says_is_malformed) {
  const auto read = [](const ReliableInput& event) {
    const auto record = encode_input(event);
    return decode_input(std::span(record).subspan(2));
  };
  const auto arrived = read(GamepadArrival{.pad = 3, .kind = GamepadKind{4}, .has = 1, .buttons = 2});
  ASSERT_TRUE(arrived && *arrived);
  EXPECT_EQ(std::get<GamepadArrival>(**arrived), (GamepadArrival{3, GamepadKind::unknown, 1, 2}));
  const auto charged = read(GamepadBattery{3, BatteryState{6}, full_charge});
  ASSERT_TRUE(charged && *charged);
  EXPECT_EQ(std::get<GamepadBattery>(**charged), (GamepadBattery{3, BatteryState::unknown, full_charge}));
  EXPECT_TRUE(read(GamepadBattery{3, BatteryState::full, unknown_charge}));
  for (const auto percent : {std::uint8_t{101}, std::uint8_t{254}})
    EXPECT_EQ(read(GamepadBattery{3, BatteryState::full, percent}).error().code, ErrorCode::malformed);

  EXPECT_TRUE(read(PenEvent{{.tilt_x = -90, .tilt_y = 90, .twist = 359}}));
  for (const PenState& pen :
       {PenState{.tilt_x = 91}, PenState{.tilt_x = -128}, PenState{.tilt_y = -91}, PenState{.twist = 360}}) {
    EXPECT_EQ(read(PenEvent{pen}).error().code, ErrorCode::malformed);
    EXPECT_EQ(decode_datagram(encode_datagram(PenMotion{pen})).error().code, ErrorCode::malformed);
  }
}

TEST(Utf8, knows_what_is_not_a_character) {
  for (const char* good : {"", "a", "é", "€", "🙂", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(valid_utf8(good)) << good;
  for (const char* bad : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                          "\xf8\x88\x80\x80\x80", "\xe2\x82", "a\xff"})
    EXPECT_FALSE(valid_utf8(bad));
}

TEST(Utf8, cuts_only_between_characters) {
  constexpr std::string_view text = "aé€🙂";
  const std::size_t ends[]{0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t most = 0; most < std::size(ends); ++most)
    EXPECT_EQ(utf8_head(text, most).size(), ends[most]) << most;
}

TEST(Utf8, shown_text_cannot_drive_a_terminal) {
  EXPECT_EQ(printable("b\x1b[2Jo\x7fx\xc2\x9b"
                      "31m\n"),
            "b?[2Jo?x?31m?");
  EXPECT_EQ(printable("B\xc3\xbcro \xc2\xa0 \xe2\x98\x95"), "B\xc3\xbcro \xc2\xa0 \xe2\x98\x95");
  EXPECT_EQ(printable("cut \xc2"), "cut \xc2");
  EXPECT_EQ(printable("\xc2\x1b[31m"), "?[31m");
}

}  // namespace
}  // namespace pf::wire
