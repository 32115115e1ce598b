// Apps from their start to their end, over programs that exist only here.
#include "host/gamestream/apps/app_desk.h"

#include <gtest/gtest.h>

#include "support/fake_launcher.h"

namespace pf::host::gamestream {
namespace {

using Lines = std::vector<std::string>;

class Apps : public testing::Test {
 protected:
  App& app(const std::string& name) {
    apps.emplace_back();
    apps.back().name = name;
    return apps.back();
  }
  AppDesk& desk() {
    if (!made) {
      const auto list = std::make_shared<const AppList>(*AppList::of(apps));
      made = std::make_unique<AppDesk>(launcher, AppDesk::Services{.apps = [list] { return list; },
                                                                   .finished =
                                                                       [this](const std::string& client) {
                                                                         const std::scoped_lock lock(mutex);
                                                                         finished.push_back(client);
                                                                         changed.notify_all();
                                                                       },
                                                                   .log = {}});
      launch.app = list->apps().back().id;
    }
    return *made;
  }
  void begin(std::uint64_t session = 1, const std::string& client = "sofa") {
    auto& to = desk();
    launch.session = session;
    launch.client = client;
    launch.name = "the sofa";
    launch.mode = {1280, 720, 60'000};
    to.begin(launch, {.display = "HEADLESS-1", .environment = {{"WAYLAND_DISPLAY", "wayland-7"}}});
  }
  bool session_ended() {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds{20}, [this] { return !finished.empty(); });
  }

  test::FakeLauncher launcher;
  std::vector<App> apps;
  Launch launch;
  std::mutex mutex;
  std::condition_variable changed;
  Lines finished;
  std::unique_ptr<AppDesk> made;
};

TEST_F(Apps, what_is_done_before_an_app_is_undone_in_the_opposite_order) {
  auto& game = app("game");
  game.command = {"game"};
  game.prepare = {{{"one"}, {"undo-one"}}, {{}, {"undo-two"}}, {{"three"}, {}}};
  for (const auto* name : {"one", "three", "undo-one", "undo-two"}) launcher.exit(name);
  begin();
  ASSERT_TRUE(launcher.wait_until({"start one", "end one", "start three", "end three", "start game"}));
  desk().end(1);
  EXPECT_TRUE(launcher.wait_until({"start one", "end one", "start three", "end three", "start game", "end game",
                                   "start undo-two", "end undo-two", "start undo-one", "end undo-one"}));
  EXPECT_TRUE(finished.empty()) << "the session has ended already";
}

TEST_F(Apps, what_was_done_is_undone_though_a_later_step_fails) {
  auto& game = app("game");
  game.command = {"game"};
  game.prepare = {{{"one"}, {"undo-one"}}, {{"two"}, {"undo-two"}}, {{"three"}, {"undo-three"}}};
  launcher.exit("one");
  launcher.exit("two", 3);
  launcher.exit("undo-one", 1);
  begin();
  EXPECT_TRUE(session_ended());
  EXPECT_TRUE(launcher.wait_until({"start one", "end one", "start two", "end two", "start undo-one", "end undo-one"}));
}

TEST_F(Apps, a_program_that_is_not_there_ends_the_session_and_is_undone_around) {
  auto& game = app("game");
  game.command = {"missing"};
  game.prepare = {{{"one"}, {"undo-one"}}};
  launcher.exit("one");
  launcher.exit("undo-one");
  begin();
  EXPECT_TRUE(session_ended());
  EXPECT_TRUE(launcher.wait_until({"start one", "end one", "start undo-one", "end undo-one"}));
}

TEST_F(Apps, an_app_that_ends_takes_its_session_along_if_it_is_to) {
  auto& game = app("game");
  game.command = {"game"};
  launcher.exit("game");
  begin(1, "sofa");
  EXPECT_TRUE(session_ended());
  EXPECT_EQ(finished, Lines{"sofa"});
}

TEST_F(Apps, an_app_that_ends_leaves_its_session_alone_if_it_is_to) {
  auto& game = app("game");
  game.command = {"game"};
  game.exit_ends_session = false;
  launcher.exit("game");
  begin();
  EXPECT_TRUE(launcher.wait_until({"start game", "end game"}));
  made.reset();
  EXPECT_TRUE(finished.empty());
}

TEST_F(Apps, a_detached_app_is_started_and_let_be) {
  auto& game = app("game");
  game.command = {"game"};
  game.detached = true;
  begin();
  ASSERT_TRUE(launcher.wait_until({"detach game"}));
  made.reset();
  EXPECT_EQ(launcher.told(), Lines{"detach game"});
  EXPECT_TRUE(finished.empty());
}

TEST_F(Apps, a_clients_next_app_waits_until_the_last_one_is_undone) {
  auto& game = app("game");
  game.command = {"game"};
  game.prepare = {{{"one"}, {"undo"}}};
  launcher.exit("one");
  begin(1);
  ASSERT_TRUE(launcher.wait_until({"start one", "end one", "start game"}));
  begin(2);
  ASSERT_TRUE(launcher.wait_until({"start one", "end one", "start game", "end game", "start undo"}));
  launcher.exit("undo");
  EXPECT_TRUE(launcher.wait_until({"start one", "end one", "start game", "end game", "start undo", "end undo",
                                   "start one", "end one", "start game"}));
  desk().end(1);  // the news of the first one's end may come late, and is not the second one's
  begin(3, "desk");
  EXPECT_TRUE(launcher.wait_until({"start one", "end one", "start game", "end game", "start undo", "end undo",
                                   "start one", "end one", "start game", "start one", "end one", "start game"}));
}

TEST_F(Apps, an_app_learns_where_it_is_shown_and_for_whom) {
  auto& game = app("game");
  game.command = {"game"};
  game.environment = {{"OWN", "1"}, {"WAYLAND_DISPLAY", "wayland-9"}};
  begin();
  ASSERT_TRUE(launcher.wait_until({"start game"}));
  const auto environment = launcher.environment_of("game");
  EXPECT_EQ(environment.at("PUNKTFUNK_DISPLAY"), "HEADLESS-1");
  EXPECT_EQ(environment.at("PUNKTFUNK_CLIENT"), "the sofa");
  EXPECT_EQ(environment.at("PUNKTFUNK_WIDTH"), "1280");
  EXPECT_EQ(environment.at("PUNKTFUNK_REFRESH_MHZ"), "60000");
  EXPECT_EQ(environment.at("OWN"), "1");
  EXPECT_EQ(environment.at("WAYLAND_DISPLAY"), "wayland-9") << "the list's goes over the display's";
}

TEST_F(Apps, the_desktop_starts_nothing) {
  app("Desktop");
  begin();
  made.reset();
  EXPECT_TRUE(launcher.told().empty());
}

}  // namespace
}  // namespace pf::host::gamestream
