#include "host/gamestream/stream/server_ports.h"

#include <gtest/gtest.h>

namespace pf::host::gamestream {
namespace {

void expect_ports(const ServerPorts& ports, int https, int rtsp, int video, int control, int sound) {
  EXPECT_EQ(ports.https, https);
  EXPECT_EQ(ports.rtsp, rtsp);
  EXPECT_EQ(ports.video, video);
  EXPECT_EQ(ports.control, control);
  EXPECT_EQ(ports.sound, sound);
}

TEST(ServerPorts, are_those_that_clients_know) {
  expect_ports(ServerPorts::from_http(47'989), 47'984, 48'010, 47'998, 47'999, 48'000);
  expect_ports(ServerPorts{}, 47'984, 48'010, 47'998, 47'999, 48'000);
}

TEST(ServerPorts, move_with_the_one_that_a_host_announces) {
  expect_ports(ServerPorts::from_http(30'000), 29'995, 30'021, 30'009, 30'010, 30'011);
  expect_ports(ServerPorts::from_http(0), 0, 0, 0, 0, 0);
}

TEST(ServerPorts, have_room_at_both_ends_of_what_may_be_configured) {
  expect_ports(ServerPorts::from_http(least_http_port), 1024, 1050, 1038, 1039, 1040);
  expect_ports(ServerPorts::from_http(most_http_port), 65'509, 65'535, 65'523, 65'524, 65'525);
}

}  // namespace
}  // namespace pf::host::gamestream
