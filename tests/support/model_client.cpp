#include <algorithm>
#include <array>

#include "core/wire/bytes.h"
#include "core/wire/media_header.h"
#include "support/media_fixture.h"
#include "support/model_messages.h"
#include "support/model_stream.h"

namespace pf::test {
namespace {

constexpr Duration tick_time = milliseconds{5};
constexpr Duration feedback_time = milliseconds{50};
constexpr Duration ask_again = milliseconds{100};
constexpr Duration stall = milliseconds{100};
// Of who asks for packets again: before a gap is taken for a loss, and after which it is past mending.
constexpr Duration reordering = milliseconds{5};
constexpr Duration hopeless = milliseconds{500};
constexpr Duration least_answer_time = milliseconds{20};  // before any was measured
constexpr std::size_t most_asked = 120;                   // packets in one request

session::VideoReceiver::Options receiver_for(Strategy strategy) {
  if (strategy != Strategy::retransmission) return {};
  return {.max_frames = 32, .reorder_wait = hopeless};
}

}  // namespace

ModelClient::ModelClient(const ModelOptions& options, const Clock& clock, Transmit transmit)
    : options_(options),
      clock_(clock),
      transmit_(std::move(transmit)),
      receiver_(session::VideoReceiver::create(media_key(), receiver_for(options.strategy), clock).value()),
      answer_time_(std::max(options.round_trip, least_answer_time)),
      last_delivery_(clock.now()),
      next_tick_(clock.now()),
      next_feedback_(clock.now() + feedback_time) {}

void ModelClient::receive(std::span<std::byte> packet) {
  const auto header = wire::parse_media_header(packet);
  // A duplicate is refused, and nothing else is to be done about it.
  if (header && receiver_->receive(packet, clock_.now()) && options_.strategy == Strategy::retransmission)
    note_arrival(header->packet_number);
  take();
}

TimePoint ModelClient::advance() {
  if (next_tick_ <= clock_.now()) {
    next_tick_ = clock_.now() + tick_time;
    tick();
  }
  take();
  return std::min(next_tick_, receiver_->deadline().value_or(next_tick_));
}

void ModelClient::take() {
  while (const auto unit = receiver_->next(clock_.now())) judge(*unit);
}

void ModelClient::judge(const session::ReceivedUnit& unit) {
  const auto now = clock_.now();
  const auto age_us = static_cast<std::int32_t>(static_cast<std::uint32_t>(to_micros(now)) - unit.timestamp_us);
  const Duration added = microseconds{age_us} - options_.one_way;
  const double ms = std::chrono::duration<double, std::milli>(added).count();
  ++counters_.delivered;
  if (added <= options_.in_time) ++counters_.in_time;
  counters_.added_latency_ms.push_back(static_cast<float>(ms));
  worst_ms_ = std::max(worst_ms_, ms);
  end_gap(now);
}

void ModelClient::end_gap(TimePoint now) {
  const auto gap = now - std::exchange(last_delivery_, now);
  if (gap > stall) ++counters_.stalls;
  counters_.longest_stall = std::max(counters_.longest_stall, gap);
}

const ModelClient::Counters& ModelClient::finish() {
  end_gap(clock_.now());
  return counters_;
}

void ModelClient::tick() {
  const auto now = clock_.now();
  if (now >= next_feedback_) {
    next_feedback_ = now + feedback_time;
    if (const auto feedback = receiver_->feedback(now)) transmit_(wire::encode_datagram(*feedback));
  }
  counters_.lost = receiver_->counters().frames_lost;
  if (!receiver_->needs_keyframe()) {
    asked_.reset();
  } else if (!asked_ || now - *asked_ >= (options_.strategy == Strategy::retransmission ? hopeless : ask_again)) {
    asked_ = now;
    transmit_(std::array{keyframe_request});
  }
  if (options_.strategy == Strategy::retransmission) ask_for_missing();
}

void ModelClient::note_arrival(std::uint64_t number) {
  for (; next_number_ <= number; ++next_number_) missing_[next_number_].since = clock_.now();
  const auto found = missing_.find(number);
  if (found == missing_.end()) return;
  // As TCP smooths its round trip (RFC 6298, sections 2 and 3), queues included; but for packets that were asked for
  // twice, as nobody knows which request was answered.
  if (found->second.times_asked == 1) answer_time_ += (clock_.now() - *found->second.asked - answer_time_) / 8;
  missing_.erase(found);
}

void ModelClient::ask_for_missing() {
  const auto now = clock_.now();
  // Twice as long each time (RFC 6298, section 5.5), so that a queue does not fill with what is in it already.
  const auto patience = [&](unsigned times) {
    return (answer_time_ * 3 / 2 + 2 * reordering) * (1 << std::min(times, 4u));
  };
  std::erase_if(missing_, [&](const auto& one) { return now - one.second.since > hopeless; });
  Bytes message(1 + most_asked * sizeof(std::uint64_t));
  message[0] = packet_request;
  wire::Writer out{std::span(message).subspan(1)};
  for (auto& [number, state] : missing_) {
    if (now - state.since < reordering || (state.asked && now - *state.asked < patience(state.times_asked - 1)))
      continue;
    if (out.size() == most_asked * sizeof(std::uint64_t)) break;
    state.asked = now;
    ++state.times_asked;
    out.write(number);
  }
  if (out.size() > 0) transmit_(std::span(message).first(1 + out.size()));
}

}  // namespace pf::test
