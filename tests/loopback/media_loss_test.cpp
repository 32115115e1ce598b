// A video stream over real sockets and a bad network: sender, relay and receiver each on threads of their own.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "core/session/packet_loss.h"
#include "core/session/video_receiver.h"
#include "core/session/video_sender.h"
#include "support/media_fixture.h"
#include "support/relay.h"

namespace pf::session {
namespace {

using std::chrono::seconds;
using test::media_key;
using test::pattern;

constexpr std::uint32_t frames = 300;
constexpr Duration frame_time = microseconds{16'667};
constexpr auto patience = seconds{30};

// About 12 Mbit/s with parity: most frames a few packets, some many.
std::size_t size_of(std::uint32_t frame, bool keyframe) {
  if (keyframe) return 80'000;
  std::mt19937_64 random(frame);
  return random() % 20 == 0 ? 60'000 : 2'000 + random() % 30'000;
}

std::vector<std::byte> unit_of(std::uint32_t frame, bool keyframe) {
  return pattern(frame, size_of(frame, keyframe));
}

class SocketSink final : public PacketSink {
 public:
  SocketSink(net::UdpSocket& socket, const net::Address& to) : socket_(socket), to_(to) {}
  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override {
    return socket_.send_segments(to_, {}, packets, segment);
  }

 private:
  net::UdpSocket& socket_;
  net::Address to_;
};

// What the receiver tells the sender; in the product it travels over the control connection.
class Feedback {
 public:
  void ask_for_keyframe() { keyframe_ = true; }
  bool take_keyframe_request() { return keyframe_.exchange(false); }
  void report_loss(double share) { loss_ = share; }
  double loss() const { return loss_; }

 private:
  std::atomic<bool> keyframe_{false};
  std::atomic<double> loss_{0};
};

// Sends a frame each frame time, at least `frames` of them, until it is stopped.
void send_stream(const std::stop_token& stop, net::UdpSocket& socket, const net::Address& to, Feedback& feedback) {
  const SteadyClock clock;
  auto sender = VideoSender::create(media_key(), {}, clock).value();
  SocketSink sink(socket, to);
  std::mutex mutex;
  std::condition_variable_any paced;
  auto due = clock.now();
  for (std::uint32_t id = 1; !stop.stop_requested(); ++id) {
    const bool keyframe = feedback.take_keyframe_request() || id == 1;
    sender->set_loss({.share = feedback.loss()});
    const auto unit = unit_of(id, keyframe);
    const auto sent =
        sender->send({.data = unit, .keyframe = keyframe, .width = 1280, .height = 720, .captured = clock.now()}, sink);
    ASSERT_TRUE(sent) << sent.error().message;
    due += frame_time;
    std::unique_lock lock(mutex);
    paced.wait_until(lock, stop, due, [] { return false; });
  }
}

// Receives until frame `frames` or a later one is delivered, holding each unit to what was sent.
class Viewer {
 public:
  Viewer(net::UdpSocket& socket, Feedback& feedback) : socket_(socket), feedback_(feedback) {}

  void watch() {
    const auto end = clock_.now() + patience;
    while (receiver_->last_delivered().value < frames && clock_.now() < end) {
      ASSERT_TRUE(socket_.receive(batch_, milliseconds{5}));
      for (const auto& datagram : batch_.datagrams()) {
        if (const auto ok = receiver_->receive(datagram.payload, datagram.arrival); !ok) {
          ASSERT_EQ(ok.error().code, ErrorCode::refused) << "only duplicates: " << ok.error().message;
        }
      }
      while (auto unit = receiver_->next(clock_.now())) judge(std::move(*unit));
      ask_and_report();
    }
  }

  [[nodiscard]] const VideoReceiver& receiver() const { return *receiver_; }
  [[nodiscard]] Duration longest_repair() const { return longest_repair_; }
  [[nodiscard]] std::uint32_t repairs() const { return repairs_; }

 private:
  void judge(ReceivedUnit unit) {
    const auto id = unit.frame.value;
    ASSERT_GT(id, last_);
    if (id != last_ + 1) {
      ASSERT_TRUE(unit.keyframe);
    }
    ASSERT_EQ(unit.data, unit_of(id, unit.keyframe));
    ASSERT_GE(unit.completed, unit.first_arrival);
    last_ = id;
  }

  void ask_and_report() {
    const auto now = clock_.now();
    if (now >= next_report_) {
      next_report_ = now + seconds{1};
      feedback_.report_loss(meter_.take(receiver_->counters()).share());
    }
    if (!receiver_->needs_keyframe()) {
      if (needed_since_) {
        longest_repair_ = std::max(longest_repair_, now - *needed_since_);
        ++repairs_;
      }
      needed_since_.reset();
      return;
    }
    if (!needed_since_ || now >= asked_at_ + milliseconds{100}) {
      feedback_.ask_for_keyframe();
      asked_at_ = now;
    }
    if (!needed_since_) needed_since_ = now;
  }

  net::UdpSocket& socket_;
  Feedback& feedback_;
  SteadyClock clock_;
  std::unique_ptr<VideoReceiver> receiver_ = VideoReceiver::create(media_key(), {}, clock_).value();
  net::ReceiveBatch batch_;
  IntervalLoss meter_;
  std::uint32_t last_ = 0;
  TimePoint next_report_ = clock_.now() + seconds{1};
  TimePoint asked_at_;
  std::optional<TimePoint> needed_since_;
  Duration longest_repair_{0};
  std::uint32_t repairs_ = 0;
};

class MediaLossTest : public testing::Test {
 protected:
  // The client's first packet shows the host where to send to.
  net::Address introduce() {
    net::ReceiveBatch batch;
    const auto hello = pattern(1, 16);
    for (int tries = 0; tries < 100; ++tries) {
      EXPECT_TRUE(client_->send(relay_->address(), {}, hello));
      EXPECT_TRUE(host_->receive(batch, milliseconds{100}));
      if (!batch.datagrams().empty()) return batch.datagrams()[0].from;
    }
    ADD_FAILURE() << "the relay carries nothing";
    return {};
  }

  void stream(const test::ImpairmentOptions& network) {
    test::RelayOptions options;
    options.host = host_->local();
    options.to_client = network;
    relay_ = test::Relay::start(options).value();
    const auto to = introduce();
    std::jthread sender([&](const std::stop_token& stop) { send_stream(stop, *host_, to, feedback_); });
    viewer_.watch();
  }

  std::unique_ptr<net::UdpSocket> host_ = net::UdpSocket::bind(net::Address::v4_loopback(0)).value();
  std::unique_ptr<net::UdpSocket> client_ = net::UdpSocket::bind(net::Address::v4_loopback(0)).value();
  std::unique_ptr<test::Relay> relay_;
  Feedback feedback_;
  Viewer viewer_{*client_, feedback_};
};

TEST_F(MediaLossTest, five_percent_loss_with_jitter_and_reordering_is_repaired) {
  stream({.seed = 7,
          .loss = 0.05,
          .delay = milliseconds{5},
          .jitter = milliseconds{3},
          .reorder = 0.02,
          .reorder_by = milliseconds{5},
          .duplicate = 0.01});
  const auto& counters = viewer_.receiver().counters();
  EXPECT_GE(viewer_.receiver().last_delivered().value, frames) << "the stream came to a halt";
  EXPECT_GE(counters.frames_complete + counters.frames_lost, viewer_.receiver().last_delivered().value)
      << "a frame was neither delivered nor known to be lost";
  EXPECT_GT(counters.frames_complete, frames * 9 / 10);
  EXPECT_GT(counters.frames_recovered, frames / 3);
  // On a quiet machine it takes less than 150 ms, which unit tests assert on a clock of their own.
  EXPECT_LT(viewer_.longest_repair(), seconds{3});
  RecordProperty("longest_repair_ms",
                 std::to_string(std::chrono::duration_cast<milliseconds>(viewer_.longest_repair()).count()));
  RecordProperty("repairs", std::to_string(viewer_.repairs()));
  RecordProperty("frames_lost", std::to_string(counters.frames_lost));
  RecordProperty("frames_recovered", std::to_string(counters.frames_recovered));
}

TEST_F(MediaLossTest, an_outage_of_half_a_second_ends_with_a_keyframe) {
  stream({.delay = milliseconds{5}, .outages = {{milliseconds{1500}, milliseconds{2000}}}});
  const auto& counters = viewer_.receiver().counters();
  EXPECT_GE(viewer_.receiver().last_delivered().value, frames);
  EXPECT_GE(viewer_.repairs(), 1u);
  EXPECT_GT(counters.frames_lost, 0u);
  EXPECT_LT(viewer_.longest_repair(), seconds{3});
}

}  // namespace
}  // namespace pf::session
