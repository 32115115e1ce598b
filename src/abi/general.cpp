// Versions, results, cancelling, the clock.
#include <stop_token>

#include "abi/boundary.h"
#include "abi/cancel.h"
#include "core/base/clock.h"
#include "core/base/version.h"

using namespace pf::abi;

uint32_t punktfunk_abi_version(void) {
  return PUNKTFUNK_ABI_VERSION;
}

const char* punktfunk_version(void) {
  return pf::software_version();
}

const char* punktfunk_result_text(punktfunk_result result) {
  switch (result) {
    case PUNKTFUNK_OK: return "done";
    case PUNKTFUNK_ERROR_INVALID_ARGUMENT: return "an argument is not valid";
    case PUNKTFUNK_ERROR_NEWER_STRUCT: return "a struct is newer than the library";
    case PUNKTFUNK_ERROR_MALFORMED: return "not of the form that was expected";
    case PUNKTFUNK_ERROR_UNSUPPORTED: return "not supported";
    case PUNKTFUNK_ERROR_UNAUTHENTICATED: return "not proved, or not paired";
    case PUNKTFUNK_ERROR_REFUSED: return "refused";
    case PUNKTFUNK_ERROR_NOT_FOUND: return "not found";
    case PUNKTFUNK_ERROR_PERMISSION: return "not permitted";
    case PUNKTFUNK_ERROR_BUSY: return "busy";
    case PUNKTFUNK_ERROR_TIMEOUT: return "nothing came in time";
    case PUNKTFUNK_ERROR_CLOSED: return "closed";
    case PUNKTFUNK_ERROR_EXHAUSTED: return "no room left";
    case PUNKTFUNK_ERROR_IO: return "input or output failed";
    case PUNKTFUNK_ERROR_CANCELLED: return "cancelled";
    case PUNKTFUNK_ERROR_BUFFER: return "the buffer is too small";
    case PUNKTFUNK_ERROR_OUT_OF_MEMORY: return "out of memory";
    case PUNKTFUNK_ERROR_INTERNAL: return "an error inside the library";
    default: return "an unknown result";
  }
}

punktfunk_result punktfunk_cancel_create(punktfunk_cancel** cancel) {
  return guarded([&]() -> Outcome {
    if (cancel == nullptr) return bad_argument("cancel is NULL");
    *cancel = new punktfunk_cancel;
    return {};
  });
}

void punktfunk_cancel_trigger(punktfunk_cancel* cancel) {
  if (cancel != nullptr) cancel->source.request_stop();
}

void punktfunk_cancel_destroy(punktfunk_cancel* cancel) {
  destroy(cancel);
}

uint64_t punktfunk_now(void) {
  return pf::to_micros(pf::SteadyClock().now());
}
