#include <algorithm>

#include "core/wire/bytes.h"
#include "core/wire/media_header.h"
#include "support/media_fixture.h"
#include "support/model_messages.h"
#include "support/model_stream.h"

namespace pf::test {
namespace {

constexpr Duration keyframes_apart = milliseconds{50};
constexpr std::size_t largest_unit = 4u << 20;
constexpr std::size_t most_remembered = 4000;  // packets; the receiver's replay window is hardly longer

session::FecPolicy::Limits limits_for(Strategy strategy) {
  switch (strategy) {
    case Strategy::fixed_parity: return {.floor = 0.2, .cap = 0.2, .min_shards = 1, .small_frame_extra = 0};
    case Strategy::retransmission: return {.floor = 0, .cap = 0, .min_shards = 0, .small_frame_extra = 0};
    default: return {};
  }
}

}  // namespace

ModelHost::ModelHost(const ModelOptions& options, const Clock& clock, Transmit transmit)
    : options_(options),
      clock_(clock),
      transmit_(std::move(transmit)),
      interval_(static_cast<std::int64_t>(1e9 / options.frames_per_second)),
      encoder_(options.frames_per_second, options.seed + 2),
      adaptation_(
          {.range = {options.floor, options.ceiling}, .interval = interval_, .fec = limits_for(options.strategy)}),
      pacer_(interval_),
      picture_(pattern(options.seed, largest_unit)),
      sender_(session::VideoSender::create(media_key(), {.fec = limits_for(options.strategy)}, clock).value()),
      next_capture_(clock.now()) {
  pacer_.set_link(adaptation_.plan().link);
}

Bitrate ModelHost::encoder_bitrate() const {
  return options_.strategy == Strategy::fixed_parity ? options_.ceiling : adaptation_.plan().encoder;
}

TimePoint ModelHost::advance() {
  while (next_capture_ <= clock_.now()) {
    next_capture_ += interval_;
    capture();
  }
  leave();
  return waiting_.empty() ? next_capture_ : std::min(next_capture_, pacer_.due());
}

void ModelHost::capture() {
  const auto now = clock_.now();
  const bool keyframe = keyframe_wanted_ && (counters_.frames == 0 || now - last_keyframe_ >= keyframes_apart);
  if (keyframe) {
    keyframe_wanted_ = false;
    last_keyframe_ = now;
    ++counters_.keyframes;
  }
  const auto size = std::min(encoder_.next(encoder_bitrate(), keyframe), largest_unit);
  ++counters_.frames;
  counters_.video_bytes += size;
  if (options_.strategy == Strategy::adaptive) sender_->set_loss(adaptation_.plan().loss);
  const auto sent = sender_->send(
      {.data = std::span(picture_).first(size), .keyframe = keyframe, .width = 1920, .height = 1080, .captured = now},
      *this);
  adaptation_.on_sent(now, sent.value().bytes);
}

void ModelHost::begin_frame(std::size_t bytes) {
  pacer_.begin_frame(clock_.now(), bytes);
}

Result<void> ModelHost::send(std::span<const std::byte> packets, std::size_t segment) {
  for (; !packets.empty(); packets = packets.subspan(std::min(segment, packets.size()))) {
    const auto packet = packets.first(std::min(segment, packets.size()));
    waiting_.emplace_back(packet.begin(), packet.end());
  }
  return {};
}

void ModelHost::leave() {
  while (!waiting_.empty() && pacer_.due() <= clock_.now()) {
    std::size_t burst = 0;
    const auto room = pacer_.burst();
    do {
      auto packet = std::move(waiting_.front());
      waiting_.pop_front();
      burst += packet.size();
      transmit(packet);
      if (options_.strategy == Strategy::retransmission) {
        const auto number = wire::parse_media_header(packet)->packet_number;
        sent_.emplace_back(number, std::move(packet));
        if (sent_.size() > most_remembered) sent_.pop_front();
      }
    } while (!waiting_.empty() && burst + waiting_.front().size() <= room);
    pacer_.sent(clock_.now(), burst);
  }
}

void ModelHost::transmit(std::span<const std::byte> packet) {
  counters_.wire_bytes += packet.size();
  transmit_(packet);
}

void ModelHost::receive(std::span<const std::byte> message) {
  if (message.empty()) return;
  if (message[0] == keyframe_request) {
    keyframe_wanted_ = true;
  } else if (message[0] == packet_request) {
    send_again(message.subspan(1));
  } else if (const auto datagram = wire::decode_datagram(message); datagram && *datagram) {
    const auto* feedback = std::get_if<wire::Feedback>(&**datagram);
    if (feedback == nullptr) return;
    adaptation_.on_feedback(clock_.now(), *feedback);
    if (options_.strategy != Strategy::fixed_parity) pacer_.set_link(adaptation_.plan().link);
  }
}

void ModelHost::send_again(std::span<const std::byte> numbers) {
  wire::Reader in(numbers);
  while (in.remaining() >= sizeof(std::uint64_t)) {
    const auto number = in.read<std::uint64_t>();
    const auto found = std::ranges::lower_bound(sent_, number, {}, [](const auto& one) { return one.first; });
    if (found != sent_.end() && found->first == number) transmit(found->second);
  }
}

}  // namespace pf::test
