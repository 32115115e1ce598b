// Owning types for PipeWire's objects.
#pragma once

#include <pipewire/pipewire.h>

#include <memory>

namespace pf::host::pw {

/// libpipewire counts its users; whoever makes PipeWire objects holds one of these longer than they live.
class Library {
 public:
  Library() { pw_init(nullptr, nullptr); }
  ~Library() { pw_deinit(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

struct Destroy {
  void operator()(pw_thread_loop* loop) const { pw_thread_loop_destroy(loop); }
  void operator()(pw_main_loop* loop) const { pw_main_loop_destroy(loop); }
  void operator()(pw_context* context) const { pw_context_destroy(context); }
  void operator()(pw_core* core) const { pw_core_disconnect(core); }
  void operator()(pw_stream* stream) const { pw_stream_destroy(stream); }
  void operator()(pw_registry* registry) const { pw_proxy_destroy(reinterpret_cast<pw_proxy*>(registry)); }
};

template <class T>
using Handle = std::unique_ptr<T, Destroy>;

/// A listener in a PipeWire object's list; taken out again before the object goes.
class Hook {
 public:
  Hook() = default;
  ~Hook() { remove(); }
  Hook(const Hook&) = delete;
  Hook& operator=(const Hook&) = delete;
  spa_hook* fresh() {
    remove();
    hook_ = {};
    return &hook_;
  }
  void remove() {
    if (hook_.link.next != nullptr) spa_hook_remove(&hook_);
    hook_ = {};
  }

 private:
  spa_hook hook_{};
};

}  // namespace pf::host::pw
