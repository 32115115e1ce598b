// How structs, texts and failures pass between versions of the ABI.
#include "abi/boundary.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace toy {

struct Old {
  std::uint32_t struct_size;
  std::uint32_t first;
};
struct Present {
  std::uint32_t struct_size;
  std::uint32_t first;
  std::uint32_t second;
};
struct Newer {
  std::uint32_t struct_size;
  std::uint32_t first;
  std::uint32_t second;
  std::uint32_t third;
};

}  // namespace toy

namespace pf::abi {

template <>
inline constexpr std::size_t first_size<toy::Present> = sizeof(toy::Old);

namespace {

const toy::Present* as_present(const void* other) {
  return static_cast<const toy::Present*>(other);
}

TEST(AbiStructs, an_older_callers_struct_is_taken_with_defaults) {
  const toy::Old old{sizeof(old), 7};
  const auto taken = take_struct(as_present(&old));
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->first, 7u);
  EXPECT_EQ(taken->second, 0u);
}

TEST(AbiStructs, a_newer_callers_struct_is_taken_where_the_new_is_not_used) {
  toy::Newer newer{sizeof(newer), 7, 8, 0};
  const auto taken = take_struct(as_present(&newer));
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->second, 8u);
  newer.third = 1;
  EXPECT_EQ(take_struct(as_present(&newer)).error().result, PUNKTFUNK_ERROR_NEWER_STRUCT);
}

