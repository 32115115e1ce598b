// A line to the local socket, from any program of the same user: always one JSON object back, on one line, and nothing
// changes but by a request that says so.
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cstdint>
#include <string_view>

#include "control/pairing/pairing.h"
#include "control/trust/trust_store.h"
#include "fuzz/require.h"
#include "host/manage/host_requests.h"
#include "host/manage/local_socket.h"
#include "support/bare_host.h"
#include "support/temporary_folder.h"

namespace {

using namespace pf;
namespace json = boost::json;

class Host {
 public:
  std::string answer(std::string_view line) {
    pairing_.close();
    if (trust_->peers().empty()) fuzz::require(trust_->add(friend_).has_value());
    return host::answer_line(line, [this](const json::object& request) { return requests_.answer(request); });
  }
  [[nodiscard]] bool pairing_open() const { return pairing_.is_open(); }
  [[nodiscard]] std::size_t peers() const { return trust_->peers().size(); }

 private:
  static host::HostServerOptions options() {
    host::HostServerOptions options;
    options.bind = net::Address::v4_loopback(0);
    options.identity = control::Identity::generate("host").value();
    options.name = "host";
    return options;
  }

  const control::TrustedPeer friend_{
      .fingerprint = control::Fingerprint{std::byte{1}}, .name = "tablet", .paired_at = 0, .address = {}};
  const test::TemporaryFolder folder_;
  const SteadyClock clock_;
  test::BarePlatform platform_;
  control::PairingWindow pairing_{{}, clock_};
  std::unique_ptr<control::TrustStore> trust_ = control::TrustStore::open(folder_.path() / "clients").value();
  std::unique_ptr<host::HostServer> server_ =
      host::HostServer::create(options(), *trust_, pairing_, platform_, clock_).value();
  host::HostRequests requests_{*server_, *trust_, pairing_, {}};
};

bool asks_for(std::string_view line, std::string_view what) {
  boost::system::error_code ec;
  const auto request = json::parse(line, ec);
  if (ec || !request.is_object()) return false;
  const auto* verb = request.as_object().if_contains("do");
  return verb != nullptr && verb->is_string() && verb->as_string() == what;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Host host;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto reply = host.answer(line);
  fuzz::require(reply.find('\n') == std::string::npos);
  const auto parsed = json::parse(reply);
  fuzz::require(parsed.is_object() && parsed.as_object().at("ok").is_bool());
  const bool done = parsed.as_object().at("ok").as_bool();
  fuzz::require(!host.pairing_open() || (done && asks_for(line, "pair")));
  fuzz::require(host.peers() == 1 || (done && asks_for(line, "remove")));
  return 0;
}
