// Units that a program brings: which are taken, and what is remembered of those that could not be sent.
#include "host/stream/unit_pipeline.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "core/session/stage_stats.h"

namespace pf::host {
namespace {

constexpr Mode small{320, 200, 60'000};

class ToyDisplay final : public VirtualDisplay {
 public:
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] Mode mode() const override { return small; }
  Result<void> set_mode(const Mode&) override { return {}; }

 private:
  std::string name_ = "TOY-1";
};

/// What a source was asked for.
struct Asked {
  int keyframes = 0;
  std::function<void()> at_the_end;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> lost;
};

class ToySource final : public UnitSource {
 public:
  explicit ToySource(Asked& asked) : asked_(asked) {}
  ~ToySource() override {
    if (asked_.at_the_end) asked_.at_the_end();
  }
  ToySource(const ToySource&) = delete;
  ToySource& operator=(const ToySource&) = delete;
  void request_keyframe() override { ++asked_.keyframes; }
  void lose(std::uint64_t first, std::uint64_t last) override { asked_.lost.emplace_back(first, last); }
  void set_bitrate(Bitrate) override {}

 private:
  Asked& asked_;
};

/// Has units of its own and nothing else.
class ToyPlatform final : public Platform {
 public:
  Asked asked;
  UnitSource::Sink sink;

  std::vector<Probe> probe() override { return {}; }
  std::vector<VideoCodec> codecs() override { return {VideoCodec::h264}; }
  Result<std::unique_ptr<VirtualDisplay>> create_display(const Mode&, const std::string&) override { return none(); }
  Result<int> remove_orphans() override { return 0; }
  Result<std::unique_ptr<Capturer>> open_capturer(const VirtualDisplay&) override { return none(); }
  Result<std::unique_ptr<Encoder>> open_encoder(const EncoderConfig&) override { return none(); }
  Result<std::unique_ptr<InputInjector>> open_injector(const VirtualDisplay&) override { return none(); }
  Result<std::unique_ptr<AudioCapturer>> open_audio(const AudioFormat&, AudioCapturer::Sink) override { return none(); }
  Result<std::unique_ptr<UnitSource>> open_unit_source(const VirtualDisplay&, const EncoderConfig&,
                                                       UnitSource::Sink to) override {
    sink = std::move(to);
    return std::make_unique<ToySource>(asked);
  }

 private:
  static std::unexpected<Error> none() { return fail(ErrorCode::unsupported, "there is none"); }
};

/// Numbers frames, and fails when told to.
class ToySender final : public session::UnitSender {
 public:
  struct Log {
    std::deque<ErrorCode> failures;  // of the next units
    std::vector<bool> repaired;      // of each that was sent
    std::optional<session::LossModel> loss;
  };
  explicit ToySender(Log& log) : log_(log) {}
  Result<session::SentUnit> send(const session::VideoUnit& unit, session::PacketSink&) override {
    if (!log_.failures.empty()) {
      const auto code = log_.failures.front();
      log_.failures.pop_front();
      return fail(code, "told to");
    }
    log_.repaired.push_back(unit.repaired);
    return session::SentUnit{.frame = {next_++}, .packets = 2, .bytes = 100};
  }
  void set_max_unit(std::size_t) override {}
  void set_loss(const session::LossModel& loss) override { log_.loss = loss; }

 private:
  Log& log_;
  std::uint32_t next_ = 1;
};

class Nowhere final : public session::PacketSink {
 public:
  Result<void> send(std::span<const std::byte>, std::size_t) override { return {}; }
};

class UnitPipelineTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = UnitPipeline::open({platform_, counters_, stages_, clock_}, display_,
                                     {.mode = small, .bitrate = 1_mbps, .hides = true},
                                     std::make_unique<ToySender>(sender_), std::make_shared<Nowhere>());
    ASSERT_TRUE(opened);
    pipeline_ = std::move(*opened);
    pipeline_->start({});
    platform_.asked = {};
  }
  struct Unit {
    bool keyframe = false;
    bool repaired = false;
    Mode mode = small;
  };
  /// Nothing: it was taken.
  std::optional<ErrorCode> bring(const Unit& unit) {
    const auto taken = platform_.sink({.data = data_,
                                       .number = ++number_,
                                       .keyframe = unit.keyframe,
                                       .repaired = unit.repaired,
                                       .width = unit.mode.width,
                                       .height = unit.mode.height,
                                       .captured = clock_.now()});
    return taken ? std::nullopt : std::optional(taken.error().code);
  }
  std::optional<ErrorCode> bring_in_vain(const Unit& unit, ErrorCode failure = ErrorCode::refused) {
    sender_.failures.push_back(failure);
    return bring(unit);
  }
  bool shows(const Mode& mode) { return pipeline_->wait_for_picture(mode, 0, Duration{0}, {}); }

