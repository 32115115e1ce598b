// Threads that stay on a core of their own, and the processor time that one has used.
#pragma once

#include <benchmark/benchmark.h>
#include <pthread.h>
#include <sched.h>

#include <chrono>
#include <ctime>
#include <stop_token>
#include <thread>
#include <vector>

namespace pf::bench {

/// The cores that this process may use.
inline std::vector<int> cores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  std::vector<int> found;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(static_cast<std::size_t>(core), &allowed)) found.push_back(core);
  }
  return found;
}

/// Keeps the calling thread on one core until the end of the scope.
class OnCore {
 public:
  explicit OnCore(int core) {
    pthread_getaffinity_np(pthread_self(), sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(core), &one);
    pthread_setaffinity_np(pthread_self(), sizeof one, &one);
  }
  ~OnCore() { pthread_setaffinity_np(pthread_self(), sizeof before_, &before_); }
  OnCore(const OnCore&) = delete;
  OnCore& operator=(const OnCore&) = delete;

 private:
  cpu_set_t before_{};
};

/// What a loop that waits does between two looks: the core's other hardware thread gets more of it.
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Gives every core something to do that any other work displaces at once (SCHED_IDLE). A hypervisor takes an idle core
/// away from its machine, and what wakes up on it then waits for the hypervisor: 0.1 to 0.3 ms on the machines that
/// this was measured on. It yields often: else, where of two threads that share a core the one has just displaced the
/// other, the scheduler may let it have the core until its next tick, for fairness.
class AwakeCores {
 public:
  AwakeCores() {
    for (const int core : cores()) {
      threads_.emplace_back([core](const std::stop_token& stop) {
        const OnCore here(core);
        const sched_param none{};
        pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);
        while (!stop.stop_requested()) {
          for (int look = 0; look < 256; ++look) relax();
          sched_yield();
        }
      });
    }
  }

 private:
  std::vector<std::jthread> threads_;
};

/// Seconds of processor time that the calling thread has used, the kernel's work for it included.
inline double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Bytes by the thread's processor time, and by real time, over what is between start() and stop(), as often as that
/// is.
class Rate {
 public:
  void start() {
    cpu_ -= thread_seconds();
    wall_ -= now();
  }
  void stop(std::size_t bytes) {
    cpu_ += thread_seconds();
    wall_ += now();
    bytes_ += static_cast<double>(bytes);
  }
  void report(benchmark::State& state) const {
    state.counters["Gbit/s"] = bytes_ * 8e-9 / cpu_;
    state.counters["wall"] = bytes_ * 8e-9 / wall_;
  }

 private:
  static double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
  double cpu_ = 0;
  double wall_ = 0;
  double bytes_ = 0;
};

}  // namespace pf::bench
