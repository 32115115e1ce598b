// What the receiver's fuzzer plays: a list of events of one size each, so that every input means something and the
// mutator can move, repeat and alter whole events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace pf::fuzz {

enum class EventKind : std::uint8_t {
  frame,        // a video frame is sent; some of its packets are lost, some held back
  sound,        // an audio packet is sent
  release,      // a packet that was held back arrives, once more or at last
  damage,       // one of those arrives with a bit flipped, cut short or made longer
  forge_video,  // an authentic video packet whose header says anything
  forge_sound,  // an authentic audio packet with any payload
  stray,        // bytes that nobody sealed
  crowd,        // authentic packets of many frames, none of which ever becomes whole
  pass_time,
  take,  // the slow reader takes its units
  jump,  // packet numbers or frame ids leap
  look,  // statistics are taken, keyframes asked for
};
inline constexpr std::size_t event_kinds = 12;

struct Event {
  EventKind kind = EventKind::frame;
  std::uint8_t choice = 0;
  std::uint16_t size = 0;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t c = 0;
};
inline constexpr std::size_t event_size = 16;
inline constexpr std::size_t max_events = 256;

/// The first event sets the stage: where ids, packet numbers and the clock begin.
std::vector<Event> parse_scenario(std::span<const std::byte> bytes);
std::vector<std::byte> write_scenario(std::span<const Event> events);

void mutate(std::vector<Event>& events, std::minstd_rand& random);
/// The beginning of one and the end of another.
std::vector<Event> cross(std::span<const Event> one, std::span<const Event> other, std::minstd_rand& random);

}  // namespace pf::fuzz
