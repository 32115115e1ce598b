#include "client/probe/probe.h"

#include <cmath>

#include "client/cli/commands.h"
#include "client/cli/session_setup.h"

namespace pf::client {

Exit run(const ProbeCommand& command) {
  auto state = ClientState::open();
  if (!state) return report(state.error());
  auto link = make_link_options(command.session, *state);
  if (!link) return report(link.error());
  ProbeOptions options;
  options.link = std::move(*link);
  // Who plays a recording knows nothing of what is not to be shown.
  options.link.start.hides = command.out.empty();
  options.duration = std::chrono::milliseconds{std::llround(command.seconds * 1000)};
  options.script = command.script;
  options.out = command.out;
  options.json = command.json;
  if (auto done = run_probe(options); !done) return report(done.error());
  return Exit::ok;
}

}  // namespace pf::client
