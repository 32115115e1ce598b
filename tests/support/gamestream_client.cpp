#include "support/gamestream_client.h"

#include <enet/enet.h>
#include <openssl/evp.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>

namespace pf::test {
namespace {

constexpr std::size_t packet_size = 512;
constexpr std::size_t tag_size = 16;
constexpr std::uint8_t control_channels = 48;
constexpr std::size_t most_sound_blocks = 32;  // that are remembered

using Text = std::vector<std::byte>;

std::uint32_t big(const std::byte* at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | std::to_integer<std::uint32_t>(at[i]);
  return value;
}

void append(Text& to, std::uint64_t value, std::size_t size, bool big_endian) {
  for (std::size_t i = 0; i < size; ++i)
    to.push_back(static_cast<std::byte>(value >> 8 * (big_endian ? size - 1 - i : i)));
}

/// AES-128-GCM with a 12-byte IV: sequence, sender and stream.
class Gcm {
 public:
  Gcm(const GameStreamKey& key, std::uint32_t sequence, char sender, char stream) : key_(key) {
    for (std::size_t i = 0; i < 4; ++i) iv_[i] = static_cast<unsigned char>(sequence >> (8 * i));
    iv_[10] = static_cast<unsigned char>(sender);
    iv_[11] = static_cast<unsigned char>(stream);
  }
  Gcm(const GameStreamKey& key, const std::byte* iv) : key_(key) {
    for (std::size_t i = 0; i < iv_.size(); ++i) iv_[i] = std::to_integer<unsigned char>(iv[i]);
  }
  /// Tag, then text.
  [[nodiscard]] Text seal(const Text& text) const {
    Text out(tag_size + text.size());
    const auto context = begin(true);
    int size = 0;
    EVP_CipherUpdate(context.get(), raw(out.data() + tag_size), &size, raw(text.data()), static_cast<int>(text.size()));
    EVP_CipherFinal_ex(context.get(), raw(out.data() + tag_size) + size, &size);
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_size, out.data());
    return out;
  }
  [[nodiscard]] std::optional<Text> open(const std::byte* tag, const std::byte* sealed, std::size_t length) const {
    Text out(length);
    Text copy(tag, tag + tag_size);
    const auto context = begin(false);
    int size = 0;
    EVP_CipherUpdate(context.get(), raw(out.data()), &size, raw(sealed), static_cast<int>(length));
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_size, copy.data());
    if (EVP_CipherFinal_ex(context.get(), raw(out.data()) + size, &size) != 1) return std::nullopt;
    return out;
  }

 private:
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  static unsigned char* raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
  static const unsigned char* raw(const std::byte* bytes) { return reinterpret_cast<const unsigned char*>(bytes); }
  [[nodiscard]] std::unique_ptr<EVP_CIPHER_CTX, Free> begin(bool encrypt) const {
    std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
    EVP_CipherInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, raw(key_.data()), iv_.data(), encrypt ? 1 : 0);
    return context;
  }
  GameStreamKey key_;
  std::array<unsigned char, 12> iv_{};
};

std::string header(const std::string& response, const std::string& name) {
  const auto at = response.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 4;
  return response.substr(begin, response.find("\r\n", begin) - begin);
}

int status(const std::string& response) {
  return response.starts_with("RTSP/1.0 ") ? std::stoi(response.substr(9)) : 0;
}

}  // namespace

std::string exchange_rtsp(std::uint16_t port, const std::string& bytes, bool v6) {
  namespace asio = boost::asio;
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  boost::system::error_code ec;
  const asio::ip::address to =
      v6 ? asio::ip::address(asio::ip::address_v6::loopback()) : asio::ip::address_v4::loopback();
  socket.connect({to, port}, ec);
  if (!ec) asio::write(socket, asio::buffer(bytes), ec);
  std::string answer;
  asio::read(socket, asio::dynamic_buffer(answer), ec);  // until the host closes
  return answer;
}

