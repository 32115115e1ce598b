// Datagrams on the control port: u8 what happens (whose datagram, or time that passes), u8 size, bytes, and so on.
#include <cstdint>
#include <span>

#include "fuzz/require.h"
#include "host/gamestream/enet/enet_host.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf;
  using namespace pf::host::gamestream;
  auto rest = std::as_bytes(std::span(data, size));
  TimePoint now{std::chrono::hours{1}};
  EnetHost host(2, [](const net::Address&, std::uint32_t connect_data) { return connect_data == 99; });
  const auto take = [&] {
    if (rest.empty()) return std::size_t{0};
    const auto value = std::to_integer<std::size_t>(rest[0]);
    rest = rest.subspan(1);
    return value;
  };
  while (!rest.empty()) {
    const auto what = take();
    const auto datagram = rest.first(std::min(take(), rest.size()));
    rest = rest.subspan(datagram.size());
    if (what >= 0xF0) {
      now += milliseconds{100} * static_cast<int>(what - 0xEF);
      host.tick(now);
    } else {
      host.receive(net::Address::v4_loopback(static_cast<std::uint16_t>(1 + what % 3)), datagram, now);
    }
    if (what % 5 == 0) (void)host.send(0, 0, datagram, now);
    while (const auto event = host.next_event())
      fuzz::require(event->peer < 2 && (event->kind != EnetEvent::Kind::connected || event->connect_data == 99));
    while (const auto sent = host.next_datagram(now)) fuzz::require(sent->bytes.size() <= 1400);
  }
  return 0;
}
