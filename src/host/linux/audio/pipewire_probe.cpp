#include <pipewire/extensions/metadata.h>

#include <cstring>
#include <string>

#include "host/linux/audio/pipewire_capturer.h"
#include "host/linux/audio/pw.h"

namespace pf::host {
namespace {

constexpr timespec patience{.tv_sec = 2, .tv_nsec = 0};  // a daemon that hangs must not hang `doctor`

struct Session {
  bool answered = false;
  bool managed = false;  // a session manager keeps the "default" metadata
  int sinks = 0;
};

/// One question to the daemon: what is there?
class Survey {
 public:
  Survey() = default;
  Survey(const Survey&) = delete;
  Survey& operator=(const Survey&) = delete;
  Session run() {
    loop_.reset(pw_main_loop_new(nullptr));
    if (!loop_) return {};
    context_.reset(pw_context_new(pw_main_loop_get_loop(loop_.get()), nullptr, 0));
    if (context_) core_.reset(pw_context_connect(context_.get(), nullptr, 0));
    if (!core_) return {};
    ask();
    pw_main_loop_run(loop_.get());
    return session_;
  }

  ~Survey() {
    registry_hook_.remove();
    registry_.reset();
    core_hook_.remove();
  }

 private:
  void ask() {
    core_events_.version = PW_VERSION_CORE_EVENTS;
    core_events_.done = on_done;
    core_events_.error = on_error;
    registry_events_.version = PW_VERSION_REGISTRY_EVENTS;
    registry_events_.global = on_global;
    pw_core_add_listener(core_.get(), core_hook_.fresh(), &core_events_, this);
    registry_.reset(pw_core_get_registry(core_.get(), PW_VERSION_REGISTRY, 0));
    pw_registry_add_listener(registry_.get(), registry_hook_.fresh(), &registry_events_, this);
    pw_core_sync(core_.get(), PW_ID_CORE, 0);
    pw_loop* loop = pw_main_loop_get_loop(loop_.get());
    timespec delay = patience;
    pw_loop_update_timer(loop, pw_loop_add_timer(loop, on_timeout, this), &delay, nullptr, false);
  }

  void quit() { pw_main_loop_quit(loop_.get()); }

  static void on_done(void* self, std::uint32_t, int) {
    static_cast<Survey*>(self)->session_.answered = true;
    static_cast<Survey*>(self)->quit();
  }
  static void on_error(void* self, std::uint32_t, int, int, const char*) { static_cast<Survey*>(self)->quit(); }
  static void on_timeout(void* self, std::uint64_t) { static_cast<Survey*>(self)->quit(); }

  static void on_global(void* self, std::uint32_t, std::uint32_t, const char* type, std::uint32_t,
                        const spa_dict* properties) {
    if (properties == nullptr) return;
    Session& session = static_cast<Survey*>(self)->session_;
    const auto is = [&](const char* key, const char* value) {
      const char* found = spa_dict_lookup(properties, key);
      return found != nullptr && std::strcmp(found, value) == 0;
    };
    if (is(PW_KEY_MEDIA_CLASS, "Audio/Sink")) ++session.sinks;
    if (std::strcmp(type, PW_TYPE_INTERFACE_Metadata) == 0 && is("metadata.name", "default")) session.managed = true;
  }

  pw::Library library_;
  pw::Handle<pw_main_loop> loop_;
  pw::Handle<pw_context> context_;
  pw::Handle<pw_core> core_;
  pw::Hook core_hook_;
  pw::Handle<pw_registry> registry_;
  pw::Hook registry_hook_;
  pw_core_events core_events_{};
  pw_registry_events registry_events_{};
  Session session_;
};

}  // namespace

Probe probe_pipewire() {
  const Session session = Survey().run();
  if (!session.answered)
    return {false, "pipewire", "no PipeWire daemon answers in this session",
            "systemctl --user enable --now pipewire wireplumber"};
  if (!session.managed)
    return {false, "pipewire", "PipeWire runs without a session manager, which would connect streams",
            "systemctl --user enable --now wireplumber"};
  if (session.sinks == 0)
    return {false, "pipewire", "PipeWire has no audio sink to listen to",
            "add one that needs no hardware: pactl load-module module-null-sink, or a null-audio-sink in "
            "pipewire.conf.d"};
  return {true, "pipewire", "captures the default sink's monitor, one of " + std::to_string(session.sinks) + " sinks",
          ""};
}

}  // namespace pf::host
