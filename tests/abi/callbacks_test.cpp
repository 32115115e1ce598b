// What happens, told by callbacks instead of being fetched: on the library's threads, which may call into it.
#include "abi/session_world.h"

namespace abi_test {
namespace {

/// Keeps the events that its function is called with.
template <class Event>
class Told {
 public:
  static void tell(void* user, const Event* event) {
    auto& self = *static_cast<Told*>(user);
    if (self.follow) self.follow(*event);
    const std::scoped_lock lock(self.mutex_);
    self.events_.push_back(*event);
    self.changed_.notify_all();
  }
  std::optional<Event> wait(std::uint32_t kind) {
    std::unique_lock lock(mutex_);
    const auto find = [&] { return std::ranges::find(events_, kind, &Event::kind); };
    if (!changed_.wait_for(lock, std::chrono::seconds{10}, [&] { return find() != events_.end(); })) return {};
    return *find();
  }
  std::size_t count() {
    const std::scoped_lock lock(mutex_);
    return events_.size();
  }
  std::uint32_t last_kind() {
    const std::scoped_lock lock(mutex_);
    return events_.back().kind;
  }
  std::function<void(const Event&)> follow;  // on the library's thread, first

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Event> events_;
};

TEST(AbiCallbacks, a_session_tells_what_happens_to_it_up_to_its_end) {
  Told<punktfunk_session_event> told;
  std::optional<Embedder> host(std::in_place);
  Viewer viewer(*host);
  auto wish = viewer.wish();
  wish.on_event = told.tell;
  wish.user = &told;
  // The answer to rumble is a wish for another mode, from inside of the callback.
  told.follow = [&](const punktfunk_session_event& event) {
    if (event.kind != PUNKTFUNK_SESSION_EVENT_RUMBLE) return;
    auto larger = sized<punktfunk_reconfigure_options>();
    larger.mode = {1280, 720, 60'000};
    EXPECT_EQ(punktfunk_session_reconfigure(viewer.session, &larger, nullptr), PUNKTFUNK_OK);
  };
  ASSERT_EQ(viewer.connect(wish), PUNKTFUNK_OK) << viewer.error.text;
  viewer.send(PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL, [](auto& i) { i.data.arrival.pad = 1; });
  ASSERT_TRUE(host->heard(PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL, [](auto&) { return true; }));
  ASSERT_EQ(punktfunk_host_rumble(host->host, host->session, 1, 1000, 2000, 0, 0), PUNKTFUNK_OK);
  const auto rumble = told.wait(PUNKTFUNK_SESSION_EVENT_RUMBLE);
  ASSERT_TRUE(rumble);
  EXPECT_EQ(rumble->rumble.low, 1000);
  const auto changed = told.wait(PUNKTFUNK_SESSION_EVENT_RECONFIGURED);
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->mode.width, 1280u);
  auto none = sized<punktfunk_session_event>();
  EXPECT_EQ(punktfunk_session_next_event(viewer.session, 0, &none), PUNKTFUNK_ERROR_TIMEOUT) << "told once";

  host.reset();
  ASSERT_TRUE(told.wait(PUNKTFUNK_SESSION_EVENT_ENDED));
  EXPECT_EQ(told.last_kind(), static_cast<std::uint32_t>(PUNKTFUNK_SESSION_EVENT_ENDED));
  viewer.leave();
  const auto until_then = told.count();
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  EXPECT_EQ(told.count(), until_then) << "no callback runs any more";
}

TEST(AbiCallbacks, a_host_is_answered_from_inside_of_its_callback) {
  Told<punktfunk_host_event> told;
  auto options = sized<punktfunk_host_options>();
  options.address = "127.0.0.1:0";
  options.name = "embedder";
  options.on_event = told.tell;
  options.user = &told;
  std::atomic<punktfunk_host*> answers = nullptr;
  told.follow = [&](const punktfunk_host_event& event) {
    if (event.kind == PUNKTFUNK_HOST_EVENT_SESSION_WANTED) {
      EXPECT_EQ(punktfunk_host_accept(answers, event.session), PUNKTFUNK_OK);
    }
  };
  punktfunk_host* host = nullptr;
  ASSERT_EQ(punktfunk_host_create(&options, &host, nullptr), PUNKTFUNK_OK);
  answers = host;
  ASSERT_EQ(punktfunk_host_open_pairing(host, "4711", 60, nullptr, nullptr), PUNKTFUNK_OK);
  char address[PUNKTFUNK_ADDRESS_SIZE];
  std::size_t size = sizeof(address);
  ASSERT_EQ(punktfunk_host_address(host, address, &size), PUNKTFUNK_OK);
  {
    Viewer viewer(address);
    ASSERT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_OK) << viewer.error.text;
    viewer.send(PUNKTFUNK_INPUT_KEY, [](auto& i) { i.data.key = {30, 1, 0}; });
    const auto input = told.wait(PUNKTFUNK_HOST_EVENT_INPUT);
    ASSERT_TRUE(input);
    EXPECT_EQ(input->input.kind, static_cast<std::uint32_t>(PUNKTFUNK_INPUT_KEY));
    EXPECT_EQ(input->input.data.key.code, 30);
    EXPECT_TRUE(told.wait(PUNKTFUNK_HOST_EVENT_KEYFRAME_WANTED));
  }
  EXPECT_TRUE(told.wait(PUNKTFUNK_HOST_EVENT_SESSION_ENDED));
  punktfunk_host_destroy(host);
  const auto until_then = told.count();
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  EXPECT_EQ(told.count(), until_then);
}

}  // namespace
}  // namespace abi_test
