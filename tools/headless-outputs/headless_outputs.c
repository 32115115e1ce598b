// Preloaded into the private desktop's Sway where wlroots is 0.15, as on Debian 12. The headless backend of that version
// refuses to turn an output off or on, so a virtual display there could never go away; the backends with a screen, and
// the headless one from 0.16 on, allow it. This gives 0.15 the same: the request to turn off or on is taken out of what
// the backend sees and carried out once the rest is accepted.
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <wlr/backend/headless.h>
#include <wlr/interfaces/wlr_output.h>
#include <wlr/types/wlr_output.h>

typedef bool (*output_call)(struct wlr_output* output);

static output_call next(const char* name) {
  void* found = dlsym(RTLD_NEXT, name);
  if (found == NULL) abort();  // preloaded into something that is not a wlroots compositor
  output_call call;
  *(void**)&call = found;
  return call;
}

static bool hide_enabled(struct wlr_output* output) {
  const bool pending = wlr_output_is_headless(output) && (output->pending.committed & WLR_OUTPUT_STATE_ENABLED) != 0;
  if (pending) output->pending.committed &= ~(uint32_t)WLR_OUTPUT_STATE_ENABLED;
  return pending;
}

bool wlr_output_test(struct wlr_output* output) {
  const bool hidden = hide_enabled(output);
  // Nothing but this: always possible.
  const bool accepted = (hidden && output->pending.committed == 0) || next("wlr_output_test")(output);
  if (hidden) output->pending.committed |= WLR_OUTPUT_STATE_ENABLED;
  return accepted;
}

bool wlr_output_commit(struct wlr_output* output) {
  const bool enable = output->pending.enabled;
  const bool was_enabled = output->enabled;
  const bool hidden = hide_enabled(output);
  // A mode or a picture is only accepted by an output that is on.
  if (hidden && enable && !was_enabled) wlr_output_update_enabled(output, true);
  const bool accepted = next("wlr_output_commit")(output);
  if (hidden) wlr_output_update_enabled(output, accepted ? enable : was_enabled);
  return accepted;
}
