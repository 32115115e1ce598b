// A stranger's side of pairing, against an open window and against a client: nobody who does not know the PIN gets in.
#include <array>
#include <cstdint>
#include <span>

#include "control/pairing/pairing.h"
#include "fuzz/require.h"

namespace {

using namespace pf;

struct StillClock final : Clock {
  [[nodiscard]] TimePoint now() const override { return TimePoint{} + std::chrono::hours{1}; }
};

control::Fingerprint fingerprint(int first) {
  control::Fingerprint out{};
  out[0] = static_cast<std::byte>(first);
  return out;
}

// A host that does not know the PIN gets no proof from a client.
void check_client(std::span<const std::byte> record) {
  static auto client = control::ClientPairing::create("271828", fingerprint(1), fingerprint(2), "client");
  fuzz::require(client.has_value());
  const auto message = wire::decode_control(record);
  if (!message || !*message) return;
  if (const auto* share = std::get_if<wire::PairShare>(&**message)) fuzz::require(!client->on_share(*share));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const StillClock clock;
  const auto bytes = std::as_bytes(std::span(data, size));
  control::PairingWindow window({}, clock);
  if (!window.open("271828")) return 0;
  control::HostPairing host(window, fingerprint(1), fingerprint(2), "host");
  const auto half = bytes.size() / 2;
  // Two records, as they would come off the control stream.
  for (const auto part : {bytes.first(half), bytes.subspan(half)}) {
    check_client(part);
    const auto message = wire::decode_control(part);
    if (!message || !*message) continue;
    if (const auto* share = std::get_if<wire::PairShare>(&**message)) {
      (void)host.on_share(*share);
    } else if (const auto* confirm = std::get_if<wire::PairConfirm>(&**message)) {
      fuzz::require(!host.on_confirm(*confirm).paired);
    }
  }
  return 0;
}
