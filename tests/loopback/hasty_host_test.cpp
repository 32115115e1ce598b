// Hosts that hang up as soon as the handshake is over: the end may come before the client has said its first word.
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "control/link/client_link.h"
#include "control/link/speed_test.h"
#include "support/fake_connection.h"

namespace pf::control {
namespace {

/// Its connection is over before connect() returns, and what is posted runs last of all, as a control thread that is
/// behind does it. It keeps nothing alive.
class HastyPort final : public QuicPort {
 public:
  ~HastyPort() override {
    while (!tasks_.empty())
      for (const auto& task : std::exchange(tasks_, {})) task();
  }
  HastyPort() = default;
  HastyPort(const HastyPort&) = delete;
  HastyPort& operator=(const HastyPort&) = delete;

  Result<std::shared_ptr<QuicConnection>> connect(const net::Address&, std::optional<Fingerprint>,
                                                  std::shared_ptr<ConnectionHandler> handler,
                                                  const std::stop_token&) override {
    auto connection = std::make_shared<Connection>();
    connection->closed = true;
    handler->on_closed(*connection, {CloseReason::Kind::peer, 0, "refused"});
    return connection;
  }
  void set_media_handler(MediaHandler) override {}
  void post(std::function<void()> task, milliseconds delay) override {
    if (delay.count() == 0) tasks_.push_back(std::move(task));
  }
  [[nodiscard]] net::Address local() const override { return net::Address::v4_loopback(4001); }

 private:
  /// Nobody says anything on it.
  class Connection final : public test::FakeConnection {
   public:
    Result<void> send(Channel, std::span<const std::byte>) override {
      ADD_FAILURE() << "a word into a connection that is over";
      return {};
    }
    void send_datagram(std::span<const std::byte>) override { ADD_FAILURE() << "a datagram into what is over"; }
  };

  std::vector<std::function<void()>> tasks_;
};

class HastyHost : public testing::Test {
 protected:
  static const Identity& identity() {
    static const Identity made = Identity::generate("client").value();
    return made;
  }
  /// Over `port` where there is one.
  Result<TrustedPeer> pair(const net::Address& host, std::unique_ptr<QuicPort> port = nullptr) const {
    return port ? pair_over(std::move(port), identity(), "client", host, "123456")
                : pair_with_host(identity(), "client", host, "123456");
  }
  Result<std::unique_ptr<ClientLink>> connect(const net::Address& host,
                                              std::unique_ptr<QuicPort> port = nullptr) const {
    LinkOptions options;
    options.identity = identity();
    options.host = host;
    options.pinned = identity().fingerprint;
    return port ? ClientLink::connect_over(std::move(port), options, {}, clock_)
                : ClientLink::connect(options, {}, clock_);
  }
  Result<SpeedFigures> measure(const net::Address& host, std::unique_ptr<QuicPort> port = nullptr) const {
    const SpeedOptions options{
        .identity = identity(), .client_name = "client", .host = host, .pinned = identity().fingerprint};
    return port ? measure_speed_over(std::move(port), options, clock_) : measure_speed(options, clock_);
  }
  template <class T>
  static void expect_hung_up(const Result<T>& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::closed);
    EXPECT_EQ(result.error().message, "the host closed the connection: refused");
  }

  const SteadyClock clock_;
};

TEST_F(HastyHost, is_gone_before_who_pairs_has_said_a_word) {
  expect_hung_up(pair({}, std::make_unique<HastyPort>()));
}

TEST_F(HastyHost, is_gone_before_who_streams_has_said_a_word) {
  expect_hung_up(connect({}, std::make_unique<HastyPort>()));
}

TEST_F(HastyHost, is_gone_before_who_measures_has_said_a_word) {
  expect_hung_up(measure({}, std::make_unique<HastyPort>()));
}

TEST_F(HastyHost, refuses_every_connection_and_nobody_minds) {
  const auto host =
      QuicPort::listen({.bind = net::Address::v4_loopback(0), .identity = identity(), .timeouts = {}, .udp = {}},
                       [](QuicConnection&) { return nullptr; })
          .value();
  for (int i = 0; i < 20; ++i) {
    expect_hung_up(pair(host->local()));
    expect_hung_up(connect(host->local()));
    expect_hung_up(measure(host->local()));
  }
}

}  // namespace
}  // namespace pf::control
