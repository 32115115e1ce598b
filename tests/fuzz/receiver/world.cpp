#include "fuzz/receiver/world.h"

#include <algorithm>
#include <array>

#include "core/session/fec_policy.h"
#include "core/wire/audio_payload.h"
#include "fuzz/require.h"

namespace pf::fuzz {
namespace {

using test::ForgedFrame;
using test::FrameForge;
using test::Packet;

constexpr std::size_t most_held = 64;
// So far from what was sent before that no forged packet is newer.
constexpr std::uint32_t far_ahead = 100'000;
// Whoever misses more frames than that in a row takes the next ones for old (RFC 1982).
constexpr std::uint32_t longest_jump = 1u << 20;
// For what a scenario sends after its last jump.
constexpr std::uint64_t numbers_kept = 1u << 20;

crypto::MediaSecret secret() {
  crypto::MediaSecret bytes;
  bytes.fill(std::byte{7});
  return bytes;
}

std::uint64_t first_number(const Event& stage) {
  const std::uint64_t wanted = stage.b | (std::uint64_t{stage.size} << 32);
  return std::min(wanted, wire::max_packet_number - numbers_kept);
}

std::uint32_t near(std::uint32_t id, std::uint32_t by) {
  return id + static_cast<std::uint32_t>(static_cast<std::int16_t>(by));
}

bool bit(std::uint32_t bits, std::size_t index) {
  return ((bits >> (index % 32)) & 1u) != 0;
}

}  // namespace

void UnitJudge::judge(const session::ReceivedUnit& unit) {
  require(!last_ || unit.frame.newer_than(*last_));
  require(!unit.data.empty() && unit.data.size() <= max_unit_ && unit.data.size() == unit.prefix.unit_size);
  const auto sent = sent_.find(unit.frame.value);
  const bool touched = forged_.contains(unit.frame.value);
  require(touched || sent != sent_.end());
  if (!touched) {
    const auto& frame = sent->second;
    require(std::ranges::equal(unit.data, FrameForge::unit_of(frame)));
    require(unit.keyframe == frame.keyframe && unit.timestamp_us == frame.timestamp_us);
    require(unit.prefix.width == frame.width && unit.prefix.height == frame.height);
    const bool follows = last_ && unit.frame == last_->next();
    require(follows || unit.keyframe || (last_ && frame.discontinuity));
  }
  last_ = unit.frame;
  ++count_;
}

session::VideoReceiver::Options World::options() {
  return {.max_unit = 16'384, .max_frames = 4, .reorder_wait = milliseconds{40}};
}

World::World(const Event& stage)
    : clock_(TimePoint{std::chrono::seconds{1 + std::int64_t{stage.c}}}),
      video_(test::media_key(), first_number(stage)),
      sound_(crypto::PacketSealer::create(test::media_key(wire::StreamKind::audio), first_number(stage)).value()),
      next_frame_(stage.a),
      next_sound_(stage.a ^ stage.choice),
      slow_(session::VideoReceiver::create(test::media_key(), options(), clock_).value()),
      inbox_(control::MediaInbox::create(
                 secret(), MediaCipher::aes_128_gcm, options(), clock_,
                 [this](const session::ReceivedUnit& unit) { shown_.judge(unit); },
                 [this](const session::ReceivedAudio& sound) { hear(sound); })
                 .value()) {}

void World::play(const Event& event) {
  switch (event.kind) {
    case EventKind::frame: send_frame(event); break;
    case EventKind::sound: send_sound(event); break;
    case EventKind::release: release(event); break;
    case EventKind::damage: damage(event); break;
    case EventKind::forge_video: forge_video(event); break;
    case EventKind::forge_sound: forge_sound(event); break;
    case EventKind::stray: stray(event); break;
    case EventKind::crowd: crowd(event); break;
    case EventKind::pass_time:
      clock_.advance((event.choice & 1u) != 0 ? Duration{std::chrono::hours{event.a % 720}}
                                              : Duration{microseconds{event.a % 1'000'000}});
      inbox_->advance(clock_.now());
      break;
    case EventKind::take: take((event.choice & 1u) != 0); break;
    case EventKind::jump: jump(event); break;
    case EventKind::look: look(event); break;
  }
  check();
}

// --- the host ---

void World::send_frame(const Event& event) {
  ForgedFrame frame{.id = next_frame_++};
  frame.keyframe = (event.choice & 1u) != 0;
  frame.discontinuity = (event.choice & 2u) != 0;
  frame.data = 1 + event.size % 24;
  frame.parity = std::min<std::size_t>((event.size >> 5) % 16, session::max_parity_for(frame.data));
  frame.shard_size = 32 + 2 * ((event.size >> 9) % 64);
  frame.timestamp_us = event.c;
  frame.width = static_cast<std::uint16_t>(event.c >> 16);
  frame.height = static_cast<std::uint16_t>(event.c);
  sent_[frame.id] = frame;
  auto packets = video_.frame(frame);
  if ((event.choice & 4u) != 0) std::ranges::reverse(packets);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (bit(event.a, i)) continue;
    const bool late = bit(event.b, i);
    if (late || (event.choice & 8u) != 0) hold(packets[i]);
    if (!late) deliver(packets[i]);
  }
}

void World::send_sound(const Event& event) {
  const auto id = next_sound_++;
  sounds_[id] = test::pattern(id, 1 + event.size % 300);
  std::vector<std::span<const std::byte>> carried{sounds_[id]};
  for (std::uint32_t back = 1; back <= event.choice % 5u && sounds_.contains(id - back); ++back) {
    carried.insert(carried.begin(), sounds_[id - back]);
  }
  Packet packet(wire::media_header_size);
  wire::write_audio_payload(carried, packet);
  packet.resize(packet.size() + wire::media_tag_size);
  require(sound_.seal({.stream = wire::StreamKind::audio, .flags = {}, .frame = {id}}, packet).has_value());
  if ((event.choice & 0x40u) != 0) hold(packet);
  if ((event.choice & 0x80u) == 0) deliver(packet);
}

void World::jump(const Event& event) {
  if ((event.choice & 1u) != 0) {
    const auto room =
        wire::max_packet_number - numbers_kept - std::min(video_.next_number(), wire::max_packet_number - numbers_kept);
    video_.skip(std::min(std::uint64_t{event.b} << (event.choice >> 4), room));
  }
  if ((event.choice & 2u) != 0) next_frame_ += event.a % longest_jump;
  if ((event.choice & 4u) != 0) next_sound_ += event.c % longest_jump;
}

// --- the network ---

void World::hold(const Packet& packet) {
  if (held_.size() == most_held) held_.erase(held_.begin());
  held_.push_back(packet);
}

void World::release(const Event& event) {
  if (held_.empty()) return;
  const auto index = event.a % held_.size();
  const auto packet = held_[index];
  if ((event.choice & 1u) != 0) held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(index));
  deliver(packet);
}

