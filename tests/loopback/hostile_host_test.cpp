// Whoever answers where a host is expected: what it says reaches the user's terminal, and must not drive it.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

#include "control/link/client_link.h"
#include "core/wire/control_messages.h"

namespace pf::control {
namespace {

const Identity& identity(int which) {
  static const std::array<Identity, 2> made{Identity::generate("host").value(), Identity::generate("client").value()};
  return made.at(static_cast<std::size_t>(which));
}

/// Answers the first bytes of every connection with one message.
class Impostor final : public ConnectionHandler {
 public:
  explicit Impostor(const wire::ControlMessage& answer) : answer_(wire::encode_control(answer)) {}
  void on_bytes(QuicConnection& connection, Channel, std::span<const std::byte>) override {
    (void)connection.send(Channel::control, answer_);
  }
  void on_datagram(QuicConnection&, std::span<const std::byte>, TimePoint) override {}
  void on_closed(QuicConnection&, const CloseReason&) override {}

 private:
  const std::vector<std::byte> answer_;
};

std::unique_ptr<QuicPort> impostor(const wire::ControlMessage& answer) {
  QuicPortOptions options;
  options.bind = net::Address::v4_loopback(0);
  options.identity = identity(0);
  return QuicPort::listen(options, [answer](QuicConnection&) { return std::make_shared<Impostor>(answer); }).value();
}

TEST(HostileHost, cannot_write_into_the_terminal_of_who_pairs_with_it) {
  const auto host = impostor(wire::Refusal{wire::RefusalCode::wrong_pin,
                                           "\x1b[2Jyour PIN, please\xc2\x9b"
                                           "1m\n"});
  const auto paired = pair_with_host(identity(1), "client", host->local(), "123456");
  ASSERT_FALSE(paired);
  EXPECT_EQ(paired.error().message, "?[2Jyour PIN, please?1m?");
}

TEST(HostileHost, cannot_write_into_the_terminal_of_who_streams_from_it) {
  const SteadyClock clock;
  for (const wire::ControlMessage& answer :
       {wire::ControlMessage{wire::Refusal{wire::RefusalCode::internal, "\x1b]0;mine\x07"}},
        wire::ControlMessage{wire::Goodbye{wire::GoodbyeReason::shutdown, "\x1b]0;mine\x07"}}}) {
    const auto host = impostor(answer);
    LinkOptions options;
    options.host = host->local();
    options.identity = identity(1);
    options.pinned = identity(0).fingerprint;
    const auto link = ClientLink::connect(options, {}, clock);
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().message, "?]0;mine?");
  }
}

}  // namespace
}  // namespace pf::control
