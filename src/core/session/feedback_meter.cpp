#include "core/session/feedback_meter.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace pf::session {
namespace {

// Fewer packets leave together by chance, and say little about the link.
constexpr std::size_t least_train = 8;
// One packet that takes longer, and longer than all others together, was held up somewhere: as long as a packet takes
// on a link of 3 Mbit/s.
constexpr milliseconds most_alone{4};
constexpr std::uint32_t send_delay_unit_us = 16;

std::uint32_t low_micros(TimePoint t) {
  return static_cast<std::uint32_t>(to_micros(t));
}

}  // namespace

void FeedbackMeter::arrived(const wire::MediaHeader& header, std::size_t bytes, TimePoint arrival) {
  gaps_.arrived(header.packet_number);
  ++totals_.packets_received;
  totals_.bytes_received += static_cast<std::uint32_t>(bytes);
  measure_delay(header, arrival);
  board(header, bytes, arrival);
}

void FeedbackMeter::measure_delay(const wire::MediaHeader& header, TimePoint arrival) {
  if (newest_ && !header.frame.newer_than(*newest_)) return;
  newest_ = header.frame;
  const std::uint32_t sent = header.timestamp_us + send_delay_unit_us * header.send_delay;
  const auto delay = static_cast<std::int32_t>(low_micros(arrival) - sent);
  totals_.least_delay_us = totals_.frames == 0 ? delay : std::min(totals_.least_delay_us, delay);
  totals_.last_delay_us = delay;
  ++totals_.frames;
}

void FeedbackMeter::board(const wire::MediaHeader& header, std::size_t bytes, TimePoint arrival) {
  if (train_.packets > 0 && train_.frame.newer_than(header.frame)) return;  // overtaken: it says nothing
  if (train_.packets == 0 || train_.frame != header.frame || train_.send_delay != header.send_delay) {
    finish_train();
    train_ = {};
    train_.frame = header.frame;
    train_.send_delay = header.send_delay;
    train_.number = header.packet_number;
    train_.last.at = arrival;
  }
  // What was held up somewhere takes the time of that, and not the link's.
  if (header.packet_number < std::exchange(train_.number, header.packet_number)) train_.in_order = false;
  ++train_.packets;
  const auto before = std::exchange(train_.last, {train_.last.bytes + bytes, std::max(train_.last.at, arrival)});
  train_.longest = std::max(train_.longest, train_.last.at - before.at);
  if (!std::has_single_bit(train_.packets)) return;
  train_.half = std::exchange(train_.doubled, train_.last);
  train_.longest_earlier = std::exchange(train_.longest, Duration{0});
}

// The later half alone: a shaper's bucket lets the first packets pass at once, and where delay varies from packet to
// packet but their order stays, these wait for one another, which only the first ones' distances show.
void FeedbackMeter::finish_train() {
  if (train_.packets < least_train || !train_.in_order) return;
  const auto time = train_.last.at - train_.half.at;
  const auto longest = std::max(train_.longest, train_.longest_earlier);
  if (longest > most_alone && longest > time / 2) return;
  totals_.train_bytes += static_cast<std::uint32_t>(train_.last.bytes - train_.half.bytes);
  totals_.train_us += static_cast<std::uint32_t>(to_micros(train_.last.at) - to_micros(train_.half.at));
}

std::optional<wire::Feedback> FeedbackMeter::report(TimePoint now) {
  if (!newest_) return std::nullopt;
  gaps_.settle();
  ++totals_.sequence;
  totals_.time_us = low_micros(now);
  totals_.packets_expected = static_cast<std::uint32_t>(gaps_.expected());
  totals_.packets_lost = static_cast<std::uint32_t>(gaps_.lost());
  totals_.loss_runs = static_cast<std::uint32_t>(gaps_.runs());
  const auto report = totals_;
  totals_.frames = 0;
  totals_.least_delay_us = totals_.last_delay_us = 0;
  return report;
}

}  // namespace pf::session
