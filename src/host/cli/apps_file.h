// The user's list of apps for GameStream's clients: ~/.config/punktfunk/apps.toml. packaging/apps.toml documents it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "host/gamestream/apps/app.h"

namespace pf::host {

/// `folder` is what relative paths start from; `origin` names the text in errors.
/// Errors: malformed (the line and what is wrong).
Result<gamestream::AppList> parse_apps(std::string_view text, const std::filesystem::path& folder,
                                       const std::string& origin);

/// The file's list as it is now: read again when the file has changed. Any thread.
class AppsFile {
 public:
  /// `warn` gets a sentence where the file can't be used; the list that was last read is kept then.
  AppsFile(std::filesystem::path file, std::function<void(const std::string&)> warn)
      : file_(std::move(file)), warn_(std::move(warn)) {}
  /// "Desktop" alone where there is no file.
  std::shared_ptr<const gamestream::AppList> list();

 private:
  const std::filesystem::path file_;
  const std::function<void(const std::string&)> warn_;
  std::mutex mutex_;
  std::filesystem::file_time_type read_;  // when the file was written that `list_` is of
  std::shared_ptr<const gamestream::AppList> list_ = std::make_shared<const gamestream::AppList>();
};

}  // namespace pf::host
