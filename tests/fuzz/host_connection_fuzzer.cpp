// Everything that may come in over one connection to the host, from a stranger or from a paired client: bytes on both
// streams and datagrams. A stranger hears nothing but about pairing, and nobody gets a session from a host without an
// encoder.
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "control/trust/trust_store.h"
#include "core/wire/bytes.h"
#include "core/wire/input_events.h"
#include "fuzz/require.h"
#include "host/stream/host_core.h"
#include "support/bare_host.h"
#include "support/temporary_folder.h"

namespace {

using namespace pf;

constexpr control::Fingerprint paired_client{std::byte{1}};
constexpr control::Fingerprint stranger{std::byte{2}};

control::TrustStore& trust() {
  static const test::TemporaryFolder folder;
  static const auto store = [] {
    auto made = control::TrustStore::open(folder.path() / "clients").value();
    fuzz::require(
        made->add({.fingerprint = paired_client, .name = "paired", .paired_at = 0, .address = {}}).has_value());
    return made;
  }();
  return *store;
}

bool about_pairing(const wire::ControlMessage& message) {
  return std::holds_alternative<wire::Refusal>(message) || std::holds_alternative<wire::PairShare>(message);
}

void hear(wire::Reader& in, test::HeardConnection& connection, control::ConnectionHandler& handler) {
  while (in.remaining() > 0) {
    const auto kind = in.read<std::uint8_t>();
    const auto bytes = in.take(std::min<std::size_t>(in.read<std::uint8_t>(), in.remaining()));
    if (kind % 4 == 3) {
      handler.on_datagram(connection, bytes, TimePoint{});
    } else {
      handler.on_bytes(connection, kind % 4 == 2 ? control::Channel::input : control::Channel::control, bytes);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::Reader in(std::as_bytes(std::span(data, size)));
  const bool paired = (in.read<std::uint8_t>() & 1u) != 0;
  const ManualClock clock;
  test::BarePlatform platform;
  control::PairingWindow pairing({}, clock);
  fuzz::require(pairing.open("271828").has_value());
  host::HostServerOptions options;
  options.name = "host";
  const auto core = std::make_shared<host::HostCore>(
      options, host::HostCore::Services{trust(), pairing, platform, clock}, [](std::function<void()>, milliseconds) {});
  test::HeardConnection connection(paired ? paired_client : stranger);
  const auto handler = core->accept(connection);
  fuzz::require(handler != nullptr);
  hear(in, connection, *handler);

  fuzz::require(core->session_of(connection.id()) == nullptr);
  fuzz::require(trust().peers().size() == 1);  // the PIN is not in the input
  if (!paired) fuzz::require(connection.pongs == 0 && std::ranges::all_of(connection.said, about_pairing));
  handler->on_closed(connection, {});
  return 0;
}
