// The QUIC port behind its socket. An even first byte: a stranger's packets at a listening host. An odd one: a host and
// a client whose packets are lost, repeated, altered and cut on the way, with strays in between. Strangers get no more
// than three times what they sent, nothing looks like media, and what arrives is what was sent.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "control/quic/endpoint.h"
#include "core/wire/bytes.h"
#include "core/wire/media_header.h"
#include "fuzz/require.h"

namespace {

using namespace pf;

constexpr std::size_t most_events = 200;
constexpr std::size_t most_connections = 8;
constexpr std::string_view message = "what the client has to say, in more than one packet's worth of bytes.";

class NoSocket final : public net::UdpSocket {
 public:
  [[nodiscard]] net::Address local() const override { return {}; }
  Result<void> send(const net::Address&, const net::Via&, std::span<const std::byte>) override { return {}; }
  Result<void> send_segments(const net::Address&, const net::Via&, std::span<const std::byte>, std::size_t) override {
    return {};
  }
  Result<void> receive(net::ReceiveBatch&, milliseconds) override { return {}; }
  void interrupt() override {}
};

/// Whatever it hears on the control stream is the beginning of the message said again and again.
class Listener final : public control::ConnectionHandler {
 public:
  void on_bytes(control::QuicConnection&, control::Channel, std::span<const std::byte> bytes) override {
    for (const auto byte : bytes) fuzz::require(byte == static_cast<std::byte>(message[heard_++ % message.size()]));
  }
  void on_datagram(control::QuicConnection&, std::span<const std::byte> bytes, TimePoint) override {
    fuzz::require(std::ranges::equal(bytes, wire::as_bytes(message)));
  }
  void on_closed(control::QuicConnection&, const control::CloseReason& reason) override {
    fuzz::require(!closed_ && reason.text.size() <= 1024);
    closed_ = true;
  }

 private:
  std::size_t heard_ = 0;
  bool closed_ = false;
};

std::shared_ptr<const control::TlsCredentials> credentials(bool host) {
  static const auto made = [] {
    std::array<std::shared_ptr<const control::TlsCredentials>, 2> both;
    for (auto& one : both) {
      one = control::TlsCredentials::create(control::Identity::generate("fuzz").value()).value();
    }
    return both;
  }();
  return made.at(host ? 0 : 1);
}

net::Address address(std::uint8_t last) {
  auto out = net::Address::v4_any(4000);
  out.bytes = {192, 0, 2, last};
  return out;
}
const net::Address host_address = address(1);
const net::Address client_address = address(2);
const net::Address stranger_address = address(3);

class Net {
 public:
  void run(wire::Reader& in, bool with_client) {
    if (with_client) {
      client_.connect(
          client_address, host_address, std::nullopt, std::make_shared<Listener>(),
          [this](Result<std::shared_ptr<control::QuicConnection>> result) {
            if (result) connection_ = *result;
          },
          clock_.now());
    }
    for (std::size_t i = 0; i < most_events && in.remaining() > 0; ++i) {
      happen(in);
      advance();
      fuzz::require(host_.connections() <= most_connections);
      fuzz::require(to_stranger_ <= 3 * from_stranger_);
    }
    // However it went, all is over once nobody has said anything for long enough.
    connection_.reset();
    on_the_way_.clear();
    // QUIC waits three probe timeouts at least (RFC 9000, section 10.1), and round trips were as long as the input
    // liked.
    for (int i = 0; i < 120; ++i) {
      clock_.advance(std::chrono::seconds{5});
      advance();
      on_the_way_.clear();
    }
    fuzz::require(host_.connections() == 0 && client_.connections() == 0);
  }

 private:
  struct Packet {
    net::Address from;
    net::Address to;
    std::vector<std::byte> bytes;
  };

  control::Endpoint::Options options(bool host) const {
    control::Endpoint::Options options;
    options.listening = host;
    options.max_connections = most_connections;
    options.credentials = credentials(host);
    options.socket = std::make_shared<NoSocket>();
    options.reset_secret.assign(32, std::byte{9});
    return options;
  }

