// A whole host on the loopback interface, over a fake platform.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "control/link/client_link.h"
#include "host/stream/server.h"
#include "support/fake_platform.h"
#include "support/raw_client.h"
#include "support/temporary_folder.h"

namespace pf::test {

/// What a client of the fixture receives. Any thread.
class Viewer {
 public:
  control::LinkEvents events() {
    control::LinkEvents events;
    events.on_video = [this](const session::ReceivedUnit& unit) {
      change([&] {
        if (auto toy = ToyUnit::parse(unit.data)) units_.push_back(std::move(*toy));
      });
    };
    events.on_audio = [this](const session::ReceivedAudio&) { change([&] { ++audio_packets_; }); };
    events.on_host_stats = [this](const wire::HostStats& stats) { change([&] { stats_.push_back(stats); }); };
    events.on_reconfigured = [this](const wire::Reconfigured& answer) { change([&] { answers_.push_back(answer); }); };
    events.on_rumble = [this](const wire::GamepadRumble& rumble) { change([&] { rumble_ = rumble; }); };
    events.on_light = [this](const wire::GamepadLight& light) { change([&] { light_ = light; }); };
    events.on_ended = [this](const std::string& text, bool) { change([&] { ended_ = text; }); };
    return events;
  }
  template <class Fits>
  std::optional<ToyUnit> wait_for_unit(Fits fits, std::size_t after = 0) {
    std::optional<ToyUnit> found;
    wait([&] {
      for (; after < units_.size() && !found; ++after)
        if (fits(units_[after])) found = units_[after];
      return found.has_value();
    });
    return found;
  }
  std::optional<ToyUnit> wait_for_unit() {
    return wait_for_unit([](const ToyUnit&) { return true; });
  }
  std::optional<wire::Reconfigured> wait_for_answer() {
    wait([&] { return !answers_.empty(); });
    const std::scoped_lock lock(mutex_);
    return answers_.empty() ? std::nullopt : std::optional(answers_.back());
  }
  std::optional<std::string> wait_for_end() {
    wait([&] { return ended_.has_value(); });
    const std::scoped_lock lock(mutex_);
    return ended_;
  }
  bool wait_for_sound() {
    return wait([&] { return audio_packets_ > 20; });
  }
  bool wait_for_stats() {
    return wait([&] { return !stats_.empty() && stats_.back().frames_encoded > 0; });
  }
  /// What a gamepad of the client's felt last, and its colour.
  std::pair<std::optional<wire::GamepadRumble>, std::optional<wire::GamepadLight>> wait_for_feedback() {
    wait([&] { return rumble_ && light_; });
    const std::scoped_lock lock(mutex_);
    return {rumble_, light_};
  }
  [[nodiscard]] std::vector<ToyUnit> all_units() const {
    const std::scoped_lock lock(mutex_);
    return units_;
  }
  [[nodiscard]] std::size_t units() const {
    const std::scoped_lock lock(mutex_);
    return units_.size();
  }

 private:
  template <class How>
  void change(How how) {
    const std::scoped_lock lock(mutex_);
    how();
    changed_.notify_all();
  }
  template <class Until>
  bool wait(Until until) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{20}, until);
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ToyUnit> units_;
  std::vector<wire::HostStats> stats_;
  std::vector<wire::Reconfigured> answers_;
  std::optional<wire::GamepadRumble> rumble_;
  std::optional<wire::GamepadLight> light_;
  std::optional<std::string> ended_;
  std::size_t audio_packets_ = 0;
};

class HostFixture : public testing::Test {
 protected:
  void SetUp() override {
    trust = std::move(*control::TrustStore::open(folder.path() / "clients"));
    trust->add({.fingerprint = identity(1).fingerprint, .name = "sofa", .paired_at = 1, .address = {}});
    trust->add({.fingerprint = identity(2).fingerprint, .name = "desk", .paired_at = 1, .address = {}});
    options.bind = net::Address::v4_loopback(0);
    options.identity = identity(0);
    options.name = "test host";
    options.session.grace = milliseconds{1500};
    options.on_event = [this](const host::HostEvent& event) {
      const std::scoped_lock lock(events_mutex);
      log += event.text + "\n";
    };
  }
  void TearDown() override {
    server.reset();
    EXPECT_TRUE(world->displays().empty()) << "a display was left behind";
    EXPECT_EQ(world->frames_out(), 0) << "a frame was never given back";
    if (HasFailure()) std::cerr << events();
  }
  void serve() {
    auto made = host::HostServer::create(options, *trust, pairing, platform, clock);
    ASSERT_TRUE(made) << made.error().message;
    server = std::move(*made);
  }

  /// 0: the host; 1 and 2: paired clients; 3: a stranger.
  static const control::Identity& identity(std::size_t which) {
    static const std::vector<control::Identity> made = [] {
      std::vector<control::Identity> all;
      for (const char* name : {"host", "sofa", "desk", "stranger"}) all.push_back(*control::Identity::generate(name));
      return all;
    }();
    return made.at(which);
  }
  control::LinkOptions link_options(std::size_t who, const Mode& mode) {
    control::LinkOptions link;
    link.identity = identity(who);
    link.client_name = who == 1 ? "sofa" : "desk";
    link.host = server->local();
    link.pinned = identity(0).fingerprint;
    link.start.mode = mode;
    return link;
  }
  std::unique_ptr<control::ClientLink> connect(Viewer& viewer, std::size_t who = 1,
                                               const Mode& mode = {320, 200, 60'000}) {
    auto link = control::ClientLink::connect(link_options(who, mode), viewer.events(), clock);
    EXPECT_TRUE(link) << link.error().message;
    return link ? std::move(*link) : nullptr;
  }
  std::unique_ptr<RawClient> raw(std::size_t who) {
    auto client = RawClient::connect(identity(who), server->local());
    EXPECT_TRUE(client);
    return client;
  }
  bool wait_for_displays(std::size_t count) {
    return world->wait_until([&] { return world->displays().size() == count; });
  }
  std::string events() {
    const std::scoped_lock lock(events_mutex);
    return log;
  }

  TemporaryFolder folder;
  SteadyClock clock;
  std::shared_ptr<FakeWorld> world = std::make_shared<FakeWorld>();
  FakePlatform platform{world};
  std::unique_ptr<control::TrustStore> trust;
  control::PairingWindow pairing{{}, clock};
  host::HostServerOptions options;
  std::mutex events_mutex;
  std::string log;
  std::unique_ptr<host::HostServer> server;
};

}  // namespace pf::test
