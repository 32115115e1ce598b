// The bad networks that streams are tried on.
#pragma once

#include <string>
#include <vector>

#include "support/simulated_stream.h"

namespace pf::bench {

struct Case {
  std::string sweep;  // what varies
  double value = 0;   // of it
  std::string name;   // for the table
  test::SimulationOptions options;
};

/// `minutes` is how long each stream is, but for those with a course of their own.
std::vector<Case> cases(double minutes);

}  // namespace pf::bench
