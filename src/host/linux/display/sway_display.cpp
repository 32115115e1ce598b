#include "host/linux/display/sway_display.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "core/base/clock.h"
#include "host/linux/display/output_ledger.h"
#include "host/linux/display/sway_ipc.h"
#include "host/linux/display/sway_replies.h"

namespace pf::host {
namespace {

constexpr milliseconds settle_limit{3000};
constexpr milliseconds settle_poll{5};

using sway::OutputState;

std::filesystem::path runtime_folder() {
  const char* runtime =
      std::getenv("XDG_RUNTIME_DIR");  // NOLINT(concurrency-mt-unsafe): nothing here changes the environment
  return std::filesystem::path(runtime != nullptr ? runtime : "/tmp") / "punktfunk";
}

std::string mode_text(const Mode& mode) {
  return fmt::format("{}x{}@{}.{:03}Hz", mode.width, mode.height, mode.refresh_mhz / 1000, mode.refresh_mhz % 1000);
}

/// What the backend and its displays share: one connection and the ledger, behind one lock. Calls block for Sway's
/// answers.
class Sway {
 public:
  static Result<std::shared_ptr<Sway>> connect() {
    auto ipc = SwayIpc::connect();
    if (!ipc) return std::unexpected(ipc.error());
    auto version = ipc->ask(SwayIpc::Request::get_version);
    if (!version) return std::unexpected(version.error());
    auto path = ipc->path();
    return std::shared_ptr<Sway>(
        new Sway(std::move(*ipc), OutputLedger(runtime_folder(), std::move(path)), sway::version_of(*version).unplugs));
  }

  /// Of the compositor's socket.
  [[nodiscard]] const std::string& path() const { return ipc_.path(); }

  [[nodiscard]] bool alive() {
    const std::lock_guard lock(mutex_);
    return ipc_.ask(SwayIpc::Request::get_version).has_value();
  }

  Result<std::string> add(const Mode& mode) {
    const std::lock_guard lock(mutex_);
    const auto before = outputs();
    if (!before) return std::unexpected(before.error());
    auto name = spare(*before);
    if (!name) {
      auto made = make(*before);
      if (!made) return std::unexpected(made.error());
      name = *made;
    }
    in_use_.insert(*name);
    auto shown = ipc_.run(fmt::format("output {} mode --custom {} position {} 0 scale 1 transform normal enable", *name,
                                      mode_text(mode), sway::right_edge(*before, *name)));
    if (shown) shown = wait_for(*name, mode);
    if (shown) shown = ipc_.run(fmt::format("focus output {}", *name));
    if (!shown) {
      take_away(*name);
      return std::unexpected(shown.error());
    }
    return *name;
  }

  Result<void> change(const std::string& name, const Mode& mode) {
    const std::lock_guard lock(mutex_);
    if (auto done = ipc_.run(fmt::format("output {} mode --custom {}", name, mode_text(mode))); !done) return done;
    return wait_for(name, mode);
  }

  void remove(const std::string& name) {
    const std::lock_guard lock(mutex_);
    take_away(name);
  }

  Result<int> remove_orphans() {
    const std::lock_guard lock(mutex_);
    const auto orphans = ledger_.adopt_orphans();
    const auto there = outputs();
    if (!there) return std::unexpected(there.error());
    int removed = 0;
    for (const auto& name : orphans) {
      const auto found = std::ranges::find(*there, name, &OutputState::name);
      if (found == there->end()) {
        ledger_.remove(name);
      } else if (found->active && take_away(name)) {
        ++removed;
      }
    }
    return removed;
  }

 private:
  Sway(SwayIpc ipc, OutputLedger ledger, bool unplugs)
      : ipc_(std::move(ipc)), ledger_(std::move(ledger)), unplugs_(unplugs) {}

  Result<std::vector<OutputState>> outputs() {
    const auto reply = ipc_.ask(SwayIpc::Request::get_outputs);
    if (!reply) return std::unexpected(reply.error());
    return sway::outputs_of(*reply);
  }

  /// One that an earlier client left: disabled, or still on where Sway can do neither.
  std::optional<std::string> spare(const std::vector<OutputState>& there) const {
    for (const auto& output : there) {
      if (in_use_.contains(output.name)) continue;
      if (std::ranges::find(ledger_.own(), output.name) != ledger_.own().end()) return output.name;
    }
    return std::nullopt;
  }

  Result<std::string> make(const std::vector<OutputState>& before) {
    if (auto made = ipc_.run("create_output"); !made) {
      return fail(ErrorCode::unsupported,
                  made.error().message + " (it can on its headless and nested backends, and from 1.8 on always)");
    }
    const auto deadline = std::chrono::steady_clock::now() + settle_limit;
    do {
      const auto after = outputs();
      if (!after) return std::unexpected(after.error());
      for (const auto& output : *after) {
        if (std::ranges::find(before, output.name, &OutputState::name) != before.end()) continue;
        if (auto noted = ledger_.add(output.name); !noted) return std::unexpected(noted.error());
        return output.name;
      }
      std::this_thread::sleep_for(settle_poll);
    } while (std::chrono::steady_clock::now() < deadline);
    return fail(ErrorCode::timeout, "Sway made no output");
  }

