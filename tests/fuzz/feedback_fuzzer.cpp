// What a client says of the way, true or not: the plan for encoder, parity and pacer stays within its bounds.
#include <cmath>
#include <cstdint>
#include <span>
#include <type_traits>

#include "core/base/clock.h"
#include "core/session/stream_adaptation.h"
#include "core/wire/bytes.h"
#include "fuzz/require.h"

namespace {

using namespace pf;

constexpr session::StreamAdaptation::Range range{1_mbps, 50_mbps};

void check(const session::StreamAdaptation::Plan& plan) {
  fuzz::require(plan.encoder >= range.floor && plan.encoder <= range.ceiling);
  fuzz::require(std::isfinite(plan.parity) && plan.parity >= 0 && plan.queue >= Duration{0});
}

wire::Feedback read_feedback(wire::Reader& in, const wire::Feedback& last) {
  wire::Feedback said = last;
  const auto small = in.read<std::uint8_t>() < 200;  // goes on from the last; else it is anything
  const auto field = [&](auto& value) {
    using Field = std::remove_reference_t<decltype(value)>;
    const auto before = static_cast<std::uint32_t>(value);
    value = static_cast<Field>(small ? before + in.read<std::uint16_t>() : in.read<std::uint32_t>());
  };
  field(said.sequence);
  field(said.time_us);
  field(said.packets_expected);
  field(said.packets_received);
  field(said.packets_lost);
  field(said.loss_runs);
  field(said.bytes_received);
  field(said.train_bytes);
  field(said.train_us);
  field(said.frames);
  field(said.least_delay_us);
  field(said.last_delay_us);
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::Reader in(std::as_bytes(std::span(data, size)));
  session::StreamAdaptation adaptation({.range = range, .interval = microseconds{16'667}, .fec = {}});
  ManualClock clock;
  wire::Feedback feedback;
  while (in.remaining() > 0) {
    // Reports come a few milliseconds after one another, or seconds, in which windows end.
    const auto later = in.read<std::uint16_t>();
    clock.advance(later < 0xF000 ? microseconds{later} * 4 : std::chrono::seconds{later - 0xF000} / 100);
    adaptation.on_sent(clock.now(), in.read<std::uint16_t>());
    feedback = read_feedback(in, feedback);
    adaptation.on_feedback(clock.now(), feedback);
    check(adaptation.plan());
  }
  return 0;
}
