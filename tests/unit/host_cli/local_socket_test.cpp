#include "host/manage/local_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pf::host {
namespace {

namespace json = boost::json;

class LocalSocketTest : public testing::Test {
 protected:
  void SetUp() override {
    std::array<char, 32> name{"/tmp/punktfunk-test-XXXXXX"};
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name.data();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::filesystem::path path() const { return folder_ / "run" / "host.sock"; }

  std::filesystem::path folder_;
};

class Caller {
 public:
  explicit Caller(const std::filesystem::path& path) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Caller() { close(fd_); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  bool say(std::string_view text) const {
    return send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  /// Waits for the next bytes; empty once the host has closed.
  [[nodiscard]] std::string hear() const {
    std::array<char, 4096> bytes{};
    const auto n = recv(fd_, bytes.data(), bytes.size(), 0);
    return {bytes.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
  }

 private:
  int fd_ = socket(AF_UNIX, SOCK_STREAM, 0);
  bool connected_ = false;
};

json::object echo(const json::object& request) {
  return {{"ok", true}, {"echo", request}};
}

TEST_F(LocalSocketTest, answers_a_request) {
  const auto server = LocalSocket::listen(path(), echo);
  ASSERT_TRUE(server) << server.error().message;
  for (int i = 0; i < 3; ++i) {
    const auto reply = local_request(path(), {{"do", "status"}, {"n", i}});
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->at("echo").at("n").to_number<int>(), i);
  }
}

TEST_F(LocalSocketTest, only_its_owner_can_open_it) {
  const auto server = LocalSocket::listen(path(), echo);
  ASSERT_TRUE(server);
  struct stat info{};
  ASSERT_EQ(stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
  ASSERT_EQ(stat(path().parent_path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0700u);
}

TEST_F(LocalSocketTest, a_second_host_is_told_that_one_runs) {
  const auto first = LocalSocket::listen(path(), echo);
  ASSERT_TRUE(first);
  const auto second = LocalSocket::listen(path(), echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::busy);
  EXPECT_TRUE(local_request(path(), {}));
}

TEST_F(LocalSocketTest, the_socket_of_a_killed_host_is_replaced) {
  std::filesystem::create_directories(path().parent_path());
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::strncpy(address.sun_path, path().c_str(), sizeof(address.sun_path) - 1);
  ASSERT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  close(fd);
  const auto server = LocalSocket::listen(path(), echo);
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_TRUE(local_request(path(), {}));
}

TEST_F(LocalSocketTest, without_a_host_the_sentence_says_so) {
  const auto reply = local_request(path(), {});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::not_found);
}

TEST_F(LocalSocketTest, a_line_that_is_no_json_or_too_long_does_no_harm) {
  const auto server = LocalSocket::listen(path(), echo);
  ASSERT_TRUE(server);
  const Caller caller(path());
  ASSERT_TRUE(caller.connected());
  ASSERT_TRUE(caller.say("no json\n"));
  EXPECT_NE(caller.hear().find("\"ok\":false"), std::string::npos);
  const std::string piece(1000, 'x');
  for (int i = 0; i < 200 && caller.say(piece); ++i) {
  }
  while (!caller.hear().empty()) {
  }
  EXPECT_TRUE(local_request(path(), {}));
}

TEST_F(LocalSocketTest, who_dawdles_over_a_line_keeps_no_place_from_others) {
  const auto server = LocalSocket::listen(path(), echo, std::chrono::milliseconds{200});
  ASSERT_TRUE(server);
  std::vector<std::unique_ptr<Caller>> dawdlers;
  for (std::size_t i = 0; i < max_local_connections; ++i) {
    dawdlers.push_back(std::make_unique<Caller>(path()));
    ASSERT_TRUE(dawdlers.back()->say("{\"do\": "));
  }
  for (const auto& dawdler : dawdlers) EXPECT_EQ(dawdler->hear(), "") << "closed";
  EXPECT_TRUE(local_request(path(), {}));
}

}  // namespace
}  // namespace pf::host
