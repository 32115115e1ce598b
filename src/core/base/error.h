// What a failing call hands back: a code that a program can switch on and a sentence that a person can read.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace pf {

enum class ErrorCode {
  invalid_argument,  // the caller asked for something that can never work
  malformed,         // bytes from outside do not follow their layout
  truncated,         // bytes from outside end before their layout does
  unsupported,       // well-formed, but not something this side can do
  unauthenticated,   // a tag, a proof or a certificate did not match
  refused,           // the other side, or a policy, said no
  not_found,
  permission,
  busy,  // the resource exists and somebody else has it
  timeout,
  closed,  // the peer, the compositor or the stream went away
  exhausted,
  io,
  internal,
};

std::string_view to_string(ErrorCode code);

/// `message` is one sentence for the user, without a trailing full stop; causes are joined by ": ".
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;

  /// The same error seen from one level up: "<what>: <message>".
  [[nodiscard]] Error within(std::string_view what) const { return {code, std::string(what) + ": " + message}; }
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected(Error{code, std::move(message)});
}

}  // namespace pf