void World::damage(const Event& event) {
  if (held_.empty()) return;
  const auto& whole = held_[event.a % held_.size()];
  auto packet = whole;
  switch (event.choice % 3) {
    case 0: packet[event.b % packet.size()] ^= std::byte{1} << (event.c % 8); break;
    case 1: packet.resize(event.b % packet.size()); break;
    default: packet.resize(packet.size() + 1 + event.b % 64, static_cast<std::byte>(event.c)); break;
  }
  const auto video = inbox_->video_counters().packets_received;
  const auto sound = inbox_->audio_counters().packets_received;
  const auto shown = shown_.count();
  deliver(packet);
  require(inbox_->video_counters().packets_received == video && inbox_->audio_counters().packets_received == sound);
  require(shown_.count() == shown);
}

void World::stray(const Event& event) {
  auto packet = test::pattern(event.a, event.size % 1500);
  // Most of the time what begins like media.
  if (!packet.empty() && (event.choice & 1u) == 0) packet[0] = std::byte{0x90} | static_cast<std::byte>(event.b % 4);
  if (packet.size() > 1 && (event.choice & 2u) == 0) packet[1] = std::byte{0};
  const auto video = inbox_->video_counters().packets_received;
  deliver(packet);
  require(inbox_->video_counters().packets_received == video);
}

// --- who holds the key ---

void World::forge_video(const Event& event) {
  const auto id = near(next_frame_, event.a);
  const auto known = sent_.find(id);
  wire::MediaHeader header;
  auto size = std::size_t{event.size} % 1300;
  if (known != sent_.end() && (event.choice & 1u) != 0) {
    // Says what the frame's own packets say, but for its shard and what it carries.
    header = FrameForge::header_of(known->second, event.b % (known->second.data + known->second.parity));
    size = known->second.shard_size;
  } else {
    header.flags = {(event.choice & 2u) != 0, (event.choice & 4u) != 0};
    header.frame = {id};
    header.timestamp_us = event.a >> 31;
    header.data_shards = (event.choice & 8u) != 0 ? 1 : static_cast<std::uint16_t>(event.b);
    header.parity_shards = static_cast<std::uint16_t>(event.b >> 16);
    header.shard = static_cast<std::uint16_t>(event.c);
    if (header.data_shards == 1) header.shard = 0;
  }
  auto payload = test::pattern(event.c, size);
  if (payload.size() >= wire::unit_prefix_size && (event.choice & 16u) != 0) {
    wire::write_unit_prefix({.unit_size = event.c % 1400,
                             .codec = static_cast<VideoCodec>((event.choice >> 5) % 5),
                             .width = 1,
                             .height = 1,
                             .times = {}},
                            std::span(payload).first<wire::unit_prefix_size>());
  }
  forged_.insert(id);
  deliver(video_.packet(header, payload));
}

