#include "core/base/error.h"

namespace pf {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::malformed: return "malformed";
    case ErrorCode::truncated: return "truncated";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::unauthenticated: return "unauthenticated";
    case ErrorCode::refused: return "refused";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::permission: return "permission";
    case ErrorCode::busy: return "busy";
    case ErrorCode::timeout: return "timeout";
    case ErrorCode::closed: return "closed";
    case ErrorCode::exhausted: return "exhausted";
    case ErrorCode::io: return "io";
    case ErrorCode::internal: return "internal";
  }
  return "unknown";
}

}  // namespace pf
