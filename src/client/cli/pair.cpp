#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <iostream>

#include "client/cli/client_state.h"
#include "client/cli/commands.h"
#include "control/link/client_link.h"

namespace pf::client {

Exit run(const PairCommand& command) {
  auto state = ClientState::open();
  if (!state) return report(state.error());
  const auto target = find_target(command.host, state->hosts());
  if (!target) return report(target.error());
  std::string pin = command.pin;
  if (pin.empty()) {
    fmt::print(stderr, "Run 'punktfunk-host pair' on {} and type the PIN that it shows: ", command.host);
    std::getline(std::cin, pin);
  }
  const auto paired = control::pair_with_host(state->identity(), state->name(), target->address, pin);
  if (!paired) return report(paired.error());
  if (auto kept = state->hosts().add(*paired); !kept) return report(kept.error());
  if (command.json) {
    fmt::print("{}\n",
               boost::json::serialize(boost::json::object{{"name", paired->name},
                                                          {"address", paired->address},
                                                          {"fingerprint", control::to_hex(paired->fingerprint)}}));
  } else {
    fmt::print("paired with {} ({})\n", paired->name, paired->address);
  }
  return Exit::ok;
}

}  // namespace pf::client
