#include "host/gamestream/apps/app_run.h"

#include <utility>

namespace pf::host::gamestream {
namespace {

constexpr std::chrono::hours a_long_time{24 * 365};

}  // namespace

AppRun::AppRun(Options options, ProcessLauncher& launcher, std::vector<std::unique_ptr<AppRun>> before)
    : options_(std::move(options)),
      launcher_(launcher),
      before_(std::move(before)),
      thread_([this](const std::stop_token& stop) {
        run(stop);
        over_ = true;
      }) {}

void AppRun::log(const std::string& sentence) const {
  if (options_.log) options_.log(options_.app.name + ": " + sentence);
}

void AppRun::run(const std::stop_token& stop) {
  before_.clear();
  const auto& app = options_.app;
  const auto done = prepare(stop);
  if (done == app.prepare.size() && !stop.stop_requested()) play(stop);
  undo(done);
}

/// How many steps were done.
std::size_t AppRun::prepare(const std::stop_token& stop) {
  const auto& steps = options_.app.prepare;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (stop.stop_requested()) return i;
    if (!steps[i].run.empty() && !carry_out(steps[i].run, stop)) {
      if (!stop.stop_requested()) options_.finished();
      return i;
    }
  }
  return steps.size();
}

void AppRun::play(const std::stop_token& stop) {
  const auto& app = options_.app;
  if (app.command.empty()) return;
  const auto order = order_of(app.command);
  const auto failed = [&](const Error& error) {
    log(error.message);
    options_.finished();
  };
  if (app.detached) {
    if (const auto started = launcher_.start_detached(order); !started) failed(started.error());
    return;
  }
  auto process = launcher_.start(order);
  if (!process) return failed(process.error());
  const auto status = (*process)->wait(a_long_time, stop);
  if (status) {
    log("has ended with status " + std::to_string(*status));
    if (app.exit_ends_session) options_.finished();
  }
  // What it has started may still be there.
  (*process)->end(options_.patience);
}

void AppRun::undo(std::size_t steps) {
  const auto& all = options_.app.prepare;
  for (std::size_t i = steps; i-- > 0;)
    if (!all[i].undo.empty()) (void)carry_out(all[i].undo, {});
}

/// False: it could not be started, failed, took too long, or `stop`.
bool AppRun::carry_out(const std::vector<std::string>& command, const std::stop_token& stop) {
  auto process = launcher_.start(order_of(command));
  if (!process) {
    log(process.error().message);
    return false;
  }
  const auto status = (*process)->wait(options_.command_limit, stop);
  if (status == 0) return true;
  if (status)
    log("'" + command.front() + "' has failed with status " + std::to_string(*status));
  else if (!stop.stop_requested())
    log("'" + command.front() + "' takes too long and is ended");
  (*process)->end(options_.patience);
  return false;
}

ProcessOrder AppRun::order_of(const std::vector<std::string>& command) const {
  ProcessOrder order{.command = command, .folder = options_.app.folder, .environment = options_.environment};
  for (const auto& own : options_.app.environment) {
    std::erase_if(order.environment, [&](const auto& item) { return item.first == own.first; });
    order.environment.push_back(own);
  }
  return order;
}

}  // namespace pf::host::gamestream
