// The whole video receiver behind valid keys: the input decides which packets are lost, overtaken, repeated, altered
// or forged under the right key, and when time passes.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>

#include "core/session/video_receiver.h"
#include "core/wire/bytes.h"
#include "support/frame_forge.h"

namespace pf {
namespace {

using test::ForgedFrame;
using test::FrameForge;
using test::Packet;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr std::size_t max_steps = 300;

class World {
 public:
  explicit World(std::span<const std::byte> input) : input_(input) {
    next_id_ = input_.read<std::uint32_t>();
    first_id_ = next_id_;
  }

  void run() {
    for (std::size_t step = 0; step < max_steps && input_.remaining() > 0; ++step) {
      switch (input_.read<std::uint8_t>() % 8) {
        case 0:
        case 1:
        case 2: send_frame(); break;
        case 3: release(); break;
        case 4: forge(); break;
        case 5: alter(); break;
        case 6: stray(); break;
        default: pass_time(); break;
      }
      drain();
    }
    recover();
  }

 private:
  static session::VideoReceiver::Options options() {
    return {.max_unit = 16'384, .max_frames = 4, .reorder_wait = milliseconds{40}};
  }

  void send_frame() {
    const auto shape = input_.read<std::uint8_t>();
    ForgedFrame frame{.id = next_id_++};
    frame.keyframe = (shape & 1) != 0;
    frame.discontinuity = (shape & 2) != 0;
    frame.data = 1 + (shape >> 2) % 9;
    frame.parity = input_.read<std::uint8_t>() % 6;
    frame.shard_size = 32 + 2 * (input_.read<std::uint8_t>() % 20);
    genuine_.emplace(frame.id, frame);
    for (auto& packet : forge_.frame(frame)) {
      switch (input_.read<std::uint8_t>() % 8) {
        case 0: break;
        case 1: held_.push_back(std::move(packet)); break;
        case 2: held_.push_back(packet); [[fallthrough]];
        default: deliver(std::move(packet)); break;
      }
    }
  }

  void release() {
    if (held_.empty()) return;
    const auto index = input_.read<std::uint8_t>() % held_.size();
    deliver(held_[index]);
  }

  void forge() {
    const auto choice = input_.read<std::uint8_t>();
    // Near the stream: an id far ahead would rightly end it, for it makes all others old.
    const auto id = next_id_ + static_cast<std::uint32_t>(std::int32_t{input_.read<std::int8_t>()});
    const auto known = genuine_.find(id);
    wire::MediaHeader header;
    if (known != genuine_.end() && (choice & 4) != 0) {
      // Says what the frame's own packets say, but for its shard and what it carries.
      header = FrameForge::header_of(known->second, input_.read<std::uint8_t>() % (known->second.data));
    } else {
      header.flags = {(choice & 1) != 0, (choice & 2) != 0};
      header.frame = {id};
      header.timestamp_us = input_.read<std::uint8_t>() % 2;
      header.data_shards = input_.read<std::uint16_t>();
      header.parity_shards = input_.read<std::uint16_t>();
      header.shard = input_.read<std::uint16_t>();
    }
    const auto payload = input_.take(std::min<std::size_t>(input_.read<std::uint8_t>(), input_.remaining()));
    forged_.insert(header.frame.value);
    deliver(forge_.packet(header, payload));
  }

  void alter() {
    if (held_.empty()) return;
    Packet packet = held_[input_.read<std::uint8_t>() % held_.size()];
    const auto at = input_.read<std::uint8_t>() % packet.size();
    const auto by = std::byte{input_.read<std::uint8_t>()};
    if (by == std::byte{0}) {
      packet.resize(at);
    } else {
      packet[at] ^= by;
    }
    const auto before = receiver_->counters().packets_received;
    deliver(std::move(packet));
    require(receiver_->counters().packets_received == before);
  }

  void stray() {
    const auto bytes = input_.take(std::min<std::size_t>(input_.read<std::uint8_t>(), input_.remaining()));
    deliver({bytes.begin(), bytes.end()});
  }

  void pass_time() { clock_.advance(milliseconds{input_.read<std::uint8_t>()}); }

  void deliver(Packet packet) { static_cast<void>(receiver_->receive(packet, clock_.now())); }

  void drain() {
    while (auto unit = receiver_->next(clock_.now())) judge(std::move(*unit));
    const auto due = receiver_->deadline();
    require(!due || *due > clock_.now());
  }

  void judge(session::ReceivedUnit unit) {
    require(!last_ || unit.frame.newer_than(*last_));
    require(unit.data.size() <= options().max_unit && unit.data.size() == unit.prefix.unit_size);
    const bool follows = last_ && unit.frame == last_->next();
    const auto sent = genuine_.find(unit.frame.value);
    if (sent != genuine_.end() && !forged_.contains(unit.frame.value)) {
      require(unit.data == FrameForge::unit_of(sent->second));
      require(follows || unit.keyframe || (last_ && sent->second.discontinuity));
    }
    last_ = unit.frame;
  }

  // Whatever happened before, a keyframe that arrives whole is shown.
  void recover() {
    const ForgedFrame frame{.id = next_id_ + 1000, .keyframe = true};
    genuine_.emplace(frame.id, frame);
    for (auto& packet : forge_.frame(frame)) deliver(std::move(packet));
    drain();
    require(last_ && last_->value == frame.id);
    require(!receiver_->needs_keyframe());
    require(receiver_->counters().frames_complete + receiver_->counters().frames_lost <=
            std::uint64_t{frame.id - first_id_} + 256);
  }

  wire::Reader input_;
  ManualClock clock_;
  FrameForge forge_{test::media_key()};
  std::unique_ptr<session::VideoReceiver> receiver_ =
      session::VideoReceiver::create(test::media_key(), options(), clock_).value();
  std::uint32_t next_id_ = 0;
  std::uint32_t first_id_ = 0;
  std::map<std::uint32_t, ForgedFrame> genuine_;
  std::set<std::uint32_t> forged_;
  std::vector<Packet> held_;
  std::optional<FrameId> last_;
};

}  // namespace
}  // namespace pf

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pf::World(std::as_bytes(std::span(data, size))).run();
  return 0;
}