GameStreamClient::GameStreamClient(GameStreamClientOptions options)
    : options_(std::move(options)), assembler_(packet_size) {
  options_.host.port = 0;
  video_ = net::UdpSocket::bind(options_.host).value();
  sound_ = net::UdpSocket::bind(options_.host).value();
}

GameStreamClient::~GameStreamClient() {
  for (auto& thread : threads_) thread.request_stop();
  video_->interrupt();
  sound_->interrupt();
  threads_.clear();
  if (enet_ != nullptr) enet_host_destroy(enet_);
}

std::optional<std::string> GameStreamClient::request(const std::string& method, const std::string& target,
                                                     const std::string& body) {
  std::string text = method + " " + target + " RTSP/1.0\r\nCSeq: " + std::to_string(++cseq_) + "\r\n";
  if (!body.empty()) text += "Content-length: " + std::to_string(body.size()) + "\r\n";
  text += "\r\n" + body;
  if (!options_.sealed) return exchange_rtsp(options_.rtsp, text, is_v6());

  ++rtsp_sequence_;
  const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
  Text sealed;
  append(sealed, 0x80000000U | text.size(), 4, true);
  append(sealed, rtsp_sequence_, 4, true);
  for (const auto byte : Gcm(options_.key, rtsp_sequence_, 'C', 'R').seal(Text(bytes, bytes + text.size())))
    sealed.push_back(byte);
  const auto answer =
      exchange_rtsp(options_.rtsp, {reinterpret_cast<const char*>(sealed.data()), sealed.size()}, is_v6());
  if (answer.size() < 24) return std::nullopt;
  const auto* from = reinterpret_cast<const std::byte*>(answer.data());
  const auto opened = Gcm(options_.key, big(from + 4, 4), 'H', 'R').open(from + 8, from + 24, answer.size() - 24);
  if (!opened) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(opened->data()), opened->size());
}

std::string GameStreamClient::announcement() const {
  const auto line = [](const std::string& name, std::uint64_t value) {
    return "a=" + name + ":" + std::to_string(value) + " \r\n";
  };
  return "v=0\r\n" + line("x-nv-video[0].clientViewportWd", options_.mode.width) +
         line("x-nv-video[0].clientViewportHt", options_.mode.height) +
         line("x-nv-video[0].maxFPS", options_.mode.refresh_mhz / 1000) +
         line("x-nv-video[0].packetSize", packet_size) + line("x-nv-vqos[0].fec.minRequiredFecPackets", 2) +
         line("x-ml-video.configuredBitrateKbps", 5000) + line("x-ml-general.featureFlags", 3) +
         line("x-nv-video[0].encoderCscMode", options_.csc_mode) +
         line("x-nv-video[0].maxNumReferenceFrames", options_.max_references) +
         line("x-nv-vqos[0].qosTrafficType", options_.marked_media ? 5 : 0) +
         line("x-nv-aqos.qosTrafficType", options_.marked_media ? 4 : 0) +
         line("x-nv-audio.surround.numChannels", options_.channels) +
         line("x-ss-general.encryptionEnabled", options_.encrypted_media ? 7 : 1) + "t=0 0\r\n";
}

int GameStreamClient::negotiate() {
  if (const auto no = status(request("OPTIONS", "rtsp://0.0.0.0").value_or("")); no != 200) return no;
  const auto described = request("DESCRIBE", "rtsp://0.0.0.0").value_or("");
  if (const auto no = status(described); no != 200) return no;
  change([&](Seen& seen) { seen.described = described; });
  for (const std::string stream : {"audio", "video", "control"}) {
    const auto answer = request("SETUP", "streamid=" + stream + "/0/0").value_or("");
    if (status(answer) != 200) return status(answer);
    const auto transport = header(answer, "Transport");
    ports_[stream] = static_cast<std::uint16_t>(std::stoi(transport.substr(transport.find('=') + 1)));
    if (stream == "control")
      connect_data_ = static_cast<std::uint32_t>(std::stoul(header(answer, "X-SS-Connect-Data")));
    else
      ping_token_ = header(answer, "X-SS-Ping-Payload");
  }
  if (const auto no = status(request("ANNOUNCE", "streamid=control/13/0", announcement()).value_or("")); no != 200)
    return no;
  return status(request("PLAY", "/").value_or(""));
}

