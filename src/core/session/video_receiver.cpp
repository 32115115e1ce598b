#include "core/session/video_receiver.h"

#include <algorithm>
#include <utility>

#include "core/fec/reed_solomon16.h"
#include "core/session/fec_policy.h"
#include "core/session/feedback_meter.h"
#include "core/session/frame_queue.h"

namespace pf::session {
namespace {

// What shards may hold beyond the access unit: its prefix, and padding of less than one shard.
constexpr std::size_t block_slack = 65'536;
constexpr std::size_t largest_shard = 65'536;

// The most that a frame may claim: with twice as many parity shards as data, and 16 more (see max_parity_for).
std::size_t memory_for(std::size_t max_unit) {
  return 3 * (max_unit + block_slack) + 16 * largest_shard;
}

std::size_t most_parity_for(std::size_t max_unit) {
  return 2 * max_data_shards_for(max_unit) + 16;
}

}  // namespace

struct VideoReceiver::State {
  State(crypto::PacketOpener&& packet_opener, const Options& given, const Clock& given_clock)
      : opener(std::move(packet_opener)),
        options(given),
        clock(given_clock),
        queue({.frames = given.max_frames, .reorder_wait = given.reorder_wait}),
        memory(memory_for(given.max_unit)) {
    shards.reserve(fec::max_block_shards);
    fit_codec();
  }

  void fit_codec() {
    codec = fec::ReedSolomon16();
    codec.reserve(max_data_shards_for(options.max_unit), most_parity_for(options.max_unit));
  }
  Result<void> keep(const crypto::OpenedPacket& packet, TimePoint arrival);
  [[nodiscard]] Result<void> check_shape(const wire::MediaHeader& header, std::size_t shard_size) const;
  Result<FrameInFlight*> begin(const crypto::OpenedPacket& packet, TimePoint arrival);
  UnitBytes make_room(FrameId frame, std::size_t bytes);
  Result<void> complete(FrameInFlight& frame, const wire::MediaHeader& last, TimePoint arrival);