  control::Endpoint::Output output() {
    return [this](const net::Address& remote, const net::Address& local, std::span<const std::byte> bytes) {
      fuzz::require(!bytes.empty() && bytes.size() <= 1200 && !wire::is_media(bytes[0]));
      if (remote == stranger_address) {
        to_stranger_ += bytes.size();
      } else {
        on_the_way_.push_back({local, remote, {bytes.begin(), bytes.end()}});
      }
    };
  }

  void happen(wire::Reader& in) {
    switch (in.read<std::uint8_t>() % 8) {
      case 0:
      case 1: pass(in.read<std::uint8_t>()); break;
      case 2: lose(); break;
      case 3: repeat(in.read<std::uint8_t>()); break;
      case 4: alter(in); break;
      case 5: stray(in); break;
      case 6: clock_.advance(milliseconds{in.read<std::uint8_t>() * 8}); break;
      default: say(in.read<std::uint8_t>()); break;
    }
  }

  void pass(std::size_t count) {
    for (count = 1 + count % 8; count > 0 && !on_the_way_.empty(); --count) {
      const auto packet = std::move(on_the_way_.front());
      on_the_way_.pop_front();
      deliver(packet);
      advance();
    }
  }
  void lose() {
    if (!on_the_way_.empty()) on_the_way_.pop_front();
  }
  void repeat(std::size_t which) {
    if (!on_the_way_.empty()) deliver(Packet(on_the_way_[which % on_the_way_.size()]));
  }
  void alter(wire::Reader& in) {
    const auto at = in.read<std::uint16_t>();
    const auto by = std::byte{in.read<std::uint8_t>()};
    if (on_the_way_.empty()) return;
    auto packet = on_the_way_.front();
    if (by == std::byte{0}) {
      packet.bytes.resize(at % packet.bytes.size());
    } else {
      packet.bytes[at % packet.bytes.size()] ^= by;
    }
    if (!packet.bytes.empty()) deliver(packet);
  }
  void stray(wire::Reader& in) {
    const auto choice = in.read<std::uint8_t>();
    const auto head = in.take(std::min<std::size_t>(in.read<std::uint8_t>(), in.remaining()));
    std::vector<std::byte> bytes(head.begin(), head.end());
    // First packets count only at their full size.
    if ((choice & 1u) != 0) bytes.resize(1200);
    if (bytes.empty()) return;
    if ((choice & 2u) == 0) from_stranger_ += bytes.size();
    deliver({(choice & 2u) == 0 ? stranger_address : client_address, (choice & 4u) == 0 ? host_address : client_address,
             std::move(bytes)});
  }
  void say(std::uint8_t choice) {
    if (!connection_) return;
    if (choice == 0) {
      connection_->close(1, "done");
    } else if (choice % 2 == 0) {
      connection_->send_datagram(wire::as_bytes(message));
    } else {
      for (int i = 0; i < choice; ++i) (void)connection_->send(control::Channel::control, wire::as_bytes(message));
    }
  }

  void deliver(const Packet& packet) {
    auto& to = packet.to == host_address ? host_ : client_;
    to.receive(packet.to, packet.from, packet.bytes, clock_.now());
  }
  void advance() {
    host_.advance(clock_.now());
    client_.advance(clock_.now());
  }

  ManualClock clock_;
  std::deque<Packet> on_the_way_;
  std::size_t from_stranger_ = 0;
  std::size_t to_stranger_ = 0;
  std::shared_ptr<control::QuicConnection> connection_;
  control::Endpoint host_{options(true),
                          [](control::QuicConnection&) -> std::shared_ptr<control::ConnectionHandler> {
                            return std::make_shared<Listener>();
                          },
                          output()};
  control::Endpoint client_{options(false), nullptr, output()};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::Reader in(std::as_bytes(std::span(data, size)));
  const bool with_client = (in.read<std::uint8_t>() & 1u) != 0;
  Net().run(in, with_client);
  return 0;
}
