#include "host/cli/apps_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "host/cli/command_words.h"
#include "host/cli/config_text.h"
#include "host/cli/toml.h"

namespace pf::host {
namespace {

using gamestream::App;
using Command = std::vector<std::string>;

constexpr std::size_t most_apps = 256;
constexpr std::size_t most_steps = 32;
constexpr std::size_t most_words = 256;
constexpr std::size_t most_variables = 128;
constexpr std::size_t most_name = 128;    // bytes
constexpr std::size_t most_text = 4'096;  // bytes

/// What a node lacks to be what it has to be; empty: nothing, and it is stored.
using Wrong = std::string;
using Setter = std::function<Wrong(const toml::node&)>;
using Setters = std::map<std::string, Setter, std::less<>>;

Wrong read_text(const toml::node& node, std::string& out, std::size_t most = most_text) {
  const auto value = node.value_exact<std::string>();
  if (!value) return "must be text in quotes";
  auto text = from_plain_text(*value);
  if (text.size() > most) return fmt::format("is longer than {} bytes", most);
  if (text.find('\0') != std::string::npos) return "holds a NUL";
  out = std::move(text);
  return {};
}

Setter flag(bool& out) {
  return [&out](const toml::node& node) -> Wrong {
    const auto value = node.value_exact<bool>();
    if (!value) return "must be true or false";
    out = *value;
    return {};
  };
}

Setter path(std::filesystem::path& out, const std::filesystem::path& folder) {
  return [&out, &folder](const toml::node& node) -> Wrong {
    std::string text;
    auto wrong = read_text(node, text);
    if (wrong.empty()) out = text.empty() ? std::filesystem::path() : (folder / text).lexically_normal();
    return wrong;
  };
}

/// ["program", "argument"], or one text that is taken apart.
Setter command(Command& out) {
  return [&out](const toml::node& node) -> Wrong {
    Command words;
    if (const auto* list = node.as_array()) {
      for (const auto& item : *list)
        if (auto wrong = read_text(item, words.emplace_back()); !wrong.empty()) return "has a word that " + wrong;
    } else {
      std::string text;
      if (auto wrong = read_text(node, text); !wrong.empty()) return "must be text in quotes, or a list of such";
      auto split = command_words(text);
      if (!split) return split.error().message;
      words = std::move(*split);
    }
    if (words.size() > most_words) return fmt::format("has more than {} words", most_words);
    if (!words.empty() && words.front().empty()) return "names no program";
    out = std::move(words);
    return {};
  };
}

Setter variables(Environment& out) {
  return [&out](const toml::node& node) -> Wrong {
    const auto* table = node.as_table();
    if (table == nullptr || table->size() > most_variables)
      return fmt::format("must be a table of at most {} variables", most_variables);
    for (const auto& [key, value] : *table) {
      const auto name = from_plain_text(key.str());
      if (name.empty() || name.find_first_of(std::string_view("=\0", 2)) != std::string::npos)
        return "has a variable without a proper name";
      std::string text;
      if (auto wrong = read_text(value, text); !wrong.empty()) return name + " " + wrong;
      out.emplace_back(name, std::move(text));
    }
    return {};
  };
}

Result<void> apply(const toml::table& table, const Setters& setters, const std::string& what,
                   const std::string& origin) {
  for (const auto& [key, node] : table) {
    const auto name = from_plain_text(key.str());
    const auto setter = setters.find(name);
    if (setter == setters.end())
      return fail(ErrorCode::malformed, fmt::format("{}: {} has no '{}'", at(origin, node.source()), what, name));
    if (const auto wrong = setter->second(node); !wrong.empty())
      return fail(ErrorCode::malformed, fmt::format("{}: {} {}", at(origin, node.source()), name, wrong));
  }
  return {};
}

/// Each table of `node`, which must be a list of at most `most`.
Result<void> each(const toml::node& node, std::size_t most, const std::string& what, const std::string& origin,
                  const std::function<Result<void>(const toml::table&)>& take) {
  const auto* list = node.as_array();
  if (list == nullptr || list->size() > most || !std::ranges::all_of(*list, [](const auto& n) { return n.is_table(); }))
    return fail(ErrorCode::malformed,
                fmt::format("{}: at most {} [[{}]] can stand here", at(origin, node.source()), most, what));
  for (const auto& item : *list)
    if (auto done = take(*item.as_table()); !done) return done;
  return {};
}

Result<App> read_app(const toml::table& table, const std::filesystem::path& folder, const std::string& origin) {
  App app;
  Result<void> prepared;
  const auto step = [&](const toml::table& entry) -> Result<void> {
    auto& made = app.prepare.emplace_back();
    return apply(entry, {{"do", command(made.run)}, {"undo", command(made.undo)}}, "[[app.prepare]]", origin);
  };
  const Setters setters{
      {"name", [&](const toml::node& node) { return read_text(node, app.name, most_name); }},
      {"command", command(app.command)},
      {"folder", path(app.folder, folder)},
      {"environment", variables(app.environment)},
      {"box_art", path(app.box_art, folder)},
      {"detached", flag(app.detached)},
      {"exit_ends_session", flag(app.exit_ends_session)},
      {"prepare",
       [&](const toml::node& node) -> Wrong {
         prepared = each(node, most_steps, "app.prepare", origin, step);
         return {};
       }},
  };
  if (auto done = apply(table, setters, "[[app]]", origin); !done) return std::unexpected(done.error());
  if (!prepared) return std::unexpected(prepared.error());
  return app;
}

}  // namespace

Result<gamestream::AppList> parse_apps(std::string_view text, const std::filesystem::path& folder,
                                       const std::string& origin) {
  const auto table = parse_toml(text, origin);
  if (!table) return std::unexpected(table.error());
  std::vector<App> apps;
  for (const auto& [key, node] : *table) {
    if (key.str() != "app")
      return fail(ErrorCode::malformed, fmt::format("{}: only [[app]] can stand here, not '{}'",
                                                    at(origin, node.source()), from_plain_text(key.str())));
    auto done = each(node, most_apps, "app", origin, [&](const toml::table& entry) -> Result<void> {
      auto app = read_app(entry, folder, origin);
      if (!app) return std::unexpected(app.error());
      apps.push_back(std::move(*app));
      return {};
    });
    if (!done) return std::unexpected(done.error());
  }
  auto list = gamestream::AppList::of(std::move(apps));
  if (!list) return std::unexpected(list.error().within(origin));
  return list;
}

std::shared_ptr<const gamestream::AppList> AppsFile::list() {
  const std::scoped_lock lock(mutex_);
  std::error_code ec;
  const auto written = std::filesystem::last_write_time(file_, ec);
  if (ec) {
    read_ = {};
    list_ = std::make_shared<const gamestream::AppList>();
    return list_;
  }
  if (written == read_) return list_;
  read_ = written;
  const auto text = read_toml(file_, "the list of apps");
  auto parsed = text ? parse_apps(*text, file_.parent_path(), file_.string()) : std::unexpected(text.error());
  if (parsed)
    list_ = std::make_shared<const gamestream::AppList>(std::move(*parsed));
  else
    warn_("the list of apps stays as it was: " + parsed.error().message);
  return list_;
}

}  // namespace pf::host
