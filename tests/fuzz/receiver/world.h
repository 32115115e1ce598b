// A host that means well, a network that does not, somebody who holds the key and sends nonsense: and a receiver in the
// middle, which is asked after every event whether it kept its promises.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "control/link/media_inbox.h"
#include "core/session/audio_stream.h"
#include "core/session/video_receiver.h"
#include "fuzz/receiver/scenario.h"
#include "support/frame_forge.h"

namespace pf::fuzz {

/// What one reader of units has to see: frames in order, each to the bit as it was sent.
class UnitJudge {
 public:
  /// `sent` and `forged` outlive the judge.
  UnitJudge(const std::map<std::uint32_t, test::ForgedFrame>& sent, const std::set<std::uint32_t>& forged,
            std::size_t max_unit)
      : sent_(sent), forged_(forged), max_unit_(max_unit) {}
  void judge(const session::ReceivedUnit& unit);
  [[nodiscard]] std::optional<FrameId> last() const { return last_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  const std::map<std::uint32_t, test::ForgedFrame>& sent_;
  const std::set<std::uint32_t>& forged_;
  std::size_t max_unit_;
  std::optional<FrameId> last_;
  std::uint64_t count_ = 0;
};

class World {
 public:
  explicit World(const Event& stage);
  void play(const Event& event);
  /// Whatever happened before, a keyframe that arrives whole is shown, and the next sound is heard.
  void recover();

 private:
  static session::VideoReceiver::Options options();

  void send_frame(const Event& event);
  void send_sound(const Event& event);
  void release(const Event& event);
  void damage(const Event& event);
  void forge_video(const Event& event);
  void forge_sound(const Event& event);
  void stray(const Event& event);
  void crowd(const Event& event);
  void jump(const Event& event);
  void look(const Event& event);
  void take(bool keep);
  void check_kept() const;

  void hold(const test::Packet& packet);
  void deliver(const test::Packet& packet);
  void check();
  void hear(const session::ReceivedAudio& sound);

  ManualClock clock_;
  test::FrameForge video_;
  crypto::PacketSealer sound_;
  std::uint32_t next_frame_;
  std::uint32_t next_sound_;
  std::map<std::uint32_t, test::ForgedFrame> sent_;
  std::set<std::uint32_t> forged_;
  std::map<std::uint32_t, std::vector<std::byte>> sounds_;
  std::set<std::uint32_t> heard_;
  bool sound_forged_ = false;
  std::vector<test::Packet> held_;

  UnitJudge shown_{sent_, forged_, options().max_unit};
  UnitJudge taken_{sent_, forged_, options().max_unit};
  std::unique_ptr<session::VideoReceiver> slow_;
  struct Kept {
    session::ReceivedUnit unit;
    std::vector<std::byte> as_taken;
  };
  std::vector<Kept> kept_;
  std::unique_ptr<control::MediaInbox> inbox_;
  session::ReceiverCounters before_;
};

}  // namespace pf::fuzz
