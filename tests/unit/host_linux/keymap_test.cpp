#include "host/linux/input/keymap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <string>

namespace pf::host {
namespace {

constexpr std::uint16_t left_shift = 42, caps_lock = 58, letter_z_on_us = 44;
constexpr std::uint32_t shift_mask = 1, lock_mask = 2;

KeyboardNames named(const char* layout) {
  KeyboardNames names;
  names.layout = layout;
  return names;
}

/// What a compositor reads out of a keymap's text: the character on a key.
std::u32string characters(const std::string& text, const std::vector<std::uint16_t>& evdev_codes) {
  xkb_context* context = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
  xkb_keymap* keymap =
      xkb_keymap_new_from_string(context, text.c_str(), XKB_KEYMAP_FORMAT_TEXT_V1, XKB_KEYMAP_COMPILE_NO_FLAGS);
  std::u32string out;
  if (keymap != nullptr) {
    xkb_state* state = xkb_state_new(keymap);
    for (const auto code : evdev_codes)
      out += static_cast<char32_t>(xkb_state_key_get_utf32(state, xkb_keycode_t{code} + 8u));
    xkb_state_unref(state);
  }
  xkb_keymap_unref(keymap);
  xkb_context_unref(context);
  return out;
}

TEST(Keymap, prints_what_the_layout_has_on_a_key) {
  const auto us = Keymap::compile(named("us"));
  const auto de = Keymap::compile(named("de"));
  ASSERT_TRUE(us && de);
  EXPECT_EQ(characters(us->text(), {letter_z_on_us}), U"z");
  EXPECT_EQ(characters(de->text(), {letter_z_on_us}), U"y");
}

TEST(Keymap, an_unknown_layout_is_named) {
  const auto made = Keymap::compile(named("klingon-of-old"));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(made.error().message, testing::HasSubstr("klingon-of-old"));
}

TEST(Keymap, follows_modifiers_that_are_held_and_that_lock) {
  auto keymap = Keymap::compile(named("us"));
  ASSERT_TRUE(keymap);
  EXPECT_FALSE(keymap->update(letter_z_on_us, true));
  EXPECT_TRUE(keymap->update(left_shift, true));
  EXPECT_EQ(keymap->modifiers().depressed, shift_mask);
  EXPECT_TRUE(keymap->update(left_shift, false));
  EXPECT_EQ(keymap->modifiers().depressed, 0u);
  EXPECT_TRUE(keymap->update(caps_lock, true));
  (void)keymap->update(caps_lock, false);
  EXPECT_EQ(keymap->modifiers().locked, lock_mask);
  keymap->reset();
  EXPECT_EQ(keymap->modifiers().locked, 0u);
}

TEST(TextKeymap, has_one_key_for_each_character) {
  const std::vector<char32_t> points{U'é', U'€', U'漢', U'🙂', U'a'};
  std::vector<std::uint16_t> codes;
  for (std::size_t i = 0; i < points.size(); ++i)
    codes.push_back(static_cast<std::uint16_t>(text_keymap_first_code + i));
  EXPECT_EQ(characters(text_keymap(points), codes), U"é€漢🙂a");
}

TEST(TextKeymap, holds_as_many_as_it_says) {
  std::vector<char32_t> points;
  std::vector<std::uint16_t> codes;
  std::u32string all;
  for (std::size_t i = 0; i < text_keymap_most; ++i) {
    points.push_back(static_cast<char32_t>(0x4E00 + i));
    codes.push_back(static_cast<std::uint16_t>(text_keymap_first_code + i));
    all += points.back();
  }
  EXPECT_EQ(characters(text_keymap(points), codes), all);
}

TEST(ShareKeymap, hands_over_the_text_with_a_closing_zero) {
  const auto shared = share_keymap("keymap text");
  ASSERT_TRUE(shared);
  EXPECT_EQ(shared->second, 12u);
  void* memory = mmap(nullptr, shared->second, PROT_READ, MAP_PRIVATE, shared->first.get(), 0);
  ASSERT_NE(memory, MAP_FAILED);
  EXPECT_STREQ(static_cast<const char*>(memory), "keymap text");
  munmap(memory, shared->second);
}

}  // namespace
}  // namespace pf::host
