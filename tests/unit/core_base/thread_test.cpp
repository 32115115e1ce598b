#include "core/base/thread.h"

#include <gtest/gtest.h>

#ifdef __linux__
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <optional>
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

/// Of the calling thread, in ns; nothing where the kernel knows no slices, as before 6.12.
std::optional<std::uint64_t> own_slice() {
  struct {
    std::uint32_t size, policy;
    std::uint64_t flags;
    std::int32_t nice;
    std::uint32_t priority;
    std::uint64_t runtime, deadline, period;
  } attributes{};
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0 || attributes.runtime == 0) return {};
  return attributes.runtime;
}

template <class Body>
void on_a_thread(const Body& body) {
  std::jthread{body};
}

/// As a user to whom the system permits no urgent threads.
template <class Body>
void on_a_thread_without_rights(const Body& body) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NICE, &limit), 0);
  const auto before = std::exchange(limit.rlim_cur, 0);
  ASSERT_EQ(setrlimit(RLIMIT_NICE, &limit), 0);
  on_a_thread([&] {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, 2> none{};
    ASSERT_EQ(syscall(SYS_capset, &header, none.data()), 0);  // of this thread alone
    body();
  });
  limit.rlim_cur = before;
  EXPECT_EQ(setrlimit(RLIMIT_NICE, &limit), 0);
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

TEST(Thread, of_media_needs_no_right_to_displace_others_at_once) {
  const auto usual = own_slice();
  if (!usual) GTEST_SKIP() << "this kernel gives every thread the same slice";
  on_a_thread_without_rights([&] {
    begin_thread("pf-media", Urgency::media);
    EXPECT_EQ(own_slice(), 100'000);
    on_a_thread([&] {
      EXPECT_EQ(own_slice(), 100'000) << "it would be inherited";
      begin_thread("pf-other");
      EXPECT_EQ(own_slice(), usual);
    });
    {
      const StartAs less(Urgency::ordinary);
      EXPECT_EQ(own_slice(), usual);
    }
    EXPECT_EQ(own_slice(), 100'000);
  });
  EXPECT_EQ(own_slice(), usual);
}

TEST(Thread, at_real_time_priority_stays_so) {
  on_a_thread([] {
    const sched_param lowest{.sched_priority = 1};
    if (pthread_setschedparam(pthread_self(), SCHED_RR, &lowest) != 0)
      GTEST_SKIP() << "this user may not have real-time threads (RLIMIT_RTPRIO)";
    begin_thread("pf-media", Urgency::media);
    EXPECT_EQ(sched_getscheduler(0), SCHED_RR);
  });
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
  on_a_thread_without_rights([] {
    EXPECT_FALSE(may_be_urgent());
    begin_thread("pf-media", Urgency::media);
    EXPECT_EQ(own_nice(), nice_of(getpid()));
  });
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
