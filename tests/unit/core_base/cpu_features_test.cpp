#include "core/base/cpu_features.h"

#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string>

namespace pf {
namespace {

#ifdef __aarch64__
constexpr auto list_of_features = "Features";
constexpr auto carry_less_products = "pmull";
#else
constexpr auto list_of_features = "flags";
constexpr auto carry_less_products = "pclmulqdq";
#endif

/// nullopt: there is no kernel that tells, or it tells of the processor under an emulator.
std::optional<std::set<std::string>> kernels_list() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(list_of_features)) continue;
    std::istringstream words(line);
    std::set<std::string> list;
    for (std::string word; words >> word;) list.insert(word);
    return list;
  }
  return std::nullopt;
}

TEST(CpuFeatures, are_those_that_the_kernel_lists) {
  const auto list = kernels_list();
  if (!list) GTEST_SKIP() << "/proc/cpuinfo does not list the features of a processor of this kind";
  EXPECT_EQ(cpu_features().aes, list->contains("aes") && list->contains(carry_less_products));
}

}  // namespace
}  // namespace pf
