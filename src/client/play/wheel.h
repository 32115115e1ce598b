// Turns a wheel's fractions of a notch into the wire's 120ths without losing any.
#pragma once

#include <cmath>
#include <cstdint>

namespace pf::client {

/// One axis.
class WheelAxis {
 public:
  /// Whole 120ths to send now; what is less stays for the next turn.
  std::int32_t turn(double notches) {
    rest_ += notches * 120;
    const double whole = std::trunc(rest_);
    rest_ -= whole;
    return static_cast<std::int32_t>(whole);
  }

 private:
  double rest_ = 0;
};

}  // namespace pf::client
