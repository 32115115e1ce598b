// Names for threads, so that top, perf and a debugger tell them apart.
#pragma once

namespace pf::host {

/// Names the calling thread; at most 15 characters.
void name_this_thread(const char* name);

}  // namespace pf::host
