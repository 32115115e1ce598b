#include "host/gamestream/http/query.h"

#include <gtest/gtest.h>

namespace pf::host::gamestream {
namespace {

TEST(Query, path_and_parameters_are_told_apart_and_unescaped) {
  const auto query = Query::parse("/launch?mode=1920x1080x60&rikeyid=-1203&name=a%20b%2Fc&empty=");
  ASSERT_TRUE(query) << query.error().message;
  EXPECT_EQ(query->path, "launch");
  EXPECT_EQ(query->text("mode"), "1920x1080x60");
  EXPECT_EQ(query->number("rikeyid"), -1203);
  EXPECT_EQ(query->text("name"), "a b/c");
  EXPECT_EQ(query->text("empty"), "");
  EXPECT_EQ(query->text("missing"), "");
}

TEST(Query, what_is_no_number_is_not_taken_for_one) {
  const auto query = Query::parse("/launch?a=&b=12x&c=99999999999999999999&d=+1&e=0x10");
  ASSERT_TRUE(query);
  for (const auto* name : {"a", "b", "c", "d", "e", "missing"}) EXPECT_FALSE(query->number(name)) << name;
}

TEST(Query, of_a_parameter_that_stands_there_twice_the_first_counts) {
  EXPECT_EQ(Query::parse("/pair?phrase=getservercert&phrase=pairchallenge")->text("phrase"), "getservercert");
}

TEST(Query, what_is_no_request_target_is_refused) {
  for (const auto* target : {"", "launch", "*", "http://[", "/a%zz", "/a%", "/a b", "/a?b=%00", "/a?b=%0a", "/%0d"})
    EXPECT_FALSE(Query::parse(target)) << target;
}

TEST(Query, length_and_number_of_parameters_are_bounded) {
  EXPECT_FALSE(Query::parse("/" + std::string(max_target, 'a')));
  std::string target = "/a?";
  for (std::size_t i = 0; i < max_parameters; ++i) target += "p" + std::to_string(i) + "=&";
  target.pop_back();
  EXPECT_TRUE(Query::parse(target));
  EXPECT_FALSE(Query::parse(target + "&one=more"));
}

}  // namespace
}  // namespace pf::host::gamestream
