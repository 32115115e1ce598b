// What a client may start, as the user has listed it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace pf::host::gamestream {

struct App {
  std::uint32_t id = 0;  // made of the name, so that it stays when the list changes; below 2^31, never 0
  std::string name;
  std::filesystem::path box_art;  // a PNG; empty: none
};

/// Immutable.
class AppList {
 public:
  /// "Desktop" alone.
  AppList();
  /// In this order, with "Desktop" in front unless one of them has that name. Sets the ids.
  /// Errors: malformed (an app without a name, or two of one name).
  static Result<AppList> of(std::vector<App> apps);

  [[nodiscard]] const std::vector<App>& apps() const { return apps_; }
  /// nullptr: there is none.
  [[nodiscard]] const App* find(std::int64_t id) const;

 private:
  std::vector<App> apps_;
};

}  // namespace pf::host::gamestream
