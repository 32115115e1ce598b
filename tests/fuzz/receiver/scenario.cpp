#include "fuzz/receiver/scenario.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/wire/bytes.h"

namespace pf::fuzz {
namespace {

constexpr std::array<std::uint32_t, 14> telling{0,           1,           2,           3,      63,     64,       255,
                                                0x7FFF'FFFF, 0x8000'0000, 0xFFFF'FFFF, 0xFFFE, 0xFFFF, 0x1'0000, 4096};

std::uint32_t any(std::minstd_rand& random) {
  return static_cast<std::uint32_t>(random()) ^ (static_cast<std::uint32_t>(random()) << 16);
}

std::size_t below(std::size_t end, std::minstd_rand& random) {
  return any(random) % end;
}

Event new_event(std::minstd_rand& random) {
  Event event{.kind = static_cast<EventKind>(below(event_kinds, random)),
              .choice = static_cast<std::uint8_t>(any(random)),
              .size = static_cast<std::uint16_t>(any(random)),
              .a = any(random),
              .b = any(random),
              .c = any(random)};
  // A stream whose every frame is torn tells little: half of the frames arrive whole, or with little loss.
  if (event.kind == EventKind::frame && (any(random) & 1u) != 0) {
    event.a = (any(random) & 1u) != 0 ? 0 : 1u << below(16, random);
    event.b = 0;
  }
  return event;
}

void alter(std::uint32_t& value, std::minstd_rand& random) {
  switch (below(4, random)) {
    case 0: value = telling[below(telling.size(), random)]; break;
    case 1: value ^= 1u << below(32, random); break;
    case 2: value += static_cast<std::uint32_t>(below(9, random)) - 4; break;
    default: value = any(random); break;
  }
}

void alter(Event& event, std::minstd_rand& random) {
  switch (below(6, random)) {
    case 0: event.kind = static_cast<EventKind>(below(event_kinds, random)); break;
    case 1: event.choice = static_cast<std::uint8_t>(event.choice ^ (1u << below(8, random))); break;
    case 2: event.size = static_cast<std::uint16_t>(any(random)); break;
    case 3: alter(event.a, random); break;
    case 4: alter(event.b, random); break;
    default: alter(event.c, random); break;
  }
}

// A run of events once more, somewhere: patterns come from repetition.
void repeat(std::vector<Event>& events, std::minstd_rand& random) {
  const auto from = below(events.size(), random);
  const auto count = 1 + below(std::min<std::size_t>(events.size() - from, 8), random);
  const std::vector<Event> run(events.begin() + static_cast<std::ptrdiff_t>(from),
                               events.begin() + static_cast<std::ptrdiff_t>(from + count));
  events.insert(events.begin() + static_cast<std::ptrdiff_t>(below(events.size() + 1, random)), run.begin(), run.end());
}

}  // namespace

std::vector<Event> parse_scenario(std::span<const std::byte> bytes) {
  wire::Reader in(bytes);
  std::vector<Event> events;
  while (in.remaining() >= event_size && events.size() < max_events) {
    Event event;
    event.kind = static_cast<EventKind>(in.read<std::uint8_t>() % event_kinds);
    event.choice = in.read<std::uint8_t>();
    event.size = in.read<std::uint16_t>();
    event.a = in.read<std::uint32_t>();
    event.b = in.read<std::uint32_t>();
    event.c = in.read<std::uint32_t>();
    events.push_back(event);
  }
  return events;
}

std::vector<std::byte> write_scenario(std::span<const Event> events) {
  std::vector<std::byte> bytes(events.size() * event_size);
  wire::Writer to(bytes);
  for (const auto& event : events) {
    to.write(static_cast<std::uint8_t>(event.kind));
    to.write(event.choice);
    to.write(event.size);
    to.write(event.a);
    to.write(event.b);
    to.write(event.c);
  }
  return bytes;
}

void mutate(std::vector<Event>& events, std::minstd_rand& random) {
  for (auto changes = 1 + below(4, random); changes > 0; --changes) {
    const auto at = events.empty() ? 0 : below(events.size(), random);
    const auto position = events.begin() + static_cast<std::ptrdiff_t>(at);
    switch (events.empty() ? 0 : below(8, random)) {
      case 0:
      case 1: events.insert(position, new_event(random)); break;
      case 2: events.erase(position); break;
      case 3: repeat(events, random); break;
      case 4: std::swap(events[at], events[below(events.size(), random)]); break;
      default: alter(events[at], random); break;
    }
  }
  if (events.size() > max_events) events.resize(max_events);
}

std::vector<Event> cross(std::span<const Event> one, std::span<const Event> other, std::minstd_rand& random) {
  std::vector<Event> events(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(below(one.size() + 1, random)));
  const auto rest = other.subspan(below(other.size() + 1, random));
  events.insert(events.end(), rest.begin(), rest.end());
  if (events.size() > max_events) events.resize(max_events);
  return events;
}

}  // namespace pf::fuzz

// --- libFuzzer's hooks ---

namespace {

std::size_t put(std::span<const pf::fuzz::Event> events, std::uint8_t* out, std::size_t room) {
  const auto bytes = pf::fuzz::write_scenario(events.first(std::min(events.size(), room / pf::fuzz::event_size)));
  std::ranges::copy(bytes, std::as_writable_bytes(std::span(out, room)).begin());
  return bytes.size();
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  std::minstd_rand random(seed);
  auto events = pf::fuzz::parse_scenario(std::as_bytes(std::span(data, size)));
  pf::fuzz::mutate(events, random);
  return put(events, data, max_size);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* one, std::size_t one_size,
                                                 const std::uint8_t* other, std::size_t other_size, std::uint8_t* out,
                                                 std::size_t max_size, unsigned seed) {
  std::minstd_rand random(seed);
  const auto events = pf::fuzz::cross(pf::fuzz::parse_scenario(std::as_bytes(std::span(one, one_size))),
                                      pf::fuzz::parse_scenario(std::as_bytes(std::span(other, other_size))), random);
  return put(events, out, max_size);
}
