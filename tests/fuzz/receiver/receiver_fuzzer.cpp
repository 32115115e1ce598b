// The whole receiver behind valid keys, from media packets to units and sound.
#include "fuzz/receiver/scenario.h"
#include "fuzz/receiver/world.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto events = pf::fuzz::parse_scenario(std::as_bytes(std::span(data, size)));
  if (events.empty()) return 0;
  pf::fuzz::World world(events.front());
  for (const auto& event : std::span(events).subspan(1)) world.play(event);
  world.recover();
  return 0;
}
