#include "core/session/audio_stream.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/ring.h"
#include "core/session/send_delay.h"
#include "core/wire/audio_payload.h"

namespace pf::session {
namespace {

// One length byte, two for each copy: see wire/audio_payload.h.
constexpr std::size_t payload_fixed = 1;
constexpr std::size_t per_copy = 2;
constexpr std::size_t most_out = 512;  // packets of the largest size that are in use, 2.5 s

/// Which of the last 256 ids have been handed out.
class SeenIds {
 public:
  /// Whether `id` is new; from now on it is not. An id older than the window is never new.
  bool insert(FrameId id) {
    if (!any_ || id.since(newest_) >= static_cast<std::int32_t>(window)) {
      seen_.fill(false);
      newest_ = id;
      any_ = true;
    }
    while (id.newer_than(newest_)) {
      newest_ = newest_.next();
      seen_[newest_.value % window] = false;
    }
    // Half the circle away is neither newer nor older (RFC 1982, section 3.2): not to be told from what was heard.
    if (newest_.value - id.value >= window) return false;
    return !std::exchange(seen_[id.value % window], true);
  }

 private:
  static constexpr std::size_t window = 256;
  std::array<bool, window> seen_{};
  FrameId newest_;
  bool any_ = false;
};

}  // namespace

struct AudioSender::State {
  crypto::PacketSealer sealer;
  std::size_t copies;
  const Clock& clock;
  FrameId next_frame;
  Ring<std::vector<std::byte>> recent;  // oldest first, the newest packet last
  std::vector<std::span<const std::byte>> carried;
  std::vector<std::byte> packet;

  void remember(std::span<const std::byte> opus);
  void choose_carried();
};

AudioSender::AudioSender(std::unique_ptr<State> state) : state_(std::move(state)) {}
AudioSender::~AudioSender() = default;

Result<std::unique_ptr<AudioSender>> AudioSender::create(const crypto::MediaKey& key, std::size_t copies,
                                                         const Clock& clock, const StreamPosition& start) {
  if (copies > wire::max_audio_copies) {
    return fail(ErrorCode::invalid_argument, "an audio packet carries at most 4 copies of earlier ones");
  }
  auto sealer = crypto::PacketSealer::create(key, start.packet);
  if (!sealer) return std::unexpected(sealer.error());
  auto state = std::make_unique<State>(
      State{std::move(*sealer), copies, clock, start.frame, Ring<std::vector<std::byte>>(copies + 1), {}, {}});
  while (!state->recent.full()) {
    state->recent.push_back({});
    state->recent[state->recent.size() - 1].reserve(wire::max_opus_packet);
  }
  state->carried.reserve(copies + 1);
  state->packet.reserve(wire::media_overhead + wire::max_audio_payload);
  return std::unique_ptr<AudioSender>(new AudioSender(std::move(state)));
}

Result<void> AudioSender::send(std::span<const std::byte> opus, TimePoint captured, PacketSink& sink) {
  auto& s = *state_;
  if (opus.empty() || opus.size() > wire::max_opus_packet) {
    return fail(ErrorCode::invalid_argument, "an Opus packet has 1 to 1,275 bytes");
  }
  s.remember(opus);
  s.choose_carried();

  s.packet.assign(wire::media_header_size, std::byte{0});
  wire::write_audio_payload(s.carried, s.packet);
  s.packet.resize(s.packet.size() + wire::media_tag_size);
  wire::MediaHeader header;
  header.stream = wire::StreamKind::audio;
  header.flags.discontinuity = s.sealer.sealed() == 0;
  header.frame = std::exchange(s.next_frame, s.next_frame.next());
  header.timestamp_us = static_cast<std::uint32_t>(to_micros(captured));
  header.send_delay = send_delay(captured, s.clock.now());
  if (auto ok = s.sealer.seal(header, s.packet); !ok) return ok;
  return sink.send(s.packet, s.packet.size());
}

void AudioSender::State::remember(std::span<const std::byte> opus) {
  auto slot = recent.take_front();
  slot.assign(opus.begin(), opus.end());
  recent.push_back(std::move(slot));  // which keeps its memory
}

// As many copies as a datagram that every path takes has room for, the newest ones.
void AudioSender::State::choose_carried() {
  carried.clear();
  std::size_t size = wire::media_overhead + payload_fixed;
  for (std::size_t back = 1; back <= recent.size(); ++back) {
    const auto& sound = recent[recent.size() - back];
    if (sound.empty()) break;  // before the stream's begin
    size += sound.size() + (carried.empty() ? 0 : per_copy);
    if (!carried.empty() && size > wire::default_datagram_size) break;
    carried.emplace_back(sound);
  }
  std::ranges::reverse(carried);
}

std::uint64_t AudioSender::packets_sent() const {
  return state_->sealer.sealed();
}

struct AudioReceiver::State {
  crypto::PacketOpener opener;
  Counters counters;
  SeenIds seen;
  UnitMemory memory{most_out * wire::max_opus_packet};
};

AudioReceiver::AudioReceiver(std::unique_ptr<State> state) : state_(std::move(state)) {}
AudioReceiver::~AudioReceiver() = default;

Result<std::unique_ptr<AudioReceiver>> AudioReceiver::create(const crypto::MediaKey& key) {
  auto opener = crypto::PacketOpener::create(key, wire::StreamKind::audio);
  if (!opener) return std::unexpected(opener.error());
  return std::unique_ptr<AudioReceiver>(
      new AudioReceiver(std::make_unique<State>(State{.opener = std::move(*opener), .counters = {}, .seen = {}})));
}

Result<void> AudioReceiver::receive(std::span<std::byte> packet, std::vector<ReceivedAudio>& out) {
  auto& s = *state_;
  const auto opened = s.opener.open(packet);
  if (!opened) {
    ++s.counters.packets_rejected;
    return std::unexpected(opened.error());
  }
  const auto payload = wire::parse_audio_payload(opened->payload);
  if (!payload) {
    ++s.counters.packets_rejected;
    return std::unexpected(payload.error());
  }
  ++s.counters.packets_received;
  auto copies = static_cast<std::uint32_t>(payload->count - 1);
  for (const auto opus : payload->packets()) {
    const FrameId id{opened->header.frame.value - copies};
    const bool from_copy = copies-- > 0;
    if (!s.seen.insert(id)) continue;
    auto kept = s.memory.take(opus.size());
    if (!kept.held()) return fail(ErrorCode::exhausted, "the memory for sound is full of packets that are in use");
    std::ranges::copy(opus, kept.begin());
    if (from_copy) ++s.counters.restored_from_copies;
    out.push_back({id, std::move(kept), opened->header.timestamp_us, from_copy});
  }
  return {};
}

const AudioReceiver::Counters& AudioReceiver::counters() const {
  return state_->counters;
}

}  // namespace pf::session
