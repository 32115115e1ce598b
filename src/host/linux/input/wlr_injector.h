// Input through wlr-virtual-pointer and virtual-keyboard: the compositor sees one more pointer and one more keyboard.
#pragma once

#include <memory>
#include <string>

#include "host/seams/input_injector.h"

namespace pf::host {

/// XKB names (rules, model, layout, ...); empty ones take XKB_DEFAULT_* of the environment, then the library's
/// defaults.
struct KeyboardNames {
  std::string model;
  std::string layout;
  std::string variant;
  std::string options;
};

Probe probe_wlr_injector();

/// Absolute positions are on the output `name`. Errors: closed, unsupported, invalid_argument (no such layout).
Result<std::unique_ptr<InputInjector>> make_wlr_injector(const std::string& name, const KeyboardNames& keyboard);

}  // namespace pf::host
