// One stream's result as a line of JSON.
#pragma once

#include <string>

#include "support/simulated_stream.h"

namespace pf::bench {

struct Label {
  std::string mode;  // "simulation", "relay", "namespaces"
  std::string sweep;
  double value = 0;
  std::string name;
  test::Strategy strategy = test::Strategy::adaptive;
  double seconds = 0;
  bool with_moments = false;
};

[[nodiscard]] std::string to_json(const Label& label, const test::StreamResult& result);

}  // namespace pf::bench
