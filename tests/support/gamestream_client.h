// A GameStream client for tests, written from docs/gamestream.md: it shares none of the host's code for the wire, and
// its control stream is the common ENet library's.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/base/units.h"
#include "core/net/udp_socket.h"
#include "support/gamestream_video.h"

struct _ENetHost;
struct _ENetPeer;

namespace pf::test {

using GameStreamKey = std::array<std::byte, 16>;

struct GameStreamClientOptions {
  std::uint16_t rtsp = 0;
  net::Address host = net::Address::v4_loopback(0);  // its port means nothing
  bool sealed = true;                                // rtspenc
  GameStreamKey key{};
  std::int32_t key_id = 0;
  Mode mode{320, 200, 60'000};
  unsigned channels = 2;
  bool encrypted_media = false;
  unsigned csc_mode = 2;        // Rec. 709, limited
  unsigned max_references = 0;  // any number
  bool marked_media = false;    // for routers
  /// Where to send what is for this UDP port of the host; empty: there.
  std::function<net::Address(std::uint16_t port)> via;
};

/// One RTSP request to the loopback interface and its answer; empty where the host closed without one.
std::string exchange_rtsp(std::uint16_t port, const std::string& bytes, bool v6 = false);

/// Receives on threads of its own. Calls from one thread.
class GameStreamClient {
 public:
  struct Seen {
    std::size_t frames = 0;
    std::size_t keyframes = 0;
    std::size_t repairs = 0;  // frames that do without lost ones
    std::size_t rebuilt_packets = 0;
    std::uint32_t first_frame = 0;
    std::uint32_t last_frame = 0;
    std::size_t sound_packets = 0;
    std::size_t rebuilt_sound = 0;
    std::set<unsigned> video_marks;  // DSCP of what came
    std::set<unsigned> sound_marks;
    std::vector<std::uint8_t> last_unit;
    std::string described;                         // DESCRIBE's answer
    std::vector<std::vector<std::byte>> messages;  // of the control stream, but for the termination
    std::optional<std::uint32_t> termination;
    bool disconnected = false;
    std::string broken;  // what a packet did that it must not
  };

  explicit GameStreamClient(GameStreamClientOptions options);
  ~GameStreamClient();
  GameStreamClient(const GameStreamClient&) = delete;
  GameStreamClient& operator=(const GameStreamClient&) = delete;

  /// From OPTIONS to PLAY. The status of the first request that failed; 200: none did; 0: no answer.
  int negotiate();
  /// Pings, and the control stream, but where that goes to an IPv6 address, which the common ENet library does not
  /// know: `via` can lead it there. False: the host does not take it.
  bool connect();
  /// Closes the control stream, as a client does that leaves.
  void leave();
  /// A message of the control stream, sealed.
  void send(std::uint16_t type, const std::vector<std::byte>& payload, std::uint8_t channel = 0);
  /// An input packet, without its size.
  void input(const std::vector<std::byte>& packet);

  [[nodiscard]] Seen seen() const;
  /// False: not within 60 s.
  bool wait(const std::function<bool(const Seen&)>& until) const;
  [[nodiscard]] const std::string& ping_token() const { return ping_token_; }
  [[nodiscard]] std::uint16_t video_port() const { return ports_.at("video"); }
  [[nodiscard]] std::uint16_t sound_port() const { return ports_.at("audio"); }
  [[nodiscard]] std::uint16_t control_port() const { return ports_.at("control"); }

 private:
  std::optional<std::string> request(const std::string& method, const std::string& target,
                                     const std::string& body = {});
  [[nodiscard]] std::string announcement() const;
  [[nodiscard]] bool is_v6() const { return options_.host.family == net::Address::Family::v6; }
  [[nodiscard]] net::Address route(std::uint16_t port) const;
  void ping(net::UdpSocket& socket, std::uint16_t port);
  void receive_video(const std::stop_token& stop);
  void receive_sound(const std::stop_token& stop);
  void on_sound(std::span<const std::byte> packet);
  void run_control(const std::stop_token& stop);
  void on_control(const std::vector<std::byte>& sealed);
  template <class How>
  void change(How how);

  GameStreamClientOptions options_;
  std::uint32_t rtsp_sequence_ = 0;
  std::uint32_t ping_sequence_ = 0;
  int cseq_ = 0;
  std::map<std::string, std::uint16_t> ports_;
  std::string ping_token_;
  std::uint32_t connect_data_ = 0;

  std::unique_ptr<net::UdpSocket> video_;
  std::unique_ptr<net::UdpSocket> sound_;
  VideoAssembler assembler_;
  std::map<std::uint32_t, std::array<std::optional<Shard>, 6>> sound_blocks_;
  std::mutex control_mutex_;
  _ENetHost* enet_ = nullptr;
  _ENetPeer* peer_ = nullptr;
  std::uint32_t control_sequence_ = 0;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Seen seen_;
  std::vector<std::jthread> threads_;
};

}  // namespace pf::test
