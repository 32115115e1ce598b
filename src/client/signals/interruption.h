// Whether somebody wants the program to end: Ctrl-C, or a service manager.
#pragma once

namespace pf::client {

/// From now on SIGINT and SIGTERM do not kill but make interrupted() true. Before any thread is started.
void catch_signals();
/// Any thread.
[[nodiscard]] bool interrupted();

}  // namespace pf::client
