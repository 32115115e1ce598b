// The handle that calls blocking functions off.
#pragma once

#include <punktfunk/punktfunk.h>

#include <stop_token>

#include "abi/boundary.h"

struct punktfunk_cancel {
  std::stop_source source;
};

namespace pf::abi {

inline std::stop_token token_of(const punktfunk_cancel* cancel) {
  return cancel != nullptr ? cancel->source.get_token() : std::stop_token{};
}

/// A call that ended because it was called off says so, whatever it failed with.
inline Failure failure_of(const Error& error, const std::stop_token& stop) {
  if (stop.stop_requested()) return {PUNKTFUNK_ERROR_CANCELLED, "called off"};
  return {error};
}

}  // namespace pf::abi
