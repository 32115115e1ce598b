// Whether a backend can run here, said so that a person can act on it.
#pragma once

#include <string>

namespace pf::host {

struct Probe {
  bool usable = false;
  std::string backend;  // "sway", "wlr-screencopy", "x264"
  std::string reason;   // what was found, or what is missing
  std::string remedy;   // the command or setting that mends it; empty when usable
  // What it is a backend of: "display", "capture", ...; the platform fills it in.
  std::string seam = {};  // NOLINT(readability-redundant-member-init): lets a backend leave it out
};

}  // namespace pf::host
