// Whether a backend can run here, said so that a person can act on it.
#pragma once

#include <string>

namespace pf::host {

struct Probe {
  bool usable = false;
  std::string backend;  // "sway", "wlr-screencopy", "x264"
  std::string reason;   // what was found, or what is missing
  std::string remedy;   // the command or setting that mends it; empty when usable
  std::string seam{};   // what it is a backend of: "display", "capture", ...; the platform fills it in
};

}  // namespace pf::host
