// What an input packet comes to, in the terms of a session's input thread.
#pragma once

#include <vector>

#include "core/wire/input_events.h"

namespace pf::host::gamestream {

struct TranslatedInput {
  std::vector<wire::ReliableInput> events;    // in order
  std::vector<wire::UnreliableInput> motion;  // behind them
};

}  // namespace pf::host::gamestream
