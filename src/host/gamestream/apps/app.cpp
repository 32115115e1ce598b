#include "host/gamestream/apps/app.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace pf::host::gamestream {
namespace {

constexpr std::string_view desktop = "Desktop";

/// FNV-1a, in 31 bits: clients keep ids as signed numbers and take 0 for "nothing runs".
std::uint32_t id_of(std::string_view name) {
  std::uint32_t hash = 2'166'136'261u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619u;
  return std::max(hash & 0x7FFF'FFFFu, 1u);
}

App desktop_app() {
  App app;
  app.name = desktop;
  return app;
}

}  // namespace

AppList::AppList() : apps_{desktop_app()} {
  apps_.front().id = id_of(desktop);
}

Result<AppList> AppList::of(std::vector<App> apps) {
  AppList list;
  if (std::ranges::find(apps, desktop, &App::name) == apps.end()) apps.insert(apps.begin(), desktop_app());
  std::set<std::uint32_t> ids;
  for (auto& app : apps) {
    if (app.name.empty()) return fail(ErrorCode::malformed, "an app without a name");
    app.id = id_of(app.name);
    if (std::ranges::count(apps, app.name, &App::name) > 1)
      return fail(ErrorCode::malformed, "two apps of the name \"" + app.name + "\"");
    // Two names of one hash: the later one moves on.
    while (!ids.insert(app.id).second) app.id = std::max((app.id + 1) & 0x7FFF'FFFFu, 1u);
  }
  list.apps_ = std::move(apps);
  return list;
}

const App* AppList::find(std::int64_t id) const {
  const auto found = std::ranges::find_if(apps_, [id](const App& app) { return app.id == id; });
  return found == apps_.end() ? nullptr : &*found;
}

}  // namespace pf::host::gamestream
