#include "control/discovery/announcement.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pf::control {
namespace {

Announcement read(const std::vector<std::string>& strings) {
  Announcement announcement;
  read_txt(strings, announcement);
  return announcement;
}

TEST(Announcement, what_is_told_is_read_back) {
  const Announcement told{"box", 47900, "0.1.0", 1, 3, "0123456789abcdef"};
  Announcement read_back{"box", 47900, "", 0, 0, ""};
  read_txt(to_txt(told), read_back);
  EXPECT_EQ(read_back, told);
}

TEST(Announcement, one_protocol_version_is_no_range) {
  EXPECT_EQ(to_txt({"box", 1, "", 2, 2, ""}), (std::vector<std::string>{"proto=2"}));
  EXPECT_EQ(read({"proto=2"}).max_protocol, 2);
}

TEST(Announcement, a_long_fingerprint_is_cut_to_its_hint) {
  EXPECT_EQ(to_txt({"box", 1, "", 0, 0, std::string(64, 'a')}),
            (std::vector<std::string>{"fp=" + std::string(16, 'a')}));
}

TEST(Announcement, strings_that_make_no_sense_are_left_out) {
  const Announcement nothing;
  for (const char* string : {"", "ver", "ver=", "ver=a b", "ver=\x1b[2J", "proto=", "proto=0", "proto=3-1", "proto=1-",
                             "proto=-1", "proto=70000", "proto=1x", "fp=", "fp=0123", "fp=0123456789ABCDEF",
                             "fp=0123456789abcdefff", "other=1", "=", "=1"})
    EXPECT_EQ(read({string}), nothing) << string;
  EXPECT_EQ(read({"ver=" + std::string(33, '1')}), nothing);
}

TEST(Announcement, a_name_is_cut_between_characters) {
  EXPECT_EQ(service_name("box"), "box");
  EXPECT_EQ(service_name(""), "punktfunk");
  EXPECT_EQ(service_name(std::string(62, 'a') + "\xc3\xa4"), std::string(62, 'a'));
  EXPECT_EQ(service_name(std::string(61, 'a') + "\xc3\xa4"), std::string(61, 'a') + "\xc3\xa4");
  EXPECT_EQ(service_name(std::string(80, '\x80')), "punktfunk");
}

}  // namespace
}  // namespace pf::control
