// What the threads of one name have allocated: begin_thread() gives the names. Linux.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "support/allocation_meter.h"

namespace pf::test {

struct ThreadAllocations {
  std::size_t threads = 0;  // that run now
  std::uint64_t count = 0;
};

inline ThreadAllocations allocations_of_threads(std::string_view name) {
  ThreadAllocations found;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string its;
    std::getline(std::ifstream(task.path() / "comm") >> std::ws, its);
    if (its != name) continue;
    ++found.threads;
    found.count += allocations_of_thread(std::stoi(task.path().filename()));
  }
  return found;
}

}  // namespace pf::test
