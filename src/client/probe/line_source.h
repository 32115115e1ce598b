// The lines of a script, from a file or as they are typed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/error.h"

namespace pf::client {

class LineSource {
 public:
  /// "-" is standard input. Errors: not_found.
  static Result<std::unique_ptr<LineSource>> open(const std::string& file);
  virtual ~LineSource() = default;
  /// Waits for a line. nullopt: the end, a signal, or `stop` said so (asked every 50 ms).
  virtual std::optional<std::string> next(const std::function<bool()>& stop) = 0;
  /// "script.txt:3", for errors.
  [[nodiscard]] virtual std::string where() const = 0;
};

}  // namespace pf::client
