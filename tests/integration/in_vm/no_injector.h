// An injector for whom nothing is left to do.
#pragma once

#include "host/seams/input_injector.h"

namespace pf::test {

class NoInjector final : public host::InputInjector {
 public:
  Result<void> move(double /*dx*/, double /*dy*/) override { return {}; }
  Result<void> place(double /*x*/, double /*y*/) override { return {}; }
  Result<void> button(std::uint16_t /*evdev_code*/, bool /*pressed*/) override { return {}; }
  Result<void> wheel(std::int32_t /*vertical*/, std::int32_t /*horizontal*/) override { return {}; }
  Result<void> key(std::uint16_t /*evdev_code*/, bool /*pressed*/) override { return {}; }
  Result<void> text(const std::string& /*utf8*/) override { return {}; }
  void release_all() override {}
};

}  // namespace pf::test