net::Address GameStreamClient::route(std::uint16_t port) const {
  if (options_.via) return options_.via(port);
  auto to = options_.host;
  to.port = port;
  return to;
}

void GameStreamClient::ping(net::UdpSocket& socket, std::uint16_t port) {
  const auto* token = reinterpret_cast<const std::byte*>(ping_token_.data());
  Text bytes(token, token + ping_token_.size());
  append(bytes, ++ping_sequence_, 4, true);
  (void)socket.send(route(port), {}, bytes);
}

bool GameStreamClient::connect() {
  ping(*video_, ports_.at("video"));
  ping(*sound_, ports_.at("audio"));
  threads_.emplace_back([this](const std::stop_token& stop) { receive_video(stop); });
  threads_.emplace_back([this](const std::stop_token& stop) { receive_sound(stop); });

  const auto control = route(ports_.at("control"));
  if (control.family == net::Address::Family::v6) return true;
  enet_ = enet_host_create(nullptr, 1, control_channels, 0, 0);
  ENetAddress address{};
  enet_address_set_host_ip(&address, "127.0.0.1");
  address.port = control.port;
  peer_ = enet_host_connect(enet_, &address, control_channels, connect_data_);
  ENetEvent event{};
  if (enet_host_service(enet_, &event, 3000) <= 0 || event.type != ENET_EVENT_TYPE_CONNECT) return false;
  threads_.emplace_back([this](const std::stop_token& stop) { run_control(stop); });
  return true;
}

void GameStreamClient::leave() {
  const std::scoped_lock lock(control_mutex_);
  enet_peer_disconnect(peer_, 0);
  enet_host_flush(enet_);
}

void GameStreamClient::send(std::uint16_t type, const std::vector<std::byte>& payload, std::uint8_t channel) {
  const std::scoped_lock lock(control_mutex_);
  Text text;
  append(text, type, 2, false);
  append(text, payload.size(), 2, false);
  text.insert(text.end(), payload.begin(), payload.end());
  const auto sequence = control_sequence_++;
  const auto sealed = Gcm(options_.key, sequence, 'C', 'C').seal(text);
  Text out;
  append(out, 1, 2, false);
  append(out, 4 + sealed.size(), 2, false);
  append(out, sequence, 4, false);
  out.insert(out.end(), sealed.begin(), sealed.end());
  enet_peer_send(peer_, channel, enet_packet_create(out.data(), out.size(), ENET_PACKET_FLAG_RELIABLE));
  enet_host_flush(enet_);
}

void GameStreamClient::input(const std::vector<std::byte>& packet) {
  Text sized;
  append(sized, packet.size(), 4, true);
  sized.insert(sized.end(), packet.begin(), packet.end());
  send(0x0206, sized, 3);
}

template <class How>
void GameStreamClient::change(How how) {
  const std::scoped_lock lock(mutex_);
  how(seen_);
  changed_.notify_all();
}

void GameStreamClient::receive_video(const std::stop_token& stop) {
  net::ReceiveBatch batch;
  while (!stop.stop_requested()) {
    if (!video_->receive(batch, milliseconds{100})) continue;
    for (const auto& datagram : batch.datagrams()) {
      change([&](Seen& seen) { seen.video_marks.insert(static_cast<unsigned>(datagram.dscp)); });
      try {
        std::span<const std::byte> packet = datagram.payload;
        std::optional<Text> opened;
        if (options_.encrypted_media) {
          opened = Gcm(options_.key, packet.data()).open(packet.data() + 16, packet.data() + 32, packet.size() - 32);
          if (!opened) throw std::runtime_error("a video packet does not open");
          packet = *opened;
        }
        const auto frame = assembler_.add(packet);
        if (!frame) continue;
        change([&](Seen& seen) {
          if (seen.frames++ == 0) seen.first_frame = frame->number;
          seen.keyframes += frame->kind == 2 ? 1U : 0U;
          seen.repairs += frame->kind == 5 ? 1U : 0U;
          seen.rebuilt_packets += frame->rebuilt;
          seen.last_frame = frame->number;
          seen.last_unit = frame->data;
        });
      } catch (const std::exception& broken) {
        change([&](Seen& seen) { seen.broken = broken.what(); });
      }
    }
  }
}

