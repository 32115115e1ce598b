// The C ABI called by a program that knows nothing: any function in any order, with NULL, sizes of older and newer
// headers and none, numbers out of bounds, and text of any bytes; on a host and a client that stream to each other over
// the loopback interface. Each call comes back with a documented result, and writes nothing behind what it was given.
#include <punktfunk/punktfunk.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "core/wire/bytes.h"
#include "fuzz/require.h"
#include "support/sized.h"

namespace {

using pf::fuzz::require;
using pf::wire::Reader;

constexpr std::uint8_t canary = 0xC5;
constexpr std::size_t behind = 64;  // bytes that are watched behind a struct

void check(punktfunk_result result) {
  require(result <= PUNKTFUNK_OK && result >= PUNKTFUNK_ERROR_INTERNAL);
  require(result != PUNKTFUNK_ERROR_INTERNAL);
}

/// A struct of any size for the library to fill in.
template <class S>
class Out {
 public:
  explicit Out(Reader& in) : bytes_(sizeof(S) + behind, canary) {
    const auto choice = in.read<std::uint8_t>();
    size_ = choice < 128 ? sizeof(S) : in.read<std::uint16_t>() % (bytes_.size() + 1);
    null_ = choice == 255;
    set_size();
  }
  ~Out() {
    const auto watched = std::max<std::size_t>(size_, sizeof(std::uint32_t));
    require(std::all_of(bytes_.begin() + static_cast<std::ptrdiff_t>(watched), bytes_.end(),
                        [](std::uint8_t b) { return b == canary; }));
    std::uint32_t size = 0;
    std::memcpy(&size, bytes_.data(), sizeof(size));
    require(size == size_);
  }
  Out(const Out&) = delete;
  Out& operator=(const Out&) = delete;
  S* get() { return null_ ? nullptr : reinterpret_cast<S*>(bytes_.data()); }

 private:
  void set_size() {
    const auto size = static_cast<std::uint32_t>(size_);
    std::memcpy(bytes_.data(), &size, sizeof(size));
  }
  std::vector<std::uint8_t> bytes_;
  std::size_t size_ = 0;
  bool null_ = false;
};

/// A struct of any size with anything in it; what is a pointer is put right by `fix`.
template <class S>
class In {
 public:
  explicit In(Reader& in) : bytes_(sizeof(S) + behind, 0) {
    const auto choice = in.read<std::uint8_t>();
    std::uint32_t size = sizeof(S);
    if (choice >= 128) size = in.read<std::uint16_t>() % (bytes_.size() + 1);
    null_ = choice == 255;
    const auto filled = in.take(std::min<std::size_t>(in.read<std::uint16_t>() % (bytes_.size() + 1), in.remaining()));
    if (!filled.empty()) std::memcpy(bytes_.data(), filled.data(), filled.size());
    std::memcpy(bytes_.data(), &size, sizeof(size));
  }
  S* operator->() { return reinterpret_cast<S*>(bytes_.data()); }
  S* get() { return null_ ? nullptr : reinterpret_cast<S*>(bytes_.data()); }