TEST(AbiStructs, one_that_is_smaller_than_it_ever_was_is_refused) {
  const toy::Present present{sizeof(toy::Old) - 1, 7, 8};
  EXPECT_EQ(take_struct(&present).error().result, PUNKTFUNK_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(take_struct<toy::Present>(nullptr).error().result, PUNKTFUNK_ERROR_INVALID_ARGUMENT);
}

TEST(AbiStructs, one_of_a_size_that_no_struct_has_is_not_looked_at) {
  toy::Present present{largest_struct + 1, 7, 8};
  EXPECT_EQ(take_struct(&present).error().result, PUNKTFUNK_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(give_struct(toy::Present{}, &present).error().result, PUNKTFUNK_ERROR_INVALID_ARGUMENT);
  present.struct_size = UINT32_MAX;
  EXPECT_EQ(take_struct(&present).error().result, PUNKTFUNK_ERROR_INVALID_ARGUMENT);
  std::size_t count = 1;
  EXPECT_EQ(give_array<toy::Present>(std::array{toy::Present{}}, &present, &count).error().result,
            PUNKTFUNK_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(present.second, 8u);
}

/// Name and first size of every struct that crosses by itself, as this library has them.
std::string first_sizes() {
  std::string list;
  const auto add = [&list](const char* name, std::size_t size) {
    list += name + (" " + std::to_string(size)) + "\n";
    EXPECT_LE(size, largest_struct);
  };
#define PUNKTFUNK_ADD(name) add(#name, first_size<name>)
  PUNKTFUNK_ADD(punktfunk_audio_packet);
  PUNKTFUNK_ADD(punktfunk_client_options);
  PUNKTFUNK_ADD(punktfunk_connect_options);
  PUNKTFUNK_ADD(punktfunk_error);
  PUNKTFUNK_ADD(punktfunk_found_host);
  PUNKTFUNK_ADD(punktfunk_host_event);
  PUNKTFUNK_ADD(punktfunk_host_options);
  PUNKTFUNK_ADD(punktfunk_host_stats);
  PUNKTFUNK_ADD(punktfunk_host_unit);
  PUNKTFUNK_ADD(punktfunk_input);
  PUNKTFUNK_ADD(punktfunk_peer);
  PUNKTFUNK_ADD(punktfunk_reconfigure_options);
  PUNKTFUNK_ADD(punktfunk_session_event);
  PUNKTFUNK_ADD(punktfunk_session_info);
  PUNKTFUNK_ADD(punktfunk_session_stats);
  PUNKTFUNK_ADD(punktfunk_speed_options);
  PUNKTFUNK_ADD(punktfunk_speed_result);
  PUNKTFUNK_ADD(punktfunk_video_unit);
#undef PUNKTFUNK_ADD
  return list;
}

TEST(AbiStructs, a_caller_of_the_first_header_that_had_a_struct_is_still_understood) {
  std::ifstream kept(PUNKTFUNK_SOURCE_DIR "/tests/data/abi/first_sizes.txt");
  std::ostringstream text;
  text << kept.rdbuf();
  EXPECT_EQ(first_sizes(), text.str()) << "a struct that has grown needs its own first_size";
}

TEST(AbiStructs, only_as_much_is_filled_in_as_the_caller_has) {
  const toy::Present present{sizeof(present), 7, 8};
  toy::Present to{sizeof(toy::Old), 0, 99};
  ASSERT_TRUE(give_struct(present, &to));
  EXPECT_EQ(to.struct_size, sizeof(toy::Old));
  EXPECT_EQ(to.first, 7u);
  EXPECT_EQ(to.second, 99u) << "that is behind the caller's struct";
}

TEST(AbiStructs, what_a_newer_caller_has_besides_becomes_zero) {
  const toy::Present present{sizeof(present), 7, 8};
  toy::Newer to{sizeof(to), 0, 0, 99};
  ASSERT_TRUE(give_struct(present, reinterpret_cast<toy::Present*>(&to)));
  EXPECT_EQ(to.second, 8u);
  EXPECT_EQ(to.third, 0u);
  EXPECT_EQ(to.struct_size, sizeof(to));
}

TEST(AbiStructs, an_array_has_the_callers_stride) {
  const toy::Present list[]{{12, 1, 2}, {12, 3, 4}};
  toy::Newer to[]{{sizeof(toy::Newer), 0, 0, 9}, {}};
  std::size_t count = 2;
  ASSERT_TRUE(give_array<toy::Present>(list, reinterpret_cast<toy::Present*>(to), &count));
  EXPECT_EQ(to[1].struct_size, sizeof(toy::Newer));
  EXPECT_EQ(to[1].second, 4u);
}

TEST(AbiStructs, an_array_has_its_elements_where_they_can_stand) {
  const toy::Present list[]{{12, 1, 2}, {12, 3, 4}};
  toy::Present to[3]{};
  to[0].struct_size = sizeof(toy::Present) + 1;
  std::size_t count = 2;
  EXPECT_EQ(give_array<toy::Present>(list, to, &count).error().result, PUNKTFUNK_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(to[0].second, 0u);
}

TEST(AbiStructs, an_array_that_is_too_small_says_what_it_takes) {
  const toy::Present list[]{{12, 1, 2}, {12, 3, 4}};
  std::size_t count = 0;
  EXPECT_TRUE(give_array<toy::Present>(list, nullptr, &count));
  EXPECT_EQ(count, 2u);
  toy::Present one{sizeof(one), 0, 0};
  count = 1;
  EXPECT_EQ(give_array<toy::Present>(list, &one, &count).error().result, PUNKTFUNK_ERROR_BUFFER);
  EXPECT_EQ(one.second, 2u);
}

TEST(AbiText, what_is_no_text_is_refused) {
  EXPECT_EQ(take_text("\xff", "name").error().text, "name is not UTF-8");
  EXPECT_EQ(take_text(nullptr, "name").error().text, "name is NULL");
  EXPECT_EQ(take_text(nullptr, "name", "default"), "default");
  EXPECT_EQ(take_text(std::string(70'000, 'x').c_str(), "name").error().text, "name is too long");
}

TEST(AbiText, it_is_cut_between_characters_and_ended) {
  char out[4] = {'x', 'x', 'x', 'x'};
  put_text("aé€", out);
  EXPECT_STREQ(out, "aé");
  std::size_t size = 2;
  EXPECT_EQ(give_text("abc", out, &size).error().result, PUNKTFUNK_ERROR_BUFFER);
  EXPECT_EQ(size, 4u);
  EXPECT_TRUE(give_text("abc", out, &size));
  EXPECT_STREQ(out, "abc");
}

TEST(AbiFailures, nothing_that_is_thrown_passes) {
  EXPECT_EQ(guarded([]() -> Outcome { throw std::bad_alloc(); }), PUNKTFUNK_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(guarded([]() -> Outcome { throw std::runtime_error("x"); }), PUNKTFUNK_ERROR_INTERNAL);
  EXPECT_EQ(guarded([]() -> Outcome { throw 7; }), PUNKTFUNK_ERROR_INTERNAL);
}

TEST(AbiFailures, what_is_thrown_leaves_a_sentence_too) {
  punktfunk_error error{};
  error.struct_size = sizeof(error);
  EXPECT_EQ(guarded(&error, []() -> Outcome { throw std::bad_alloc(); }), PUNKTFUNK_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(error.result, PUNKTFUNK_ERROR_OUT_OF_MEMORY);
  EXPECT_STREQ(error.text, "out of memory");
  EXPECT_EQ(guarded(&error, []() -> Outcome { throw std::runtime_error("the moon"); }), PUNKTFUNK_ERROR_INTERNAL);
  EXPECT_EQ(error.result, PUNKTFUNK_ERROR_INTERNAL);
  EXPECT_STREQ(error.text, "the moon");
  EXPECT_EQ(guarded(&error, []() -> Outcome { throw 7; }), PUNKTFUNK_ERROR_INTERNAL);
  EXPECT_STREQ(error.text, "an error inside the library");
}

TEST(AbiFailures, a_sentence_is_left_for_who_wants_one) {
  punktfunk_error error{};
  error.struct_size = sizeof(error);
  EXPECT_EQ(guarded(&error, [] { return Outcome(refuse({ErrorCode::timeout, "no answer"})); }),
            PUNKTFUNK_ERROR_TIMEOUT);
  EXPECT_EQ(error.result, PUNKTFUNK_ERROR_TIMEOUT);
  EXPECT_STREQ(error.text, "no answer");
  error.struct_size = 4;
  EXPECT_EQ(guarded(&error, [] { return Outcome{}; }), PUNKTFUNK_ERROR_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace pf::abi
