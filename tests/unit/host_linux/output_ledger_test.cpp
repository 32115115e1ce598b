#include "host/linux/display/output_ledger.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "support/temporary_folder.h"

namespace pf::host {
namespace {

/// The number of a process that has ended.
pid_t ended_process() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  int status = 0;
  waitpid(child, &status, 0);
  return child;
}

class Ledger : public testing::Test {
 protected:
  void left_by(pid_t pid, const std::string& text) {
    std::ofstream(folder.path() / ("outputs." + std::to_string(pid))) << text;
  }
  [[nodiscard]] bool has_file_of(pid_t pid) const {
    return std::filesystem::exists(folder.path() / ("outputs." + std::to_string(pid)));
  }
  test::TemporaryFolder folder;
};

TEST_F(Ledger, what_was_added_is_on_disk_until_it_is_removed) {
  OutputLedger ledger(folder.path(), "/run/sway.sock");
  ASSERT_TRUE(ledger.add("HEADLESS-1"));
  ASSERT_TRUE(ledger.add("HEADLESS-2"));
  std::ifstream in(folder.path() / ("outputs." + std::to_string(getpid())));
  const std::string text(std::istreambuf_iterator<char>(in), {});
  EXPECT_EQ(text, "/run/sway.sock\nHEADLESS-1\nHEADLESS-2\n");
  ledger.remove("HEADLESS-1");
  ledger.remove("HEADLESS-2");
  EXPECT_FALSE(has_file_of(getpid()));
}

TEST_F(Ledger, outputs_of_a_host_that_was_killed_are_adopted) {
  const auto dead = ended_process();
  left_by(dead, "/run/sway.sock\nHEADLESS-3\n");
  OutputLedger ledger(folder.path(), "/run/sway.sock");
  EXPECT_EQ(ledger.adopt_orphans(), std::vector<std::string>{"HEADLESS-3"});
  EXPECT_EQ(ledger.own(), std::vector<std::string>{"HEADLESS-3"});
  EXPECT_FALSE(has_file_of(dead));
  EXPECT_TRUE(has_file_of(getpid()));  // or they would be lost if this host were killed too
}

TEST_F(Ledger, outputs_of_a_host_that_runs_are_left_alone) {
  left_by(getppid(), "/run/sway.sock\nHEADLESS-4\n");
  OutputLedger ledger(folder.path(), "/run/sway.sock");
  EXPECT_TRUE(ledger.adopt_orphans().empty());
  EXPECT_TRUE(has_file_of(getppid()));
}

TEST_F(Ledger, another_compositors_outputs_are_left_alone) {
  const auto dead = ended_process();
  left_by(dead, "/run/other.sock\nHEADLESS-5\n");
  OutputLedger ledger(folder.path(), "/run/sway.sock");
  EXPECT_TRUE(ledger.adopt_orphans().empty());
  EXPECT_TRUE(has_file_of(dead));
}

// In a container every host is process 1.
TEST_F(Ledger, an_earlier_process_of_the_same_number_counts_as_ended) {
  left_by(getpid(), "/run/sway.sock\nHEADLESS-6\n");
  OutputLedger ledger(folder.path(), "/run/sway.sock");
  EXPECT_EQ(ledger.adopt_orphans(), std::vector<std::string>{"HEADLESS-6"});
}

TEST_F(Ledger, files_that_are_none_of_its_own_change_nothing) {
  left_by(ended_process(), "");
  for (const char* name : {"outputs.", "outputs.x", "outputs.-1", "outputs.99999999999999", "notes"})
    std::ofstream(folder.path() / name) << "/run/sway.sock\nHEADLESS-7\n";
  OutputLedger ledger(folder.path(), "/run/sway.sock");
  EXPECT_TRUE(ledger.adopt_orphans().empty());
}

}  // namespace
}  // namespace pf::host