  SteadyClock clock_;
  SessionCounters counters_;
  session::StageStats stages_;
  ToyPlatform platform_;
  ToyDisplay display_;
  ToySender::Log sender_;
  const std::vector<std::byte> data_ = std::vector<std::byte>(50);
  std::uint64_t number_ = 0;
  std::unique_ptr<VideoStream> pipeline_;
};

TEST_F(UnitPipelineTest, a_first_keyframe_that_could_not_be_sent_is_not_gone_on_from) {
  EXPECT_EQ(bring_in_vain({.keyframe = true}), ErrorCode::refused);
  EXPECT_EQ(platform_.asked.keyframes, 1);
  EXPECT_EQ(bring({}), ErrorCode::closed);
  EXPECT_EQ(bring({.repaired = true}), ErrorCode::closed) << "no loss was told of";
  EXPECT_EQ(bring({.keyframe = true}), std::nullopt);
  EXPECT_EQ(bring({}), std::nullopt);
}

TEST_F(UnitPipelineTest, neither_is_a_later_unit) {
  EXPECT_EQ(bring({.keyframe = true}), std::nullopt);
  EXPECT_EQ(bring({}), std::nullopt);
  EXPECT_EQ(bring_in_vain({}, ErrorCode::io), ErrorCode::io);
  EXPECT_EQ(bring({}), ErrorCode::closed) << "it may refer to what the client never had";
  EXPECT_EQ(platform_.asked.keyframes, 1);
  EXPECT_EQ(bring({.keyframe = true}), std::nullopt);
  EXPECT_EQ(bring({}), std::nullopt);
}

TEST_F(UnitPipelineTest, a_repair_is_gone_on_from_though_the_unit_before_it_could_not_be_sent) {
  EXPECT_EQ(bring({.keyframe = true}), std::nullopt);
  EXPECT_EQ(bring({}), std::nullopt);
  EXPECT_EQ(bring({}), std::nullopt);
  pipeline_->invalidate({3}, {3});
  ASSERT_EQ(platform_.asked.lost.size(), 1u);
  EXPECT_EQ(bring_in_vain({.repaired = true}), ErrorCode::refused);
  EXPECT_EQ(bring({}), ErrorCode::closed);
  EXPECT_EQ(bring({.repaired = true}), std::nullopt) << "the loss still has to be answered";
  EXPECT_EQ(sender_.repaired, (std::vector<bool>{false, false, false, true}));
  EXPECT_EQ(bring({}), std::nullopt);
}

TEST_F(UnitPipelineTest, a_picture_that_could_not_be_sent_is_not_seen_nor_counted) {
  constexpr Mode large{640, 360, 60'000};
  EXPECT_EQ(bring_in_vain({.keyframe = true, .mode = large}), ErrorCode::refused);
  EXPECT_EQ(pipeline_->pictures_seen(), 0u);
  EXPECT_FALSE(shows(large));
  EXPECT_EQ(counters_.frames_encoded, 0u);
  EXPECT_EQ(counters_.keyframes, 0u);
  EXPECT_EQ(counters_.send_failures, 1u);
  EXPECT_EQ(bring({.keyframe = true, .mode = large}), std::nullopt);
  EXPECT_EQ(pipeline_->pictures_seen(), 1u);
  EXPECT_TRUE(shows(large));
  EXPECT_EQ(counters_.frames_encoded, 1u);
  EXPECT_EQ(counters_.keyframes, 1u);
}

TEST_F(UnitPipelineTest, a_source_that_ends_while_a_unit_is_on_its_way_is_not_called_any_more) {
  EXPECT_EQ(bring({.keyframe = true}), std::nullopt);
  platform_.asked.at_the_end = [this] { EXPECT_EQ(bring_in_vain({}), ErrorCode::refused); };
  pipeline_.reset();
  EXPECT_EQ(platform_.asked.keyframes, 0);
}

TEST_F(UnitPipelineTest, what_is_known_of_the_paths_losses_outlasts_a_unit_that_could_not_be_sent) {
  session::StreamAdaptation::Plan plan;
  pipeline_->follow(plan);
  EXPECT_EQ(bring_in_vain({.keyframe = true}), ErrorCode::refused);
  EXPECT_TRUE(sender_.loss.has_value());
}

}  // namespace
}  // namespace pf::host
