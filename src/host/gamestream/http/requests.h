// What Moonlight asks before and after it streams: who this host is, pairing, the list of apps, launch, resume, quit.
// docs/gamestream.md, "HTTP".
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "control/trust/trust_store.h"
#include "host/gamestream/apps/app.h"
#include "host/gamestream/http/http_message.h"
#include "host/gamestream/launch.h"
#include "host/gamestream/pairing/pairing_desk.h"

namespace pf::host::gamestream {

/// Bits of ServerCodecModeSupport.
struct CodecModes {
  static constexpr std::uint32_t h264 = 0x1;
  static constexpr std::uint32_t hevc = 0x100;
  static constexpr std::uint32_t hevc_main10 = 0x200;
  static constexpr std::uint32_t av1_main8 = 0x10000;
  static constexpr std::uint32_t av1_main10 = 0x20000;
};

/// What a client is told of this host.
struct HostFacts {
  std::string name;
  std::string id;  // stays the same for ever
  std::uint16_t http_port = 47989;
  std::uint16_t https_port = 47984;
  std::uint32_t codec_modes = CodecModes::h264;
  /// The hardware address of the interface that has this address, to wake the host by: "00:11:22:33:44:55". Empty: it
  /// is not told.
  std::function<std::string(const std::string& local)> hardware_address;
};

/// Any thread. Over plain HTTP a client learns who the host is, and pairs. All else takes a certificate that is in the
/// trust store at the time of the request, byte for byte.
class Requests {
 public:
  struct Services {
    PairingDesk& pairing;
    control::TrustStore& trust;
    LaunchBoard& sessions;
    std::function<std::shared_ptr<const AppList>()> apps;  // as listed now
    std::function<void(const std::string&)> log;           // sentences; may be empty
  };
  Requests(HostFacts facts, Services services) : facts_(std::move(facts)), services_(std::move(services)) {}

  /// Answers at once, but for the first step of a pairing.
  void answer(const HttpRequest& request, const Respond& respond);

 private:
  HttpResponse server_info(const HttpRequest& request) const;
  void pair(const HttpRequest& request, const Respond& respond);
  HttpResponse unpair(const HttpRequest& request);
  [[nodiscard]] bool has_hdr() const;
  HttpResponse app_list() const;
  HttpResponse app_asset(const HttpRequest& request) const;
  HttpResponse launch(const HttpRequest& request, const control::TrustedPeer& client, bool resume);
  HttpResponse cancel(const control::TrustedPeer& client);
  [[nodiscard]] std::optional<control::TrustedPeer> client_of(const HttpRequest& request) const;
  void log(const std::string& sentence) const;

  const HostFacts facts_;
  const Services services_;
};

}  // namespace pf::host::gamestream
