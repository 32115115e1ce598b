#include "host/gamestream/tcp/connection_table.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace pf::host::gamestream {
namespace {

class ConnectionTableTest : public testing::Test {
 protected:
  /// False: there is no place.
  bool arrive(const std::string& name, const std::string& address) {
    auto place = table.admit(address, [this, name] { dropped.push_back(name); });
    if (place) places.emplace(name, std::move(*place));
    return place.has_value();
  }

  ConnectionTable table{{.total = 6, .per_address = 3}};
  std::map<std::string, ConnectionTable::Place> places;
  std::vector<std::string> dropped;
};

using Names = std::vector<std::string>;

TEST_F(ConnectionTableTest, the_oldest_of_the_address_that_has_most_makes_room) {
  arrive("lone", "1");
  for (const auto* name : {"a", "b"}) arrive(name, "2");
  for (const auto* name : {"c", "d", "e"}) arrive(name, "3");
  EXPECT_TRUE(dropped.empty());
  EXPECT_TRUE(arrive("new", "4"));
  EXPECT_EQ(dropped, Names{"c"});
  EXPECT_TRUE(arrive("newer", "5"));
  EXPECT_EQ(dropped, (Names{"c", "a"})) << "two addresses have two each: the older connection goes";
}

TEST_F(ConnectionTableTest, an_address_that_has_its_share_makes_room_for_itself) {
  arrive("lone", "1");
  for (const auto* name : {"a", "b", "c", "d", "e"}) EXPECT_TRUE(arrive(name, "2"));
  EXPECT_EQ(dropped, (Names{"a", "b"}));
}

TEST_F(ConnectionTableTest, who_is_owed_an_answer_stays) {
  for (const auto* name : {"a", "b", "c"}) {
    arrive(name, "2");
    places.at(name).set_owed(true);
  }
  EXPECT_FALSE(arrive("d", "2"));
  EXPECT_TRUE(arrive("lone", "1"));
  EXPECT_TRUE(dropped.empty());
  places.at("b").set_owed(false);
  EXPECT_TRUE(arrive("d", "2"));
  EXPECT_EQ(dropped, Names{"b"});
}

TEST_F(ConnectionTableTest, a_place_that_is_given_up_is_free_and_one_that_was_lost_is_not_given_up_again) {
  for (const auto* name : {"a", "b", "c"}) arrive(name, "1");
  places.erase("b");
  EXPECT_TRUE(arrive("d", "1"));
  EXPECT_TRUE(dropped.empty());
  EXPECT_TRUE(arrive("e", "1"));
  EXPECT_EQ(dropped, Names{"a"});
  places.at("a").set_owed(true);
  places.erase("a");
  EXPECT_TRUE(arrive("f", "1"));
  EXPECT_EQ(dropped, (Names{"a", "c"}));
}

}  // namespace
}  // namespace pf::host::gamestream