  crypto::PacketOpener opener;
  Options options;
  const Clock& clock;
  FrameQueue queue;
  fec::ReedSolomon16 codec;
  FeedbackMeter meter;
  ReceiverCounters counters;
  FrameId last_delivered;
  UnitMemory memory;
  std::vector<std::byte*> shards;  // of a frame that is being rebuilt
};

VideoReceiver::VideoReceiver(std::unique_ptr<State> state) : state_(std::move(state)) {}
VideoReceiver::~VideoReceiver() = default;

Result<std::unique_ptr<VideoReceiver>> VideoReceiver::create(const crypto::MediaKey& key, const Options& options,
                                                             const Clock& clock) {
  if (options.max_frames == 0 || options.max_unit == 0) {
    return fail(ErrorCode::invalid_argument, "a video receiver needs room for at least one frame");
  }
  auto opener = crypto::PacketOpener::create(key, wire::StreamKind::video);
  if (!opener) return std::unexpected(opener.error());
  auto state = std::make_unique<State>(std::move(*opener), options, clock);
  return std::unique_ptr<VideoReceiver>(new VideoReceiver(std::move(state)));
}

void VideoReceiver::set_max_unit(std::size_t max_unit) {
  auto& s = *state_;
  if (max_unit == std::exchange(s.options.max_unit, max_unit)) return;
  s.memory = UnitMemory(memory_for(max_unit));
  s.fit_codec();
}

Result<void> VideoReceiver::receive(std::span<std::byte> packet, TimePoint arrival) {
  auto& s = *state_;
  if (s.queue.crowded()) {
    return fail(ErrorCode::exhausted, "the video units received so far have not been taken");
  }
  const auto opened = s.opener.open(packet);
  if (!opened) {
    ++s.counters.packets_rejected;
    return std::unexpected(opened.error());
  }
  s.meter.arrived(opened->header, packet.size(), arrival);
  ++s.counters.packets_received;
  s.counters.packets_expected = s.meter.gaps().expected();
  s.counters.packets_lost = s.meter.gaps().lost();
  s.counters.bytes_received += packet.size();

  auto kept = s.keep(*opened, arrival);
  if (!kept) ++s.counters.packets_rejected;
  s.queue.settle(arrival);
  s.counters.frames_lost = s.queue.frames_lost();
  return kept;
}

Result<void> VideoReceiver::State::keep(const crypto::OpenedPacket& packet, TimePoint arrival) {
  const auto& header = packet.header;
  if (queue.done_with(header.frame)) {
    ++counters.packets_late;
    return {};
  }
  auto* frame = queue.find(header.frame);
  if (frame == nullptr) {
    const auto begun = begin(packet, arrival);
    if (!begun) return std::unexpected(begun.error());
    frame = *begun;
    if (frame == nullptr) {
      ++counters.packets_late;
      return {};
    }
  } else if (!frame->shards.agrees(header, packet.payload.size())) {
    return fail(ErrorCode::malformed, "a video packet contradicts an earlier one of its frame");
  }
  frame->last_arrival = arrival;
  if (frame->state != FrameInFlight::State::collecting) return {};
  frame->shards.add(header.shard, packet.payload);
  if (frame->shards.whole()) return complete(*frame, header, arrival);
  return {};
}

// Null where the frame is older than all that are here, and there is no room for one more.
Result<FrameInFlight*> VideoReceiver::State::begin(const crypto::OpenedPacket& packet, TimePoint arrival) {
  const auto& header = packet.header;
  const std::size_t shard_size = packet.payload.size();
  if (auto ok = check_shape(header, shard_size); !ok) return std::unexpected(ok.error());
  auto block = make_room(header.frame, (std::size_t{header.data_shards} + header.parity_shards) * shard_size);
  if (!block.held()) return fail(ErrorCode::exhausted, "the memory for video is full of units that are still in use");
  auto* frame = queue.insert(header.frame);
  if (frame == nullptr) return frame;
  frame->keyframe = header.flags.keyframe;
  frame->discontinuity = header.flags.discontinuity;
  frame->first_arrival = arrival;
  frame->max_unit = options.max_unit;
  frame->shards.start(header, shard_size, std::move(block));
  return frame;
}

// The newest frame wins: those before it make way.
UnitBytes VideoReceiver::State::make_room(FrameId frame, std::size_t bytes) {
  auto block = memory.take(bytes);
  while (!block.held() && queue.give_up_before(frame)) block = memory.take(bytes);
  return block;
}

Result<void> VideoReceiver::State::check_shape(const wire::MediaHeader& header, std::size_t shard_size) const {
  if (shard_size == 0 || shard_size % 2 != 0)
    return fail(ErrorCode::malformed, "a video packet whose shard has an odd size");
  if (header.data_shards * shard_size > options.max_unit + block_slack ||
      header.data_shards > max_data_shards_for(options.max_unit)) {
    return fail(ErrorCode::refused, "a video frame larger than this side accepts");
  }
  if (header.parity_shards > max_parity_for(header.data_shards)) {
    return fail(ErrorCode::refused, "a video frame with more parity than the protocol allows");
  }
  return {};
}

Result<void> VideoReceiver::State::complete(FrameInFlight& frame, const wire::MediaHeader& last, TimePoint arrival) {
  const TimePoint begun = clock.now();
  auto& unit = frame.unit;
  const bool recovered = frame.shards.needs_parity();
  auto prefix = frame.shards.assemble(codec, shards, unit.data);
  // A late frame of a larger mode may have needed more than this one's.
  if (recovered && frame.max_unit > options.max_unit) fit_codec();
  if (prefix && unit.data.size() > frame.max_unit) {
    prefix = fail(ErrorCode::refused, "a video frame larger than this side accepts");
  }
  frame.shards.clear();
  if (!prefix) {
    // Not forgotten, or its remaining packets would start it anew.
    frame.state = FrameInFlight::State::broken;
    unit.data = {};
    return std::unexpected(prefix.error());
  }
  frame.state = FrameInFlight::State::complete;
  unit.frame = frame.id;
  unit.keyframe = frame.keyframe;
  unit.recovered = recovered;
  unit.prefix = *prefix;
  unit.timestamp_us = last.timestamp_us;
  unit.first_send_delay = last.send_delay;
  unit.first_arrival = frame.first_arrival;
  unit.completed = arrival;
  unit.recover = clock.now() - begun;
  return {};
}

std::optional<ReceivedUnit> VideoReceiver::next(TimePoint now) {
  auto& s = *state_;
  s.queue.settle(now);
  s.counters.frames_lost = s.queue.frames_lost();
  auto unit = s.queue.take();
  if (!unit) return std::nullopt;
  ++s.counters.frames_complete;
  s.counters.repairs = s.queue.repairs();
  s.counters.refreshes = s.queue.refreshes();
  s.counters.restarts = s.queue.restarts();
  if (unit->recovered) ++s.counters.frames_recovered;
  s.last_delivered = unit->frame;
  return unit;
}

std::optional<TimePoint> VideoReceiver::deadline() const {
  const auto& ready = state_->queue.ready();
  return ready.empty() ? state_->queue.deadline() : ready.front().completed;
}

bool VideoReceiver::needs_keyframe() const {
  return state_->queue.needs_keyframe();
}

std::optional<LostFrames> VideoReceiver::missing() const {
  return state_->queue.missing();
}

FrameId VideoReceiver::last_delivered() const {
  return state_->last_delivered;
}

const ReceiverCounters& VideoReceiver::counters() const {
  return state_->counters;
}

std::optional<wire::Feedback> VideoReceiver::feedback(TimePoint now) {
  return state_->meter.report(now);
}

}  // namespace pf::session