void GameStreamClient::receive_sound(const std::stop_token& stop) {
  net::ReceiveBatch batch;
  while (!stop.stop_requested()) {
    if (!sound_->receive(batch, milliseconds{100})) continue;
    for (const auto& datagram : batch.datagrams()) {
      change([&](Seen& seen) { seen.sound_marks.insert(static_cast<unsigned>(datagram.dscp)); });
      on_sound(datagram.payload);
    }
  }
}

// A block counts when four of its six packets are there.
void GameStreamClient::on_sound(std::span<const std::byte> packet) {
  if (packet.size() < 24) return;
  const bool parity = packet[1] == std::byte{127};
  const auto sequence = big(packet.data() + (parity ? 14 : 2), 2);
  const auto first = sequence / 4 * 4;
  const std::size_t place = parity ? 4 + std::to_integer<std::size_t>(packet[12]) : sequence % 4;
  auto& block = sound_blocks_[first];
  if (sound_blocks_.size() > most_sound_blocks && first != sound_blocks_.begin()->first)
    sound_blocks_.erase(sound_blocks_.begin());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(packet.data());
  block.at(place) = Shard(bytes + (parity ? 24 : 12), bytes + packet.size());
  std::size_t there = 0;
  for (const auto& shard : block) there += shard ? 1U : 0U;
  if (there != 4) return;
  std::vector<std::optional<Shard>> data(block.begin(), block.begin() + 4);
  const std::vector<std::optional<Shard>> redundancy(block.begin() + 4, block.end());
  std::size_t missing = 0;
  for (const auto& shard : data) missing += shard ? 0U : 1U;
  if (!rebuild(sound_matrix(), data, redundancy)) return;
  change([&](Seen& seen) {
    seen.sound_packets += 4;
    seen.rebuilt_sound += missing;
  });
}

void GameStreamClient::run_control(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    ENetEvent event{};
    bool any = false;
    {
      const std::scoped_lock lock(control_mutex_);
      any = enet_host_service(enet_, &event, 0) > 0;
    }
    if (!any) {
      enet_uint32 condition = ENET_SOCKET_WAIT_RECEIVE;
      enet_socket_wait(enet_->socket, &condition, 10);
      continue;
    }
    if (event.type == ENET_EVENT_TYPE_DISCONNECT) change([](Seen& seen) { seen.disconnected = true; });
    if (event.type != ENET_EVENT_TYPE_RECEIVE) continue;
    const auto* data = reinterpret_cast<const std::byte*>(event.packet->data);
    on_control(Text(data, data + event.packet->dataLength));
    enet_packet_destroy(event.packet);
  }
}

void GameStreamClient::on_control(const std::vector<std::byte>& sealed) {
  if (sealed.size() < 28) return;
  const auto little = [](const std::byte* at) {
    return big(at, 1) | big(at + 1, 1) << 8 | big(at + 2, 1) << 16 | big(at + 3, 1) << 24;
  };
  const auto text = Gcm(options_.key, little(sealed.data() + 4), 'H', 'C')
                        .open(sealed.data() + 8, sealed.data() + 24, sealed.size() - 24);
  if (!text) return change([](Seen& seen) { seen.broken = "a control message does not open"; });
  change([&](Seen& seen) {
    if (text->size() == 8 && (*text)[0] == std::byte{0x09} && (*text)[1] == std::byte{0x01})
      seen.termination = big(text->data() + 4, 4);
    else
      seen.messages.push_back(*text);
  });
}

GameStreamClient::Seen GameStreamClient::seen() const {
  const std::scoped_lock lock(mutex_);
  return seen_;
}

bool GameStreamClient::wait(const std::function<bool(const Seen&)>& until) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds{60}, [&] { return until(seen_); });
}

}  // namespace pf::test