 private:
  std::vector<std::uint8_t> bytes_;
  bool null_ = false;
};

using pf::test::sized;

/// A host and its client, in the middle of a session.
class World {
 public:
  World() {
    auto host_options = sized<punktfunk_host_options>();
    host_options.address = "127.0.0.1:0";
    host_options.repairs = 1;
    require(punktfunk_host_create(&host_options, &host, nullptr) == PUNKTFUNK_OK);
    std::array<char, PUNKTFUNK_ADDRESS_SIZE> where{};
    std::size_t size = where.size();
    require(punktfunk_host_address(host, where.data(), &size) == PUNKTFUNK_OK);
    address = where.data();

    auto client_options = sized<punktfunk_client_options>();
    client_options.name = "viewer";
    require(punktfunk_client_create(&client_options, &client, nullptr) == PUNKTFUNK_OK);
    size = 0;
    require(punktfunk_client_identity(client, nullptr, &size) == PUNKTFUNK_ERROR_BUFFER);
    identity.resize(size);
    require(punktfunk_client_identity(client, identity.data(), &size) == PUNKTFUNK_OK);
    // On a machine that has other work, either may take longer than they wait.
    require(in_some_tries([&] { return pair(); }));
    require(punktfunk_cancel_create(&cancelled) == PUNKTFUNK_OK);
    punktfunk_cancel_trigger(cancelled);
    require(in_some_tries([&] { return connect(); }));
  }
  ~World() {
    punktfunk_session_destroy(session);
    punktfunk_cancel_destroy(cancelled);
    punktfunk_client_destroy(client);
    punktfunk_host_destroy(host);
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  punktfunk_host* host = nullptr;
  punktfunk_client* client = nullptr;
  punktfunk_session* session = nullptr;
  punktfunk_cancel* cancelled = nullptr;
  std::uint64_t number = 0;  // the session's
  std::string address;
  std::string identity;
  bool over = false;

 private:
  template <class Try>
  static bool in_some_tries(Try attempt) {
    for (int i = 0; i < 20; ++i) {
      if (attempt() == PUNKTFUNK_OK) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{1100});  // one attempt to pair a second is allowed
    }
    return false;
  }
  punktfunk_result pair() {
    require(punktfunk_host_open_pairing(host, "4711", 60, nullptr, nullptr) == PUNKTFUNK_OK);
    return punktfunk_client_pair(client, address.c_str(), "4711", nullptr, nullptr, nullptr);
  }
  punktfunk_result connect() {
    const std::jthread embedder([this](const std::stop_token& stop) {
      auto event = sized<punktfunk_host_event>();
      while (!stop.stop_requested()) {
        if (punktfunk_host_next_event(host, 10, &event) != PUNKTFUNK_OK) continue;
        if (event.kind != PUNKTFUNK_HOST_EVENT_SESSION_WANTED) continue;
        number = event.session;
        check(punktfunk_host_accept(host, number));
      }
    });
    auto options = sized<punktfunk_connect_options>();
    options.address = address.c_str();
    options.hides = 1;
    return punktfunk_client_connect(client, &options, nullptr, &session, nullptr);
  }
};

/// What one call is made with.
class Caller {
 public:
  Caller(World& world, Reader& in) : world_(world), in_(in) {}

  void call() {
    switch (in_.read<std::uint8_t>() % 30) {
      case 0: return identity();
      case 1: return lists();
      case 2: return add_host();
      case 3: return check(punktfunk_client_forget_host(client(), stranger(), error().get()));
      case 4: return create_client();
      case 5: return create_host();
      case 6: return blocking();
      case 7: return speed_test();
      case 8: return get<punktfunk_session_info>(punktfunk_session_info_get, session());
      case 9: return get<punktfunk_session_stats>(punktfunk_session_stats_get, session());
      case 10: return get<punktfunk_host_stats>(punktfunk_host_stats_get, host());
      case 11: return video();
      case 12: return audio();
      case 13: return session_event();
      case 14: return host_event();
      case 15: return input();
      case 16: return reconfigure();
      case 17: return check(punktfunk_session_set_bitrate(session(), in_.read<std::uint64_t>()));
      case 18: return check(punktfunk_session_request_keyframe(session()));
      case 19: return check(punktfunk_session_report(session(), in_.read<std::uint64_t>(), in_.read<std::uint64_t>()));
      case 20: return submit();
      case 21: return submit_opus();
      case 22: return submit_pcm();
      case 23: return feel();
      case 24: return check(punktfunk_host_accept(host(), number()));
      case 25: return check(punktfunk_host_refuse(host(), number(), text()));
      case 26: return pairing();
      case 27: return check(punktfunk_host_remove_client(host(), stranger(), error().get()));
      case 28: return discovery();
      default: return general();
    }
  }

 private:
  bool sometimes() { return in_.read<std::uint8_t>() > 240; }
  punktfunk_client* client() { return sometimes() ? nullptr : world_.client; }
  punktfunk_host* host() { return sometimes() ? nullptr : world_.host; }
  punktfunk_session* session() { return sometimes() ? nullptr : world_.session; }
  std::uint64_t number() { return sometimes() ? in_.read<std::uint64_t>() : world_.number; }
  Out<punktfunk_error> error() { return Out<punktfunk_error>(in_); }

  /// NULL, or up to 255 bytes and the 0 behind them.
  const char* text() {
    if (sometimes()) return nullptr;
    auto& kept = texts_.emplace_back(
        std::make_unique<std::string>(in_.take_text(std::min<std::size_t>(in_.read<std::uint8_t>(), in_.remaining()))));
    return kept->c_str();
  }
  /// Text that names neither of the world's two.
  const char* stranger() {
    const auto* given = text();
    return given != nullptr && (std::strlen(given) >= 6) ? "nobody" : given;
  }
  /// An address that asks no name service.
  const char* where() {
    static constexpr std::array<const char*, 7> some{nullptr,           "",     ":",      "127.0.0.1:0",
                                                     "127.0.0.1:99999", "[::1", "[::1]:0"};
    const auto choice = in_.read<std::uint8_t>();
    return choice < 128 ? world_.address.c_str() : some[choice % some.size()];
  }
  const char* pem() {
    const auto choice = in_.read<std::uint8_t>();
    return choice < 128 ? world_.identity.c_str() : text() == nullptr ? "" : texts_.back()->c_str();
  }

