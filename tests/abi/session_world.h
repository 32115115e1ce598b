// A host and a client that know each other, over the loopback interface, through nothing but punktfunk.h.
#pragma once

#include <gtest/gtest.h>
#include <punktfunk/punktfunk.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/sized.h"

namespace abi_test {

using pf::test::sized;

/// The program that embeds the host: accepts what it is asked, sends small units at 100 a second, repairs what it hears
/// is lost, keeps what it hears.
class Embedder {
 public:
  explicit Embedder(punktfunk_host_options options = sized<punktfunk_host_options>()) {
    options.address = "127.0.0.1:0";
    options.name = "embedder";
    auto error = sized<punktfunk_error>();
    EXPECT_EQ(punktfunk_host_create(&options, &host, &error), PUNKTFUNK_OK) << error.text;
    EXPECT_EQ(punktfunk_host_open_pairing(host, "4711", 60, nullptr, &error), PUNKTFUNK_OK) << error.text;
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~Embedder() {
    thread_.request_stop();
    thread_.join();
    punktfunk_host_destroy(host);
  }
  Embedder(const Embedder&) = delete;
  Embedder& operator=(const Embedder&) = delete;

  [[nodiscard]] std::string address() const {
    char text[PUNKTFUNK_ADDRESS_SIZE];
    std::size_t size = sizeof(text);
    EXPECT_EQ(punktfunk_host_address(host, text, &size), PUNKTFUNK_OK);
    return text;
  }
  /// Waits for an input of this kind that `fits`.
  bool heard(std::uint32_t kind, const std::function<bool(const punktfunk_input&)>& fits) {
    return wait([&] {
      return std::ranges::any_of(inputs_, [&](const punktfunk_input& i) { return i.kind == kind && fits(i); });
    });
  }
  /// Waits until so many more units have been taken.
  bool sends(unsigned more) {
    std::unique_lock lock(mutex_);
    const auto until = taken_ + more;
    return changed_.wait_for(lock, std::chrono::seconds{10}, [&] { return taken_ >= until; });
  }
  /// The least that its encoder was ever asked for, bits per second.
  std::uint64_t lowest_bitrate() {
    const std::scoped_lock lock(mutex_);
    return lowest_bitrate_;
  }
  std::vector<punktfunk_host_event> losses() {
    const std::scoped_lock lock(mutex_);
    return losses_;
  }
  bool had(std::uint32_t event) {
    return wait([&] { return std::ranges::count(kinds_, event) > 0; });
  }

  punktfunk_host* host = nullptr;
  std::atomic<bool> refuses = false;
  std::atomic<bool> deaf = false;  // gives no answer
  std::atomic<bool> plays = true;
  std::atomic<std::uint8_t> refresh = 0;  // units that come after a repair until one is shown
  std::atomic<bool> hides = false;        // what the client has said
  std::atomic<std::uint64_t> session = 0;
  std::atomic<std::uint32_t> channels = 0;

 private:
  bool wait(const std::function<bool()>& done) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{10}, done);
  }
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      auto event = sized<punktfunk_host_event>();
      if (punktfunk_host_next_event(host, 10, &event) == PUNKTFUNK_OK) follow(event);
      if (session != 0 && plays) play();
    }
  }
  void follow(const punktfunk_host_event& event) {
    if (event.kind == PUNKTFUNK_HOST_EVENT_SESSION_WANTED || event.kind == PUNKTFUNK_HOST_EVENT_MODE_WANTED)
      answer(event);
    if (event.kind == PUNKTFUNK_HOST_EVENT_SOUND_WANTED) channels = event.audio_channels;
    if (event.kind == PUNKTFUNK_HOST_EVENT_KEYFRAME_WANTED) {
      keyframe_ = true;
      until_shown_ = 0;
    }
    if (event.kind == PUNKTFUNK_HOST_EVENT_FRAMES_LOST) {
      repair_ = true;
      until_shown_ = refresh;
    }
    if (event.kind == PUNKTFUNK_HOST_EVENT_SESSION_ENDED) session = 0;
    const std::scoped_lock lock(mutex_);
    kinds_.push_back(event.kind);
    if (event.kind == PUNKTFUNK_HOST_EVENT_BITRATE) lowest_bitrate_ = std::min(lowest_bitrate_, event.bitrate);
    if (event.kind == PUNKTFUNK_HOST_EVENT_INPUT) inputs_.push_back(event.input);
    if (event.kind == PUNKTFUNK_HOST_EVENT_FRAMES_LOST) losses_.push_back(event);
    changed_.notify_all();
  }
  void answer(const punktfunk_host_event& question) {
    if (deaf) return;
    if (refuses) {
      punktfunk_host_refuse(host, question.session, "not today");
      return;
    }
    mode_ = question.mode;
    if (question.kind == PUNKTFUNK_HOST_EVENT_SESSION_WANTED) hides = question.hides != 0;
    punktfunk_host_accept(host, question.session);
    session = question.session;
  }
  void play() {
    auto unit = sized<punktfunk_host_unit>();
    const std::vector<std::uint8_t> data(2000, static_cast<std::uint8_t>(++number_));
    unit.width = mode_.width;
    unit.height = mode_.height;
    unit.keyframe = keyframe_;
    unit.repaired = repair_;
    unit.number = number_;
    unit.until_shown = until_shown_;
    unit.data = data.data();
    unit.size = data.size();
    if (punktfunk_host_submit_video(host, session, &unit) == PUNKTFUNK_OK) {
      keyframe_ = repair_ = false;
      if (until_shown_ > 0) --until_shown_;
      const std::scoped_lock lock(mutex_);
      ++taken_;
      changed_.notify_all();
    }
    if (channels == 0) return;
    const std::vector<float> samples(240u * channels, 0.25f);
    punktfunk_host_submit_pcm(host, session, samples.data(), samples.size(), 0);
  }

  punktfunk_mode mode_{};
  bool keyframe_ = true;
  bool repair_ = false;
  std::uint8_t until_shown_ = 0;
  unsigned number_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint32_t> kinds_;
  std::vector<punktfunk_input> inputs_;
  std::vector<punktfunk_host_event> losses_;
  std::uint64_t lowest_bitrate_ = UINT64_MAX;
  unsigned taken_ = 0;
  std::jthread thread_;
};

