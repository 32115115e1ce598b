#include <chrono>
#include <future>
#include <optional>
#include <utility>

#include "control/link/client_link.h"
#include "control/link/message_stream.h"
#include "control/pairing/pairing.h"
#include "core/wire/utf8.h"

namespace pf::control {
namespace {

constexpr std::chrono::seconds pairing_limit{15};

/// One pairing attempt on one connection. Control thread, but for the future.
class Attempt final : public ConnectionHandler {
 public:
  explicit Attempt(Identity identity, std::string client_name, std::string pin)
      : identity_(std::move(identity)), client_name_(std::move(client_name)), pin_(std::move(pin)) {}

  std::future<Result<std::string>> result() { return result_.get_future(); }

  void begin(QuicConnection& connection) {
    if (finished_) return;  // the host has hung up already
    auto pairing = ClientPairing::create(pin_, connection.peer(), identity_.fingerprint, client_name_);
    if (!pairing) {
      finish(std::unexpected(pairing.error()));
      return;
    }
    pairing_.emplace(std::move(*pairing));
    (void)connection.send(Channel::control, wire::encode_control(pairing_->share()));
  }

  void call_off() { finish(fail(ErrorCode::closed, "the attempt was called off")); }

  void on_bytes(QuicConnection& connection, Channel, std::span<const std::byte> bytes) override {
    const auto understood =
        messages_.push(bytes, [&](const wire::ControlMessage& message) { on_message(connection, message); });
    if (!understood)
      finish(fail(ErrorCode::malformed, "the host speaks another protocol: " + understood.error().message));
  }
  void on_datagram(QuicConnection&, std::span<const std::byte>, TimePoint) override {}
  void on_closed(QuicConnection&, const CloseReason& reason) override {
    finish(fail(ErrorCode::closed, "the host closed the connection" + (reason.text.empty() ? "" : ": " + reason.text)));
  }

 private:
  void on_message(QuicConnection& connection, const wire::ControlMessage& message) {
    if (const auto* refusal = std::get_if<wire::Refusal>(&message)) {
      finish(fail(refusal->code == wire::RefusalCode::wrong_pin ? ErrorCode::unauthenticated : ErrorCode::refused,
                  wire::printable(refusal->text)));
    } else if (const auto* share = std::get_if<wire::PairShare>(&message); share != nullptr && pairing_) {
      const auto confirm = pairing_->on_share(*share);
      if (!confirm) {
        finish(std::unexpected(confirm.error()));
        return;
      }
      proved_ = true;
      (void)connection.send(Channel::control, wire::encode_control(*confirm));
    } else if (const auto* paired = std::get_if<wire::Paired>(&message); paired != nullptr && proved_) {
      finish(wire::printable(paired->host_name));
    }
  }
  void finish(Result<std::string> host_name) {
    if (!std::exchange(finished_, true)) result_.set_value(std::move(host_name));
  }

  const Identity identity_;
  const std::string client_name_;
  const std::string pin_;
  MessageStream messages_;
  std::optional<ClientPairing> pairing_;
  bool proved_ = false;  // the host knows the PIN: its confirmation was right
  bool finished_ = false;
  std::promise<Result<std::string>> result_;
};

}  // namespace

Result<TrustedPeer> pair_with_host(const Identity& identity, const std::string& client_name, const net::Address& host,
                                   const std::string& pin, const std::stop_token& stop) {
  QuicPortOptions options;
  options.bind = net::Address::any_of(host.family, 0);
  options.identity = identity;
  auto port = QuicPort::open(options);
  if (!port) return std::unexpected(port.error());
  return pair_over(std::move(*port), identity, client_name, host, pin, stop);
}

Result<TrustedPeer> pair_over(std::unique_ptr<QuicPort> port, const Identity& identity, const std::string& client_name,
                              const net::Address& host, const std::string& pin, const std::stop_token& stop) {
  const auto attempt = std::make_shared<Attempt>(identity, client_name, pin);
  auto result = attempt->result();
  // Whoever it is, SPAKE2 finds out whether it is the host that shows the PIN.
  const auto connection = port->connect(host, std::nullopt, attempt, stop);
  if (!connection) return std::unexpected(connection.error());
  // Nothing of this frame: the attempt may be over, and this left, before the task has run.
  port->post([attempt, connection = *connection] { attempt->begin(*connection); });
  const std::stop_callback call_off(stop, [&] { port->post([attempt] { attempt->call_off(); }); });
  if (result.wait_for(pairing_limit) != std::future_status::ready)
    return fail(ErrorCode::timeout, "the host did not finish the pairing in time");
  const auto host_name = result.get();
  if (!host_name) return std::unexpected(host_name.error());
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return TrustedPeer{.fingerprint = (*connection)->peer(),
                     .name = *host_name,
                     .paired_at = std::chrono::duration_cast<std::chrono::seconds>(now).count(),
                     .address = host.to_string()};
}

}  // namespace pf::control
