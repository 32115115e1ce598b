// punktfunk-host: the host.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "core/base/version.h"
#include "host/cli/commands.h"

namespace pf::host {
namespace {

void add_common(CLI::App& app, Common& common, bool json) {
  app.add_option("--config", common.config_file, "Configuration file (default: ~/.config/punktfunk/host.toml)");
  if (json) app.add_flag("--json", common.json, "For programs");
}

void add_serve(CLI::App& app, Exit& exit) {
  auto* const sub = app.add_subcommand("serve", "Serve clients until Ctrl-C");
  auto command = std::make_shared<ServeCommand>();
  add_common(*sub, command->common, false);
  sub->add_option("--listen", command->listen, "Address and UDP port, instead of the configuration's");
  sub->add_option("--name", command->name, "What clients see, instead of the configuration's");
  sub->add_flag("--gamestream", command->gamestream,
                "Let Moonlight's clients in as well, whatever the configuration says; for trusted networks only");
  sub->callback([command, &exit] { exit = run(*command); });
}

void add_pair(CLI::App& app, Exit& exit) {
  auto* const sub = app.add_subcommand("pair", "Let a client pair: opens a window of time and shows a PIN");
  auto command = std::make_shared<PairCommand>();
  add_common(*sub, command->common, true);
  sub->add_option("--pin", command->pin, "This PIN of 4 to 12 digits instead of a random one");
  sub->add_option("--seconds", command->seconds, "How long the window stays open")->check(CLI::Range(10, 3600));
  auto* const moonlight =
      sub->add_option("--gamestream", command->gamestream_pin, "The PIN of 4 digits that a Moonlight client shows")
          ->excludes("--pin")
          ->excludes("--seconds");
  sub->add_option("--name", command->name, "What to call that client from now on")->needs(moonlight);
  sub->add_option("--address", command->address, "Its address, where several wait for their PIN")->needs(moonlight);
  sub->callback([command, &exit] { exit = run(*command); });
}

void add_clients(CLI::App& app, Exit& exit) {
  auto* const clients = app.add_subcommand("clients", "The clients that are paired: lists them, or removes one");
  clients->require_subcommand(0, 1);
  auto listing = std::make_shared<ClientsCommand>();
  add_common(*clients, listing->common, true);
  clients->callback([clients, listing, &exit] {
    if (clients->get_subcommands().empty()) exit = run(*listing);
  });
  auto* const list = clients->add_subcommand("list", "List them");
  add_common(*list, listing->common, true);
  list->callback([listing, &exit] { exit = run(*listing); });
  auto removal = std::make_shared<ClientsCommand>();
  auto* const remove = clients->add_subcommand("remove", "Take a client's pairing back; its session ends at once");
  add_common(*remove, removal->common, true);
  remove->add_option("who", removal->remove, "Its name, or the first digits of its fingerprint")->required();
  remove->callback([removal, &exit] { exit = run(*removal); });
}

void add_status(CLI::App& app, Exit& exit) {
  auto* const sub = app.add_subcommand("status", "What the running host is doing");
  auto command = std::make_shared<StatusCommand>();
  add_common(*sub, command->common, true);
  sub->callback([command, &exit] { exit = run(*command); });
}

void add_doctor(CLI::App& app, Exit& exit) {
  auto* const sub = app.add_subcommand("doctor", "What is there, what is missing, and what mends it");
  auto command = std::make_shared<DoctorCommand>();
  add_common(*sub, command->common, true);
  sub->callback([command, &exit] { exit = run(*command); });
}

int main(int argc, char** argv) {
  CLI::App app("Stream this machine's desktop to punktfunk clients.", "punktfunk-host");
  app.set_version_flag("--version", pf::software_name());
  app.require_subcommand(1);
  Exit exit = Exit::ok;
  add_serve(app, exit);
  add_pair(app, exit);
  add_clients(app, exit);
  add_status(app, exit);
  add_doctor(app, exit);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    // A word that is no command goes unread, and CLI11 only says that there was none.
    const auto named = [&](const CLI::App* command) { return command->get_name() == argv[1]; };
    if (argc < 2 || argv[1][0] == '-' || !app.get_subcommands(named).empty()) {
      app.exit(error);
      return static_cast<int>(Exit::usage);
    }
    fmt::print(stderr, "punktfunk-host: there is no command '{}'; 'punktfunk-host --help' lists them\n", argv[1]);
    return static_cast<int>(Exit::usage);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::usage);
  }
  return static_cast<int>(exit);
}

}  // namespace

Exit complain(const Error& error, Exit exit) {
  fmt::print(stderr, "punktfunk-host: {}\n", error.message);
  return exit;
}

Result<HostConfig> find_config(const std::string& named, const HostPaths& paths) {
  if (!named.empty()) return load_config(named);
  std::error_code ec;
  if (std::filesystem::exists(paths.config, ec)) return load_config(paths.config);
  return parse_config("", "the defaults");
}

}  // namespace pf::host

int main(int argc, char** argv) {
  try {
    return pf::host::main(argc, argv);
  } catch (const std::exception& error) {
    // Errors are values here; what is left is memory running out, and defects.
    std::fputs("punktfunk-host: an unexpected error: ", stderr);
    std::fputs(error.what(), stderr);
    std::fputs("\n", stderr);
    return 1;
  }
}