  Result<void> wait_for(const std::string& name, const Mode& mode) {
    const auto deadline = std::chrono::steady_clock::now() + settle_limit;
    do {
      const auto now = outputs();
      if (!now) return std::unexpected(now.error());
      const auto found = std::ranges::find(*now, name, &OutputState::name);
      if (found == now->end()) return fail(ErrorCode::closed, "the output " + name + " is gone");
      if (found->active && found->mode_width == mode.width && found->mode_height == mode.height) return {};
      std::this_thread::sleep_for(settle_poll);
    } while (std::chrono::steady_clock::now() < deadline);
    return fail(ErrorCode::unsupported, "Sway did not give " + name + " the mode " + mode.to_string());
  }

  /// True when nothing is shown on it any more.
  bool take_away(const std::string& name) {
    in_use_.erase(name);
    if (unplugs_ && ipc_.run(fmt::format("output {} unplug", name))) {
      ledger_.remove(name);
      return true;
    }
    if (!ipc_.run(fmt::format("output {} disable", name))) return false;  // Sway is gone, and the output with it
    // Sway has done it when it answers, or it never will: wlroots 0.15 says yes for its headless outputs and does
    // nothing.
    const auto now = outputs();
    if (!now) return false;
    const auto found = std::ranges::find(*now, name, &OutputState::name);
    if (found == now->end() || !found->active) return true;
    spdlog::warn(
        "Sway was told to turn the virtual output {} off and left it on, as it does on wlroots 0.15 (Sway 1.7). It is "
        "kept for the next client; windows on it stay there.",
        name);
    return false;
  }

  std::mutex mutex_;
  SwayIpc ipc_;
  OutputLedger ledger_;
  std::set<std::string> in_use_;  // by the displays that live now
  bool unplugs_;
};

class SwayDisplay final : public VirtualDisplay {
 public:
  SwayDisplay(std::shared_ptr<Sway> sway, std::string name, const Mode& mode)
      : sway_(std::move(sway)), name_(std::move(name)), mode_(mode) {}
  ~SwayDisplay() override { sway_->remove(name_); }
  SwayDisplay(const SwayDisplay&) = delete;
  SwayDisplay& operator=(const SwayDisplay&) = delete;

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] Mode mode() const override { return mode_; }
  Result<void> set_mode(const Mode& mode) override {
    if (auto changed = sway_->change(name_, mode); !changed) {
      if (changed.error().code != ErrorCode::closed) (void)sway_->change(name_, mode_);
      return changed;
    }
    mode_ = mode;
    return {};
  }
  [[nodiscard]] Environment environment() const override { return {{"SWAYSOCK", sway_->path()}}; }

 private:
  std::shared_ptr<Sway> sway_;  // with the backend and its other displays
  std::string name_;
  Mode mode_;
};

class SwayDisplayBackend final : public VirtualDisplayBackend {
 public:
  Probe probe() override {
    auto ipc = SwayIpc::connect();
    if (!ipc) return missing(ipc.error().message);
    const auto version = ipc->ask(SwayIpc::Request::get_version);
    if (!version) return missing(version.error().message);
    const auto text = sway::version_of(*version).text;
    return {true, "sway", "Sway " + (text.empty() ? "of an unknown version" : text) + " at " + ipc->path(), ""};
  }

  Result<std::unique_ptr<VirtualDisplay>> create(const Mode& mode, const std::string&) override {
    const auto sway = connected();
    if (!sway) return std::unexpected(sway.error());
    auto name = (*sway)->add(mode);
    if (!name) {
      forget_if_gone(name.error());
      return std::unexpected(name.error());
    }
    return std::make_unique<SwayDisplay>(*sway, *name, mode);
  }

  Result<int> remove_orphans() override {
    const auto sway = connected();
    if (!sway) return std::unexpected(sway.error());
    return (*sway)->remove_orphans();
  }

 private:
  static Probe missing(const std::string& why) {
    return {false, "sway", why, "start punktfunk-host inside a Sway session, or set SWAYSOCK to the session's socket"};
  }

  /// The connection that all displays share, made anew after the compositor went away.
  Result<std::shared_ptr<Sway>> connected() {
    const std::lock_guard lock(mutex_);
    if (sway_) {
      if (sway_->alive()) return sway_;
      sway_.reset();
    }
    auto made = Sway::connect();
    if (!made) return std::unexpected(made.error());
    sway_ = *made;
    return sway_;
  }
  void forget_if_gone(const Error& error) {
    if (error.code != ErrorCode::closed) return;
    const std::lock_guard lock(mutex_);
    sway_.reset();
  }

  std::mutex mutex_;
  std::shared_ptr<Sway> sway_;
};

}  // namespace

std::unique_ptr<VirtualDisplayBackend> make_sway_display_backend() {
  return std::make_unique<SwayDisplayBackend>();
}

}  // namespace pf::host