/// A client with its identity in memory, paired with the embedder.
class Viewer {
 public:
  explicit Viewer(const Embedder& host, bool pairs = true) : Viewer(host.address(), pairs) {}
  explicit Viewer(std::string address, bool pairs = true) : address_(std::move(address)) {
    auto options = sized<punktfunk_client_options>();
    options.name = "viewer";
    EXPECT_EQ(punktfunk_client_create(&options, &client, nullptr), PUNKTFUNK_OK);
    if (!pairs) return;
    error = sized<punktfunk_error>();
    EXPECT_EQ(punktfunk_client_pair(client, address_.c_str(), "4711", nullptr, nullptr, &error), PUNKTFUNK_OK)
        << error.text;
  }
  ~Viewer() {
    leave();
    punktfunk_client_destroy(client);
  }
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  [[nodiscard]] punktfunk_connect_options wish() const {
    auto options = sized<punktfunk_connect_options>();
    options.address = address_.c_str();
    options.mode = {640, 360, 60'000};
    return options;
  }
  punktfunk_result connect(const punktfunk_connect_options& options) {
    error = sized<punktfunk_error>();
    return punktfunk_client_connect(client, &options, nullptr, &session, &error);
  }
  void leave() {
    punktfunk_session_destroy(session);
    session = nullptr;
  }
  /// The next unit, released; nothing after 10 s.
  std::optional<punktfunk_video_unit> unit() {
    auto next = sized<punktfunk_video_unit>();
    if (punktfunk_session_next_video(session, 10'000, &next) != PUNKTFUNK_OK) return std::nullopt;
    auto copy = next;
    first_byte = next.data[0];
    punktfunk_video_unit_release(&next);
    EXPECT_EQ(next.data, nullptr);
    return copy;
  }
  std::optional<punktfunk_session_event> event(std::uint32_t kind) {
    auto next = sized<punktfunk_session_event>();
    while (punktfunk_session_next_event(session, 10'000, &next) == PUNKTFUNK_OK)
      if (next.kind == kind) return next;
    return std::nullopt;
  }
  punktfunk_result send(std::uint32_t kind, const std::function<void(punktfunk_input&)>& fill) {
    auto input = sized<punktfunk_input>();
    input.kind = kind;
    fill(input);
    return punktfunk_session_input(session, &input);
  }

  punktfunk_client* client = nullptr;
  punktfunk_session* session = nullptr;
  punktfunk_error error{};
  std::uint8_t first_byte = 0;

 private:
  std::string address_;
};

}  // namespace abi_test
