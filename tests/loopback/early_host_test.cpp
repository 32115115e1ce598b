// A host that does not wait for its turn: what it says comes with its handshake.
#include <gtest/gtest.h>

#include "control/link/client_link.h"
#include "support/fake_connection.h"

namespace pf::control {
namespace {

class Connection final : public test::FakeConnection {
 public:
  Result<void> send(Channel, std::span<const std::byte>) override { return {}; }
  void send_datagram(std::span<const std::byte>) override {}
};

/// Its control thread is whoever calls. The host speaks before connect() returns.
class Port final : public QuicPort {
 public:
  explicit Port(std::vector<std::byte> first_words) : first_words_(std::move(first_words)) {}

  Result<std::shared_ptr<QuicConnection>> connect(const net::Address&, std::optional<Fingerprint>,
                                                  std::shared_ptr<ConnectionHandler> handler,
                                                  const std::stop_token&) override {
    handler->on_bytes(*connection_, Channel::control, first_words_);
    return connection_;
  }
  void set_media_handler(MediaHandler) override {}
  void post(std::function<void()> task, milliseconds delay) override {
    if (delay.count() == 0) task();
  }
  [[nodiscard]] net::Address local() const override { return net::Address::v4_loopback(4001); }

 private:
  const std::vector<std::byte> first_words_;
  const std::shared_ptr<Connection> connection_ = std::make_shared<Connection>();
};

TEST(EarlyHost, that_answers_before_it_is_asked_is_refused) {
  const SteadyClock clock;
  const wire::Welcome welcome{.version = 1, .host_name = "h", .software = "s", .codecs = {}};
  const auto link =
      ClientLink::connect_over(std::make_unique<Port>(wire::encode_control(welcome)), LinkOptions{}, LinkEvents{}, clock);
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, ErrorCode::malformed);
}

}  // namespace
}  // namespace pf::control