  void identity() {
    std::vector<char> buffer(in_.read<std::uint16_t>() % 4096, 'x');
    std::size_t size = buffer.size();
    const auto result = sometimes() ? punktfunk_host_address(host(), buffer.data(), &size)
                                    : punktfunk_client_identity(client(), buffer.data(), &size);
    check(result);
    if (result == PUNKTFUNK_OK) require(size <= buffer.size() && buffer[size - 1] == '\0');
    if (result == PUNKTFUNK_ERROR_BUFFER) require(size > buffer.size());
    check(punktfunk_client_identity(client(), nullptr, sometimes() ? nullptr : &size));
    std::array<char, PUNKTFUNK_FINGERPRINT_SIZE> fingerprint{};
    check(punktfunk_client_fingerprint(client(), sometimes() ? nullptr : fingerprint.data()));
    check(punktfunk_host_fingerprint(host(), sometimes() ? nullptr : fingerprint.data()));
  }
  void lists() {
    std::size_t count = in_.read<std::uint8_t>() % 2u;
    Out<punktfunk_peer> peer(in_);
    check(sometimes() ? punktfunk_host_clients(host(), peer.get(), &count)
                      : punktfunk_client_hosts(client(), peer.get(), sometimes() ? nullptr : &count));
  }
  void add_host() {
    In<punktfunk_peer> peer(in_);
    const auto result = punktfunk_client_add_host(client(), peer.get(), error().get());
    check(result);
    if (result != PUNKTFUNK_OK) return;
    const std::string fingerprint(peer->fingerprint, strnlen(peer->fingerprint, PUNKTFUNK_FINGERPRINT_SIZE - 1));
    check(punktfunk_client_forget_host(world_.client, fingerprint.c_str(), nullptr));
  }
  void create_client() {
    In<punktfunk_client_options> options(in_);
    options->name = text();
    options->state_folder = nullptr;
    options->identity_pem = pem();
    punktfunk_client* made = nullptr;
    check(punktfunk_client_create(options.get(), sometimes() ? nullptr : &made, error().get()));
    punktfunk_client_destroy(made);
  }
  /// It never comes to listen: there is no such codec.
  void create_host() {
    In<punktfunk_host_options> options(in_);
    options->name = text();
    options->address = where();
    options->state_folder = nullptr;
    options->identity_pem = pem();
    options->on_event = nullptr;
    options->codecs |= 1u << 31;
    punktfunk_host* made = nullptr;
    require(punktfunk_host_create(options.get(), &made, error().get()) != PUNKTFUNK_OK && made == nullptr);
  }
  /// Called off before they begin.
  void blocking() {
    if (sometimes())
      return check(punktfunk_client_pair(client(), where(), text(), world_.cancelled, Out<punktfunk_peer>(in_).get(),
                                         error().get()));
    In<punktfunk_connect_options> options(in_);
    options->host = text();
    options->address = where();
    options->on_video = nullptr;
    options->on_audio = nullptr;
    options->on_event = nullptr;
    punktfunk_session* made = nullptr;
    require(punktfunk_client_connect(client(), options.get(), world_.cancelled, &made, error().get()) != PUNKTFUNK_OK);
    require(made == nullptr);
  }
  void speed_test() {
    In<punktfunk_speed_options> options(in_);
    options->host = text();
    options->address = where();
    options->on_result = nullptr;
    punktfunk_speed_test* test = nullptr;
    check(punktfunk_speed_test_start(client(), options.get(), sometimes() ? nullptr : &test, error().get()));
    check(punktfunk_speed_test_wait(test, 0, Out<punktfunk_speed_result>(in_).get()));
    punktfunk_speed_test_destroy(test);
  }
  template <class S, class Get, class Handle>
  void get(Get function, Handle* handle) {
    Out<S> out(in_);
    check(function(handle, out.get()));
  }
  void video() {
    Out<punktfunk_video_unit> unit(in_);
    const auto result = punktfunk_session_next_video(session(), 0, unit.get());
    check(result);
    if (result != PUNKTFUNK_OK) return;
    require(std::all_of(unit.get()->data, unit.get()->data + unit.get()->size, [](std::uint8_t b) { return b == 7; }));
    release(unit, punktfunk_video_unit_release);
  }
  void audio() {
    Out<punktfunk_audio_packet> packet(in_);
    const auto result = punktfunk_session_next_audio(session(), 0, packet.get());
    check(result);
    if (result == PUNKTFUNK_OK) release(packet, punktfunk_audio_packet_release);
  }
  template <class S, class Release>
  void release(Out<S>& out, Release function) {
    function(out.get());
    function(out.get());
    require(out.get()->data == nullptr);
  }
  void session_event() {
    Out<punktfunk_session_event> event(in_);
    const auto result = punktfunk_session_next_event(session(), 0, event.get());
    check(result);
    world_.over = world_.over || result == PUNKTFUNK_ERROR_CLOSED;
  }
  void host_event() {
    Out<punktfunk_host_event> event(in_);
    check(punktfunk_host_next_event(host(), 0, event.get()));
  }
  void input() {
    In<punktfunk_input> input(in_);
    check(punktfunk_session_input(session(), input.get()));
  }
  void reconfigure() {
    In<punktfunk_reconfigure_options> options(in_);
    if (!sometimes()) options->mode = {in_.read<std::uint32_t>() % 9000, in_.read<std::uint32_t>() % 9000, 60'000};
    std::uint32_t request = 0;
    check(punktfunk_session_reconfigure(session(), options.get(), sometimes() ? nullptr : &request));
  }
  void submit() {
    const std::vector<std::uint8_t> data(in_.read<std::uint16_t>(), 7);
    In<punktfunk_host_unit> unit(in_);
    unit->data = sometimes() ? nullptr : data.data();
    unit->size = data.size();
    if (!sometimes()) unit->width = unit->height = 100;
    check(punktfunk_host_submit_video(host(), number(), unit.get()));
  }
  void submit_opus() {
    const std::vector<std::uint8_t> data(in_.read<std::uint16_t>() % 2048, 7);
    check(punktfunk_host_submit_opus(host(), number(), sometimes() ? nullptr : data.data(), data.size(),
                                     in_.read<std::uint64_t>()));
  }
  void submit_pcm() {
    const std::vector<float> samples(sometimes() ? in_.read<std::uint16_t>() % 4096 : 480, 0.5f);
    check(punktfunk_host_submit_pcm(host(), number(), sometimes() ? nullptr : samples.data(), samples.size(),
                                    in_.read<std::uint64_t>()));
  }
  void feel() {
    const auto pad = in_.read<std::uint8_t>();
    check(punktfunk_host_rumble(host(), number(), pad, in_.read<std::uint16_t>(), 0, 0, 65'535));
    check(punktfunk_host_light(host(), number(), in_.read<std::uint8_t>(), in_.read<std::uint32_t>()));
  }
  void pairing() {
    std::array<char, 16> chosen{};
    const auto result = punktfunk_host_open_pairing(host(), text(), in_.read<std::uint32_t>(),
                                                    sometimes() ? nullptr : chosen.data(), error().get());
    check(result);
    require(std::memchr(chosen.data(), 0, chosen.size()) != nullptr);
    check(punktfunk_host_close_pairing(host()));
  }
  /// Without one: a real one needs a daemon.
  void discovery() {
    std::size_t count = 0;
    check(punktfunk_discovery_start(nullptr, nullptr, nullptr, nullptr, error().get()));
    check(punktfunk_discovery_hosts(nullptr, nullptr, &count));
    check(punktfunk_discovery_wait(nullptr, 0));
    check(punktfunk_discovery_state(nullptr, error().get()));
    punktfunk_discovery_stop(nullptr);
  }
  void general() {
    require(punktfunk_result_text(static_cast<punktfunk_result>(in_.read<std::uint32_t>())) != nullptr);
    punktfunk_cancel* cancel = nullptr;
    check(punktfunk_cancel_create(sometimes() ? nullptr : &cancel));
    punktfunk_cancel_trigger(cancel);
    punktfunk_cancel_trigger(cancel);
    punktfunk_cancel_destroy(cancel);
  }

  World& world_;
  Reader& in_;
  std::vector<std::unique_ptr<std::string>> texts_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto world = std::make_unique<World>();  // made before it is kept, so that OpenSSL outlives it
  if (world->over) {
    world.reset();
    world = std::make_unique<World>();
  }
  Reader in(std::as_bytes(std::span(data, size)));
  for (int i = 0; i < 100 && in.remaining() > 0; ++i) Caller(*world, in).call();
  return 0;
}
