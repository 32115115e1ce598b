#include "host/linux/display/sway_replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pf::host::sway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SwayInputs, a_device_is_called_by_its_ids_and_its_name_without_spaces) {
  EXPECT_EQ(input_identifier(0x54c, 3302, "a touch\tscreen \xc3\xa9"), "1356:3302:a_touch_screen___");
}

TEST(SwayInputs, what_makes_no_sense_is_no_device) {
  const auto of = [](std::string_view json) { return inputs_of(*parse(json)); };
  EXPECT_THAT(of(R"([{"identifier":"0:0:pen"},{"identifier":7},{},3,{"identifier":""}])"), ElementsAre("0:0:pen"));
  EXPECT_THAT(of(R"({"identifier":"0:0:pen"})"), IsEmpty());
}

}  // namespace
}  // namespace pf::host::sway