void World::forge_sound(const Event& event) {
  sound_forged_ = true;
  const auto bytes = test::pattern(event.c, 1 + event.size % 1400);
  Packet packet(wire::media_header_size);
  if ((event.choice & 1u) != 0) {
    packet.insert(packet.end(), bytes.begin(), bytes.end());
  } else {
    const std::vector<std::span<const std::byte>> carried(1 + event.choice % 7, bytes);
    wire::write_audio_payload(carried, packet);
  }
  packet.resize(packet.size() + wire::media_tag_size);
  require(sound_.seal({.stream = wire::StreamKind::audio, .flags = {}, .frame = {near(next_sound_, event.a)}}, packet)
              .has_value());
  deliver(packet);
}

void World::crowd(const Event& event) {
  const std::size_t shard_size = 2 + 2 * (event.b % 600);
  wire::MediaHeader header;
  header.data_shards = static_cast<std::uint16_t>(2 + event.a % (2 * options().max_unit / shard_size + 1));
  header.parity_shards = static_cast<std::uint16_t>(event.a >> 16);
  for (std::uint32_t i = 0; i < event.size % 64u; ++i) {
    header.frame = {next_frame_ + ((event.choice & 1u) != 0 ? i : 0)};
    header.shard = static_cast<std::uint16_t>(i % (header.data_shards - 1u));
    forged_.insert(header.frame.value);
    deliver(video_.packet(header, test::pattern(i, shard_size)));
  }
}

// --- the receiver ---

void World::deliver(const Packet& packet) {
  auto bytes = packet;
  inbox_->receive(bytes, clock_.now());
  bytes = packet;
  static_cast<void>(slow_->receive(bytes, clock_.now()));
}

void World::take(bool keep) {
  check_kept();
  if (!keep) kept_.clear();
  while (auto unit = slow_->next(clock_.now())) {
    taken_.judge(*unit);
    if (keep) kept_.push_back({std::move(*unit), {}});
    if (keep) kept_.back().as_taken.assign(kept_.back().unit.data.begin(), kept_.back().unit.data.end());
  }
  const auto due = slow_->deadline();
  require(!due || *due > clock_.now());
  require(slow_->counters().frames_complete == taken_.count());
}

// A unit that somebody still uses stays as it was, whatever arrives meanwhile.
void World::check_kept() const {
  for (const auto& kept : kept_) require(std::ranges::equal(kept.unit.data, kept.as_taken));
}

void World::hear(const session::ReceivedAudio& sound) {
  require(!sound.opus.empty() && sound.opus.size() <= wire::max_opus_packet);
  const bool first = heard_.insert(sound.id.value).second;
  if (sound_forged_) return;
  const auto sent = sounds_.find(sound.id.value);
  require(first && sent != sounds_.end() && std::ranges::equal(sound.opus, sent->second));
}

void World::look(const Event& event) {
  const auto now = clock_.now();
  const auto round_trip = (event.choice & 1u) != 0 ? std::optional(microseconds{event.a % 1'000'000}) : std::nullopt;
  if (const auto wish = inbox_->repair_wanted(now, round_trip)) {
    require(!inbox_->repair_wanted(now, round_trip));  // the host needs time to answer
    const auto* lost = std::get_if<wire::InvalidateFrames>(&*wish);
    require(lost != nullptr ? !lost->first.newer_than(lost->last)
                            : std::holds_alternative<wire::RequestKeyframe>(*wish));
  }
  (void)slow_->feedback(now);
  const auto stats = inbox_->take_stats(now);
  require(stats.frames_recovered <= stats.frames_complete);
}

void World::check() {
  const auto counters = inbox_->video_counters();
  require(counters.packets_received >= before_.packets_received && counters.packets_lost >= before_.packets_lost);
  require(counters.packets_rejected >= before_.packets_rejected && counters.frames_lost >= before_.frames_lost);
  require(counters.packets_received <= counters.packets_expected && counters.packets_lost <= counters.packets_expected);
  require(counters.packets_late <= counters.packets_received);
  require(counters.frames_complete == shown_.count() && counters.frames_recovered <= counters.frames_complete);
  before_ = counters;
}

void World::recover() {
  take(false);
  const ForgedFrame frame{.id = next_frame_ + far_ahead, .keyframe = true};
  sent_[frame.id] = frame;
  for (const auto& packet : video_.frame(frame)) deliver(packet);
  take(false);
  require(shown_.last() == FrameId{frame.id} && taken_.last() == FrameId{frame.id});
  require(!inbox_->repair_wanted(clock_.now(), std::nullopt) && !slow_->needs_keyframe());

  next_sound_ += far_ahead;
  const auto id = next_sound_;
  send_sound({.kind = EventKind::sound, .choice = 0, .size = 100});
  require(heard_.contains(id));
  check();
}

}  // namespace pf::fuzz
