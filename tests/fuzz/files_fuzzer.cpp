// The files that a user or another program may have written: the trust store, the list of outputs that a killed host
// left, the list of apps, and the host's configuration, told apart by the first byte.
#include <fstream>
#include <string_view>

#include "control/trust/trust_store.h"
#include "fuzz/require.h"
#include "host/cli/apps_file.h"
#include "host/cli/config.h"
#include "host/linux/display/output_ledger.h"
#include "support/temporary_folder.h"

namespace {

using namespace pf;

void check_trust_store(std::string_view text) {
  static const test::TemporaryFolder folder;
  const auto file = folder.path() / "clients";
  std::filesystem::remove(file);
  std::ofstream(file, std::ios::binary) << text;
  std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto store = control::TrustStore::open(file);
  if (!store) return;
  for (const auto& peer : (*store)->peers()) fuzz::require((*store)->find(peer.fingerprint).has_value());
}

void check_ledger(std::string_view text) {
  static const test::TemporaryFolder folder;
  std::ofstream(folder.path() / "outputs.2147483647", std::ios::binary) << text;  // of a process that cannot run
  host::OutputLedger ledger(folder.path(), "sway");
  const auto adopted = ledger.adopt_orphans();
  fuzz::require(adopted.size() <= 256 && ledger.own().size() <= adopted.size());
  for (const auto& name : adopted) ledger.remove(name);
  fuzz::require(ledger.own().empty());
}

void check_apps(std::string_view text) {
  const auto list = host::parse_apps(text, "/folder", "fuzz");
  if (!list) return fuzz::require(!list.error().message.empty());
  fuzz::require(!list->apps().empty() && list->apps().size() <= 257);
  for (const auto& app : list->apps()) {
    fuzz::require(!app.name.empty() && list->find(app.id) == &app);
    fuzz::require(app.command.empty() || !app.command.front().empty());
  }
}

void check_config(std::string_view text) {
  const auto config = host::parse_config(text, "fuzz");
  if (!config) fuzz::require(!config.error().message.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 't')
    check_trust_store(text);
  else if (data[0] == 'o')
    check_ledger(text);
  else if (data[0] == 'a')
    check_apps(text);
  else
    check_config(text);
  return 0;
}
