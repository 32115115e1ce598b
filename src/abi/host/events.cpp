#include "abi/host/events.h"

namespace pf::abi {
namespace {

constexpr milliseconds long_wait{60'000};

}  // namespace

punktfunk_host_event host_event(std::uint32_t kind, std::uint64_t session, std::string_view client,
                                std::string_view text) {
  punktfunk_host_event event{};
  event.struct_size = sizeof(event);
  event.kind = kind;
  event.session = session;
  event.input.struct_size = sizeof(event.input);
  put_text(client, event.client);
  put_text(text, event.text);
  return event;
}

HostEvents::HostEvents(punktfunk_host_callback callback, void* user) {
  if (callback == nullptr) return;
  caller_ = std::jthread([this, callback, user] {
    for (;;) {
      const auto event = inbox_.next(long_wait);
      if (event)
        callback(user, &*event);
      else if (event.error().result == PUNKTFUNK_ERROR_CLOSED)
        return;
    }
  });
}

void HostEvents::finish() {
  inbox_.close();
  if (caller_.joinable()) caller_.join();
}

void HostEvents::put(const punktfunk_host_event& event) {
  inbox_.update([&](EventBacklog& backlog) { backlog.add(event); });
}

void HostEvents::put_input(std::uint64_t session, const punktfunk_input& input) {
  auto event = host_event(PUNKTFUNK_HOST_EVENT_INPUT, session);
  event.input = input;
  put(event);
}

bool HostEvents::withdraw(std::uint64_t session, std::uint32_t kind) {
  bool waited = false;
  inbox_.update([&](EventBacklog& backlog) { waited = backlog.withdraw(session, kind); });
  return waited;
}

}  // namespace pf::abi
