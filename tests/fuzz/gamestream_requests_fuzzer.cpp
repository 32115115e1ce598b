// What anybody may ask of the GameStream ports: a request a line, "s" in front for HTTPS by a paired client, "x" for
// HTTPS by a stranger, "p" for a PIN that the user types in meanwhile, anything else for HTTP.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz/require.h"
#include "host/gamestream/http/requests.h"
#include "support/temporary_folder.h"

namespace {

using namespace pf;
using namespace pf::host::gamestream;

/// One session, of the paired client.
class OneSession final : public LaunchBoard {
 public:
  Result<SessionUrl> offer(const Launch& launch) override {
    app = launch.app;
    return SessionUrl{"rtsp", 48010};
  }
  std::optional<SessionView> current(const std::string&) const override {
    return app ? std::optional(SessionView{*app, SessionState::streaming}) : std::nullopt;
  }
  void end(const std::string&, EndReason) override { app.reset(); }
  std::optional<std::uint32_t> app;
};

struct World {
  World() {
    auto made = control::Identity::generate("fuzz", control::KeyKind::rsa2048);
    if (!made) std::abort();
    identity = std::move(*made);
  }
  control::Identity identity;
  test::TemporaryFolder folder;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const World world;
  auto trust = control::TrustStore::open(world.folder.path() / "clients");
  if (!trust) std::abort();
  const control::TrustedPeer paired{.fingerprint = {}, .name = "sofa", .paired_at = 0, .address = {}};
  if ((*trust)->peers().empty() && !(*trust)->add(paired)) std::abort();
  const auto before = (*trust)->peers().size();

  ManualClock clock;
  OneSession sessions;
  const auto apps = std::make_shared<const AppList>();
  PairingDesk desk(world.identity, **trust, clock, {}, [] { return std::int64_t{0}; });
  Requests requests({.name = "box", .id = "00", .hardware_address = {}},
                    {.pairing = desk, .trust = **trust, .sessions = sessions, .apps = [&] { return apps; }, .log = {}});

  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (int line = 0; line < 32 && !rest.empty(); ++line) {
    const auto end = std::min(rest.find('\n'), rest.size());
    auto text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const char kind = text.empty() ? '/' : text.front();
    if (kind == 's' || kind == 'x' || kind == 'p') text.remove_prefix(1);
    if (kind == 'p') {
      (void)desk.enter_pin(text, "", "");
      continue;
    }
    auto query = Query::parse(text);
    if (!query) continue;
    HttpRequest request{.query = std::move(*query),
                        .secure = kind == 's' || kind == 'x',
                        .remote = "192.0.2.7",
                        .local = "192.0.2.1",
                        .certificate = std::nullopt};
    if (kind == 's') request.certificate = paired.fingerprint;
    if (kind == 'x') request.certificate.emplace().fill(std::byte{1});
    const bool session_before = sessions.app.has_value();
    requests.answer(request, [](const HttpResponse& response) { fuzz::require(response.status != 0); });
    // Strangers start and end nothing.
    if (kind != 's') fuzz::require(sessions.app.has_value() == session_before);
    fuzz::require(desk.waiting().size() <= 2);
    clock.advance(std::chrono::seconds{1});
    desk.expire();
  }
  // Nobody gets into the trust store without holding a key, which this fuzzer has none of.
  fuzz::require((*trust)->peers().size() <= before);
  return 0;
}
