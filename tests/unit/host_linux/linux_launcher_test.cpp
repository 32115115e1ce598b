// Real programs: started as they are written, and ended with all that they have started.
#include "host/linux/process/linux_launcher.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <thread>

#include "host/linux/process/process_group.h"
#include "support/temporary_folder.h"

namespace pf::host {
namespace {

constexpr std::chrono::seconds long_enough{20};

class LinuxLauncher : public testing::Test {
 protected:
  ProcessOrder shell(const std::string& script) const {
    return {.command = {"sh", "-c", script}, .folder = folder.path(), .environment = {}};
  }
  std::unique_ptr<Process> start(const ProcessOrder& order) {
    auto process = launcher->start(order);
    EXPECT_TRUE(process) << process.error().message;
    return std::move(*process);
  }
  std::string written(const std::string& name) const {
    std::ifstream in(folder.path() / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// The file has come, and a whole line of it.
  std::string line_of(const std::string& name) const {
    const auto until = std::chrono::steady_clock::now() + long_enough;
    while (!written(name).ends_with('\n') && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    return written(name);
  }

  test::TemporaryFolder folder;
  std::unique_ptr<ProcessLauncher> launcher = make_linux_launcher();
};

TEST_F(LinuxLauncher, a_program_runs_in_its_folder_with_its_environment_and_says_how_it_ended) {
  auto order = shell("pwd > where; echo \"$PF_TEST\" > what; echo \"$HOME\" > home; exit 7");
  order.environment = {{"PF_TEST", "a b;$c"}};
  EXPECT_EQ(start(order)->wait(long_enough, {}), 7);
  EXPECT_EQ(written("where"), std::filesystem::canonical(folder.path()).string() + "\n");
  EXPECT_EQ(written("what"), "a b;$c\n");
  EXPECT_NE(written("home"), "\n") << "the host's own environment stays";
}

TEST_F(LinuxLauncher, arguments_are_no_shells_business) {
  const auto process =
      start({.command = {"touch", "a b; touch c", "$(touch d)", "*"}, .folder = folder.path(), .environment = {}});
  EXPECT_EQ(process->wait(long_enough, {}), 0);
  for (const auto* name : {"a b; touch c", "$(touch d)", "*"})
    EXPECT_TRUE(std::filesystem::exists(folder.path() / name)) << name;
  for (const auto* name : {"c", "d"}) EXPECT_FALSE(std::filesystem::exists(folder.path() / name)) << name;
}

TEST_F(LinuxLauncher, what_cannot_be_started_is_named) {
  const auto program = launcher->start({.command = {"punktfunk-no-such-program"}, .folder = {}, .environment = {}});
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error().code, ErrorCode::not_found);
  EXPECT_NE(program.error().message.find("punktfunk-no-such-program"), std::string::npos);
  const auto nowhere = launcher->start({.command = {"true"}, .folder = "/nonexistent", .environment = {}});
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().message.find("/nonexistent"), std::string::npos);
}

TEST_F(LinuxLauncher, a_program_is_asked_to_end_and_may_tidy_up) {
  const auto process =
      start(shell("trap 'echo tidied > out; exit 0' TERM; echo > ready; while :; do sleep 0.02; done"));
  line_of("ready");
  process->end(long_enough);
  EXPECT_EQ(written("out"), "tidied\n");
}

TEST_F(LinuxLauncher, a_stuck_program_is_ended_for_good_with_all_that_it_has_started) {
  const auto process =
      start(shell("trap '' TERM; sh -c 'trap \"\" TERM; echo > child; while :; do sleep 0.02; done' & "
                  "echo $$ > leader; wait"));
  line_of("child");
  const auto group = std::stoi(line_of("leader"));
  EXPECT_TRUE(group_lives(group));
  process->end(milliseconds{50});
  const auto until = std::chrono::steady_clock::now() + long_enough;
  while (group_lives(group) && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_FALSE(group_lives(group));
}

TEST_F(LinuxLauncher, what_a_program_left_running_is_ended_with_it) {
  const auto process = start(shell("sh -c 'echo > child; while :; do sleep 0.02; done' & echo $$ > leader"));
  EXPECT_EQ(process->wait(long_enough, {}), 0);
  line_of("child");
  const auto group = std::stoi(line_of("leader"));
  EXPECT_TRUE(group_lives(group));
  process->end(long_enough);
  EXPECT_FALSE(group_lives(group));
}

TEST_F(LinuxLauncher, a_wait_can_be_cut_short) {
  const auto process = start(shell("while :; do sleep 0.02; done"));
  EXPECT_EQ(process->wait(milliseconds{20}, {}), std::nullopt);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(process->wait(long_enough, stop.get_token()), std::nullopt);
}

TEST_F(LinuxLauncher, a_detached_program_outlives_the_launcher) {
  ASSERT_TRUE(launcher->start_detached(shell("echo $$ > leader; while [ ! -e enough ]; do sleep 0.02; done")));
  const auto group = std::stoi(line_of("leader"));
  launcher.reset();
  EXPECT_TRUE(group_lives(group));
  std::ofstream(folder.path() / "enough") << "\n";
  const auto until = std::chrono::steady_clock::now() + long_enough;
  while (group_lives(group) && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_FALSE(group_lives(group));
}

}  // namespace
}  // namespace pf::host
