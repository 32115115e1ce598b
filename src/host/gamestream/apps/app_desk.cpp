#include "host/gamestream/apps/app_desk.h"

#include <utility>

namespace pf::host::gamestream {
namespace {

/// What commands may want to know. The client's own words are its name and its mode, and no shell reads them.
Environment environment_of(const Launch& launch, const Stage& stage) {
  auto environment = stage.environment;
  const auto add = [&](const char* name, std::string value) { environment.emplace_back(name, std::move(value)); };
  add("PUNKTFUNK_APP", launch.app_name);
  add("PUNKTFUNK_CLIENT", launch.name);
  add("PUNKTFUNK_DISPLAY", stage.display);
  add("PUNKTFUNK_WIDTH", std::to_string(launch.mode.width));
  add("PUNKTFUNK_HEIGHT", std::to_string(launch.mode.height));
  add("PUNKTFUNK_REFRESH_MHZ", std::to_string(launch.mode.refresh_mhz));
  add("PUNKTFUNK_AUDIO_CHANNELS", std::to_string(launch.channels));
  return environment;
}

}  // namespace

AppDesk::~AppDesk() {
  std::map<std::uint64_t, Entry> last;
  {
    const std::scoped_lock lock(mutex_);
    last.swap(runs_);
  }
  for (const auto& [session, entry] : last) entry.run->stop();
}

/// Runs of this client that still end. Forgets those of others that are over.
std::vector<std::unique_ptr<AppRun>> AppDesk::take_earlier(const std::string& client) {
  std::vector<std::unique_ptr<AppRun>> earlier;
  for (auto at = runs_.begin(); at != runs_.end();) {
    auto& entry = at->second;
    const bool own = entry.client == client;
    if (own) {
      entry.run->stop();
      earlier.push_back(std::move(entry.run));
    }
    at = own || entry.run->over() ? runs_.erase(at) : std::next(at);
  }
  return earlier;
}

void AppDesk::begin(const Launch& launch, const Stage& stage) {
  const auto list = services_.apps();
  const auto* const app = list->find(launch.app);
  if (app == nullptr || (app->command.empty() && app->prepare.empty())) return;
  const std::scoped_lock lock(mutex_);
  auto earlier = take_earlier(launch.client);
  runs_[launch.session] = {
      launch.client,
      std::make_unique<AppRun>(
          AppRun::Options{.app = *app,
                          .environment = environment_of(launch, stage),
                          .finished = [finished = services_.finished, client = launch.client] { finished(client); },
                          .log = services_.log},
          launcher_, std::move(earlier))};
}

void AppDesk::end(std::uint64_t session) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = runs_.find(session); found != runs_.end()) found->second.run->stop();
  std::erase_if(runs_, [](const auto& item) { return item.second.run->over(); });
}

}  // namespace pf::host::gamestream
