// Sound takes no memory on its way: captured samples are encoded, sealed and sent over a real socket, with losses, and
// opened, put in order and decoded, under a meter on the whole program.
#include <gtest/gtest.h>

#include <cmath>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "client/play/audio_player.h"
#include "core/session/audio_stream.h"
#include "core/session/unit_limit.h"
#include "host/stream/audio_encoder.h"
#include "support/allocation_meter.h"
#include "support/bad_path.h"
#include "support/media_end.h"

namespace pf {
namespace {

using test::value_of;

class SoundPath : public testing::TestWithParam<unsigned> {
 protected:
  SoundPath() {
    client_ = std::make_unique<test::MediaEnd>(session::least_max_unit, clock_, nullptr,
                                               [this](session::ReceivedAudio sound) {
                                                 player_->put(std::move(sound));
                                                 const std::lock_guard lock(mutex_);
                                                 ++heard_;
                                                 changed_.notify_one();
                                               });
    sink_ = std::make_shared<test::BadPath>(client_->way());
  }

  /// One after the other, each waited for in vain where it is lost.
  void stream(int packets) {
    for (int i = 0; i < packets; ++i) {
      for (std::size_t s = 0; s < samples_.size(); ++s)
        samples_[s] = static_cast<float>(0.3 * std::sin(static_cast<double>(at_++) * 0.01));
      std::unique_lock lock(mutex_);
      const auto before = heard_;
      lock.unlock();
      const auto opus = encoder_->encode(samples_);
      ASSERT_TRUE(opus);
      ASSERT_TRUE(sender_->send(*opus, clock_.now(), *sink_));
      lock.lock();
      changed_.wait_for(lock, milliseconds{5}, [&] { return heard_ > before; });
      lock.unlock();
      player_->fill(played_);
    }
  }
  [[nodiscard]] int heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

  const AudioFormat format_{static_cast<std::uint8_t>(GetParam())};
  SteadyClock clock_;
  std::unique_ptr<host::AudioEncoder> encoder_ = value_of(host::AudioEncoder::create(format_));
  std::unique_ptr<session::AudioSender> sender_ = value_of(session::AudioSender::create(
      crypto::derive_media_key({}, wire::StreamKind::audio, crypto::Direction::host_to_client), 2, clock_));
  std::shared_ptr<session::PacketSink> sink_;
  std::unique_ptr<client::AudioPlayer> player_ = value_of(client::AudioPlayer::create(format_));
  std::vector<float> samples_ = std::vector<float>(std::size_t{audio_packet_samples} * format_.channels);
  std::vector<float> played_ = samples_;
  std::uint64_t at_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  int heard_ = 0;
  std::unique_ptr<test::MediaEnd> client_;  // ends first
};

TEST_P(SoundPath, after_a_second_nothing_is_allocated) {
  stream(200);
  const auto heard_before = heard();
  const auto before = test::allocations().count;
  stream(1000);
  EXPECT_EQ(test::allocations().count, before);
  EXPECT_GT(heard(), heard_before + 900);
  EXPECT_GT(client_->inbox().audio_counters().restored_from_copies, 20u) << "a path with losses";
}

INSTANTIATE_TEST_SUITE_P(Channels, SoundPath, testing::Values(2u, 6u, 8u),
                         [](const auto& given) { return std::to_string(given.param); });

}  // namespace
}  // namespace pf
