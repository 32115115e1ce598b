// What a program that streams through the C ABI has the library allocate on its threads, and on the library's own that
// a frame passes.
#include "abi/session_world.h"
#include "support/allocation_meter.h"
#include "support/thread_allocations.h"

namespace abi_test {
namespace {

/// Unit after unit and sound beside it, from the host to the viewer and released, all on this thread.
class AbiMemory : public testing::Test {
 protected:
  void SetUp() override {
    const auto wish = viewer_.wish();
    const auto before = pf::test::allocations_of_this_thread();
    ASSERT_EQ(viewer_.connect(wish), PUNKTFUNK_OK) << viewer_.error.text;
    ASSERT_GT(pf::test::allocations_of_this_thread(), before) << "the library is under the meter";
    ASSERT_TRUE(viewer_.unit());
    host_.plays = false;
    auto packet = sized<punktfunk_audio_packet>();
    while (take_unit(100) == PUNKTFUNK_OK || punktfunk_session_next_audio(viewer_.session, 0, &packet) == PUNKTFUNK_OK)
      punktfunk_audio_packet_release(&packet);
  }
  void stream(int units) {
    for (int i = 0; i < units; ++i) {
      auto unit = sized<punktfunk_host_unit>();
      unit.width = 640;
      unit.height = 360;
      unit.keyframe = 1;
      unit.data = data_.data();
      unit.size = data_.size();
      ASSERT_EQ(punktfunk_host_submit_video(host_.host, host_.session, &unit), PUNKTFUNK_OK);
      ASSERT_EQ(punktfunk_host_submit_pcm(host_.host, host_.session, samples_.data(), samples_.size(), 0),
                PUNKTFUNK_OK);
      taken_ += take_unit(200) == PUNKTFUNK_OK;
      auto packet = sized<punktfunk_audio_packet>();
      heard_ += punktfunk_session_next_audio(viewer_.session, 200, &packet) == PUNKTFUNK_OK;
      punktfunk_audio_packet_release(&packet);
      auto event = sized<punktfunk_session_event>();
      (void)punktfunk_session_next_event(viewer_.session, 0, &event);
    }
  }
  punktfunk_result take_unit(std::uint32_t timeout_ms) {
    auto unit = sized<punktfunk_video_unit>();
    const auto result = punktfunk_session_next_video(viewer_.session, timeout_ms, &unit);
    punktfunk_video_unit_release(&unit);
    return result;
  }

  Embedder host_;
  Viewer viewer_{host_};
  const std::vector<std::uint8_t> data_ = std::vector<std::uint8_t>(20'000);
  const std::vector<float> samples_ = std::vector<float>(480, 0.25f);
  int taken_ = 0;
  int heard_ = 0;
};

TEST_F(AbiMemory, units_and_sound_are_submitted_and_fetched_without_an_allocation) {
  stream(100);
  taken_ = heard_ = 0;
  const auto received = pf::test::allocations_of_threads("pf-receive");
  const auto sent = pf::test::allocations_of_threads("pf-send");
  const auto before = pf::test::allocations_of_this_thread();
  stream(300);
  EXPECT_EQ(pf::test::allocations_of_this_thread(), before);
  EXPECT_EQ(received.threads, 2u) << "the host's and the viewer's";
  EXPECT_EQ(pf::test::allocations_of_threads("pf-receive").count, received.count);
  EXPECT_EQ(sent.threads, 1u);
  EXPECT_EQ(pf::test::allocations_of_threads("pf-send").count, sent.count);
  EXPECT_GT(taken_, 280);
  EXPECT_GT(heard_, 280);
}

}  // namespace
}  // namespace abi_test
