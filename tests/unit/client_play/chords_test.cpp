#include "client/play/chords.h"

#include <gtest/gtest.h>

#include <set>

#include "client/input/keys.h"

namespace pf::client {
namespace {

constexpr Modifiers all{.ctrl = true, .alt = true, .shift = true};

TEST(Chords, need_all_three_modifiers) {
  EXPECT_EQ(action_of(all, *key_code("q")), Action::quit);
  EXPECT_EQ(action_of({.ctrl = true, .alt = true}, *key_code("q")), std::nullopt);
  EXPECT_EQ(action_of({.ctrl = true, .shift = true}, *key_code("q")), std::nullopt);
  EXPECT_EQ(action_of({.alt = true, .shift = true}, *key_code("q")), std::nullopt);
}

TEST(Chords, other_keys_are_the_hosts) {
  EXPECT_EQ(action_of(all, *key_code("t")), std::nullopt);
}

TEST(Chords, each_letter_is_the_key_that_prints_it_and_stands_for_one_action) {
  std::set<Action> actions;
  for (const auto& chord : chords) {
    const char lower = static_cast<char>(chord.letter - 'A' + 'a');
    EXPECT_EQ(key_code(std::string_view(&lower, 1)), chord.code) << chord.letter;
    EXPECT_TRUE(actions.insert(chord.action).second) << chord.letter;
    EXPECT_EQ(action_of(all, chord.code), chord.action);
  }
}

TEST(Chords, the_help_names_each) {
  for (const auto& chord : chords) {
    EXPECT_NE(chord_help().find(std::string("Ctrl+Alt+Shift+") + chord.letter), std::string::npos);
  }
}

}  // namespace
}  // namespace pf::client
