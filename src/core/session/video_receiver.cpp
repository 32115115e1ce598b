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
constexpr std::size_t spare_buffers = 8;

}  // namespace

struct VideoReceiver::State {
  State(crypto::PacketOpener&& packet_opener, const Options& given, const Clock& given_clock)
      : opener(std::move(packet_opener)),
        options(given),
        clock(given_clock),
        queue({.frames = given.max_frames, .reorder_wait = given.reorder_wait}) {}

  Result<void> keep(const crypto::OpenedPacket& packet, TimePoint arrival);
  [[nodiscard]] Result<void> check_shape(const wire::MediaHeader& header, std::size_t shard_size) const;
  Result<void> complete(FrameInFlight& frame, const wire::MediaHeader& last, TimePoint arrival);

  crypto::PacketOpener opener;
  Options options;
  const Clock& clock;
  FrameQueue queue;
  fec::ReedSolomon16 codec;
  FeedbackMeter meter;
  ReceiverCounters counters;
  FrameId last_delivered;
  std::vector<std::vector<std::byte>> buffers;
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

Result<void> VideoReceiver::receive(std::span<std::byte> packet, TimePoint arrival) {
  auto& s = *state_;
  if (s.queue.ready_bytes() > s.options.max_unit) {
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
  if (frame != nullptr) {
    if (!frame->shards.agrees(header, packet.payload.size())) {
      return fail(ErrorCode::malformed, "a video packet contradicts an earlier one of its frame");
    }
  } else {
    if (auto ok = check_shape(header, packet.payload.size()); !ok) return ok;
    frame = queue.insert(header.frame);
    if (frame == nullptr) {
      ++counters.packets_late;
      return {};
    }
    frame->keyframe = header.flags.keyframe;
    frame->discontinuity = header.flags.discontinuity;
    frame->first_arrival = arrival;
    frame->shards.start(header, packet.payload.size());
  }
  frame->last_arrival = arrival;
  if (frame->state != FrameInFlight::State::collecting) return {};
  frame->shards.add(header.shard, packet.payload);
  if (frame->shards.whole()) return complete(*frame, header, arrival);
  queue.limit_bytes(2 * options.max_unit, *frame);
  return {};
}

Result<void> VideoReceiver::State::check_shape(const wire::MediaHeader& header, std::size_t shard_size) const {
  if (shard_size == 0 || shard_size % 2 != 0)
    return fail(ErrorCode::malformed, "a video packet whose shard has an odd size");
  if (header.data_shards * shard_size > options.max_unit + block_slack) {
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
  if (!buffers.empty()) {
    unit.data = std::move(buffers.back());
    buffers.pop_back();
  }
  const bool recovered = frame.shards.needs_parity();
  auto prefix = frame.shards.assemble(codec, unit.data);
  if (prefix && unit.data.size() > options.max_unit) {
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

FrameId VideoReceiver::last_delivered() const {
  return state_->last_delivered;
}

const ReceiverCounters& VideoReceiver::counters() const {
  return state_->counters;
}

std::optional<wire::Feedback> VideoReceiver::feedback(TimePoint now) {
  return state_->meter.report(now);
}

void VideoReceiver::recycle(std::vector<std::byte> buffer) {
  auto& s = *state_;
  if (s.buffers.size() < spare_buffers && buffer.capacity() <= s.options.max_unit / 8) {
    s.buffers.push_back(std::move(buffer));
  }
}

}  // namespace pf::session
