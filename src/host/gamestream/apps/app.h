// What a client may start, as the user has listed it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "host/seams/process_launcher.h"

namespace pf::host::gamestream {

/// Commands are a program and its arguments, as the user's list has them: nothing of a client's ever gets into one.
struct App {
  struct Step {
    std::vector<std::string> run;   // before the app; empty: nothing
    std::vector<std::string> undo;  // after it, if `run` worked
  };

  std::uint32_t id = 0;  // made of the name, so that it stays when the list changes; below 2^31, never 0
  std::string name;
  std::filesystem::path box_art;     // a PNG; empty: none
  std::vector<std::string> command;  // empty: the desktop as it is
  std::filesystem::path folder;      // that it runs in; empty: the host's own
  Environment environment;
  std::vector<Step> prepare;      // in this order; undone in the opposite one
  bool detached = false;          // starts it and lets it be: nobody waits for it or ends it
  bool exit_ends_session = true;  // of one that is not detached
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
