// The audio receiver behind valid keys: payloads and frame ids are the input's. Each id comes out once at most.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/session/audio_stream.h"
#include "core/wire/audio_payload.h"
#include "core/wire/bytes.h"
#include "support/media_fixture.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf;
  wire::Reader input(std::as_bytes(std::span(data, size)));
  const auto key = test::media_key(wire::StreamKind::audio);
  auto sealer = crypto::PacketSealer::create(key).value();
  auto receiver = session::AudioReceiver::create(key).value();
  std::uint32_t id = 1;
  std::vector<std::uint32_t> recent;
  while (input.remaining() > 0) {
    id += static_cast<std::uint32_t>(std::int32_t{input.read<std::int8_t>()});
    wire::MediaHeader header;
    header.stream = wire::StreamKind::audio;
    header.frame = {id};
    const auto payload = input.take(std::min<std::size_t>(input.read<std::uint8_t>(), input.remaining()));
    test::Packet packet(wire::media_overhead + payload.size());
    std::copy(payload.begin(), payload.end(), packet.begin() + wire::media_header_size);
    if (!sealer.seal(header, packet)) std::abort();

    std::vector<session::ReceivedAudio> out;
    static_cast<void>(receiver->receive(packet, out));
    for (const auto& audio : out) {
      if (audio.opus.empty() || audio.opus.size() > wire::max_opus_packet) std::abort();
      if (std::ranges::count(recent, audio.id.value) != 0) std::abort();
      recent.push_back(audio.id.value);
      if (recent.size() > 100) recent.erase(recent.begin());
    }
  }
  return 0;
}
