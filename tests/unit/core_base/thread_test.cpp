#include "core/base/thread.h"

#include <gtest/gtest.h>

#ifdef __linux__
#include <linux/capability.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <utility>

namespace pf {
namespace {

int nice_of(pid_t thread) {
  return getpriority(PRIO_PROCESS, static_cast<id_t>(thread));
}

int own_nice() {
  return nice_of(gettid());
}

template <class Body>
void on_a_thread(const Body& body) {
  std::jthread{body};
}

/// The calling thread's, for its life.
void give_up_capabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> none{};
  ASSERT_EQ(syscall(SYS_capset, &header, none.data()), 0);
}

TEST(Thread, has_its_name) {
  on_a_thread([] {
    begin_thread("pf-test");
    std::array<char, 16> name{};
    pthread_getname_np(pthread_self(), name.data(), name.size());
    EXPECT_EQ(std::string(name.data()), "pf-test");
  });
}

TEST(Thread, of_media_is_urgent_and_what_it_begins_is_not) {
  const int ordinary = nice_of(getpid());
  if (!may_be_urgent()) GTEST_SKIP() << "this user may not have urgent threads (RLIMIT_NICE)";
  on_a_thread([&] {
    begin_thread("pf-media", Urgency::media);
    EXPECT_EQ(own_nice(), -10);
    on_a_thread([&] {
      EXPECT_EQ(own_nice(), -10) << "it would be inherited";
      begin_thread("pf-other");
      EXPECT_EQ(own_nice(), ordinary);
    });
    EXPECT_EQ(own_nice(), -10);
  });
  EXPECT_EQ(nice_of(getpid()), ordinary);
}

TEST(Thread, starts_others_as_urgent_as_said) {
  if (!may_be_urgent()) GTEST_SKIP() << "this user may not have urgent threads (RLIMIT_NICE)";
  const int ordinary = own_nice();
  {
    const StartAs urgent(Urgency::media);
    on_a_thread([] { EXPECT_EQ(own_nice(), -10); });
    {
      const StartAs less(Urgency::ordinary);
      on_a_thread([&] { EXPECT_EQ(own_nice(), ordinary); });
    }
    on_a_thread([] { EXPECT_EQ(own_nice(), -10); });
  }
  EXPECT_EQ(own_nice(), ordinary);
}

TEST(Thread, goes_on_as_it_is_where_the_system_forbids_more) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NICE, &limit), 0);
  const auto before = std::exchange(limit.rlim_cur, 0);
  ASSERT_EQ(setrlimit(RLIMIT_NICE, &limit), 0);
  on_a_thread([] {
    give_up_capabilities();
    EXPECT_FALSE(may_be_urgent());
    begin_thread("pf-media", Urgency::media);
    EXPECT_EQ(own_nice(), nice_of(getpid()));
  });
  limit.rlim_cur = before;
  EXPECT_EQ(setrlimit(RLIMIT_NICE, &limit), 0);
}

}  // namespace
}  // namespace pf

#else

namespace pf {
namespace {

TEST(Thread, begins_with_a_name_and_urgency) {
  begin_thread("pf-test", Urgency::media);
  const StartAs others(Urgency::ordinary);
  EXPECT_TRUE(may_be_urgent());
}

}  // namespace
}  // namespace pf

#endif
