#include "abi/client/session.h"

#include <utility>

namespace pf::abi {
namespace {

constexpr std::size_t most_units = 16;
constexpr std::size_t most_packets = 64;
constexpr std::size_t most_events = 64;
constexpr milliseconds long_wait{60'000};  // of a thread that only calls back; it wakes up for news and for the end

punktfunk_session_event event_of(std::uint32_t kind, std::string_view text = {}) {
  punktfunk_session_event event{};
  event.struct_size = sizeof(event);
  event.kind = kind;
  put_text(text, event.text);
  return event;
}

punktfunk_session_event event_of(const wire::Reconfigured& answer) {
  auto event = event_of(PUNKTFUNK_SESSION_EVENT_RECONFIGURED, answer.text);
  event.request = answer.request;
  event.accepted = answer.accepted;
  event.mode = {answer.mode.width, answer.mode.height, answer.mode.refresh_mhz};
  return event;
}

punktfunk_session_event event_of(const wire::GamepadRumble& rumble) {
  auto event = event_of(PUNKTFUNK_SESSION_EVENT_RUMBLE);
  event.rumble = {rumble.low, rumble.high, rumble.left_trigger, rumble.right_trigger, rumble.pad, {}};
  return event;
}

punktfunk_session_event event_of(const wire::GamepadLight& light) {
  auto event = event_of(PUNKTFUNK_SESSION_EVENT_LIGHT);
  event.light_colour = light.colour & 0xFFFFFF;
  event.light_pad = light.pad;
  return event;
}

const std::uint8_t* bytes_of(const std::byte* data) {
  return reinterpret_cast<const std::uint8_t*>(data);
}

}  // namespace
}  // namespace pf::abi

using namespace pf;
using namespace pf::abi;

punktfunk_session::punktfunk_session(const punktfunk_connect_options& options)
    : user_(options.user),
      video_callback_(options.on_video),
      audio_callback_(options.on_audio),
      event_callback_(options.on_event),
      video_(most_units),
      audio_(most_packets),
      events_(most_events) {}

punktfunk_session::~punktfunk_session() {
  video_.clear();
  audio_.clear();
  video_.close();
  audio_.close();
  events_.close();
  callers_.clear();  // they use the link
  up_ = nullptr;
}

Outcome punktfunk_session::connect(const control::LinkOptions& options, const std::stop_token& stop) {
  auto link = control::ClientLink::connect(options, link_events(), clock_, stop);
  if (!link) return refuse(link.error());
  link_ = std::move(*link);
  up_ = link_.get();
  ask_for_keyframe();
  start_callbacks();
  return {};
}

control::LinkEvents punktfunk_session::link_events() {
  control::LinkEvents events;
  events.on_video = [this](session::ReceivedUnit unit) { on_video(std::move(unit)); };
  events.on_audio = [this](session::ReceivedAudio packet) { audio_.push_newest(std::move(packet)); };
  events.on_reconfigured = [this](const wire::Reconfigured& answer) { events_.push_newest(event_of(answer)); };
  // Of a gamepad that there can't be, nobody hears.
  events.on_rumble = [this](const wire::GamepadRumble& rumble) {
    if (rumble.pad < wire::max_gamepads) events_.push_newest(event_of(rumble));
  };
  events.on_light = [this](const wire::GamepadLight& light) {
    if (light.pad < wire::max_gamepads) events_.push_newest(event_of(light));
  };
  events.on_ended = [this](const std::string& text, bool retry) {
    auto event = event_of(PUNKTFUNK_SESSION_EVENT_ENDED, text);
    event.retry = retry;
    video_.close();
    audio_.close();
    events_.push_last(event);
  };
  return events;
}

// What cannot wait is lost, and so is what refers to it.
void punktfunk_session::on_video(session::ReceivedUnit unit) {
  if (waits_for_keyframe_ && !unit.keyframe) {
    ++frames_dropped_;
    return;
  }
  waits_for_keyframe_ = false;
  if (video_.push(std::move(unit))) return;
  frames_dropped_ += video_.clear() + 1;
  waits_for_keyframe_ = true;
  wants_keyframe_ = true;
  ask_for_keyframe();
}

// Media may come before connect() has the link: whoever of the two sees both asks.
void punktfunk_session::ask_for_keyframe() {
  if (auto* link = up_.load(); link != nullptr && wants_keyframe_.exchange(false)) link->request_keyframe();
}

std::uint64_t punktfunk_session::local_time(std::uint32_t host_timestamp_us, TimePoint near) const {
  const auto* link = up_.load();
  const auto local = link != nullptr ? link->to_local(host_timestamp_us, near) : std::nullopt;
  return local ? to_micros(*local) : 0;
}

punktfunk_video_unit punktfunk_session::to_c(const session::ReceivedUnit& unit) const {
  punktfunk_video_unit out{};
  out.struct_size = sizeof(out);
  out.codec = static_cast<std::uint32_t>(unit.prefix.codec);
  out.data = bytes_of(unit.data.data());
  out.size = unit.data.size();
  out.width = unit.prefix.width;
  out.height = unit.prefix.height;
  out.frame = unit.frame.value;
  out.keyframe = unit.keyframe;
  out.recovered = unit.recovered;
  out.until_shown = unit.prefix.until_shown;
  out.captured_at = local_time(unit.timestamp_us, unit.first_arrival);
  out.received_at = to_micros(unit.first_arrival);
  out.complete_at = to_micros(unit.completed);
  return out;
}

punktfunk_audio_packet punktfunk_session::to_c(const session::ReceivedAudio& packet) const {
  punktfunk_audio_packet out{};
  out.struct_size = sizeof(out);
  out.number = packet.id.value;
  out.data = bytes_of(packet.opus.data());
  out.size = packet.opus.size();
  out.captured_at = local_time(packet.timestamp_us, clock_.now());
  out.channels = link_->started().audio.channels;
  return out;
}

Outcome punktfunk_session::next_video(std::uint32_t timeout_ms, punktfunk_video_unit* to) {
  if (auto room = check_room(to); !room) return room;
  auto unit = video_.next(milliseconds{timeout_ms});
  if (!unit) return std::unexpected(unit.error());
  auto made = to_c(*unit);
  made.owner = HandedOut::keep(handed_out_, std::move(unit->data));
  return give_struct(made, to);
}

Outcome punktfunk_session::next_audio(std::uint32_t timeout_ms, punktfunk_audio_packet* to) {
  if (auto room = check_room(to); !room) return room;
  auto packet = audio_.next(milliseconds{timeout_ms});
  if (!packet) return std::unexpected(packet.error());
  auto made = to_c(*packet);
  made.owner = HandedOut::keep(handed_out_, std::move(packet->opus));
  return give_struct(made, to);
}

Outcome punktfunk_session::next_event(std::uint32_t timeout_ms, punktfunk_session_event* to) {
  if (auto room = check_room(to); !room) return room;
  const auto event = events_.next(milliseconds{timeout_ms});
  return event ? give_struct(*event, to) : std::unexpected(event.error());
}

void punktfunk_session::start_callbacks() {
  const auto call_for_each = [this](auto& inbox, auto call) {
    callers_.emplace_back([&inbox, call] {
      for (;;) {
        const auto item = inbox.next(long_wait);
        if (item)
          call(*item);
        else if (item.error().result == PUNKTFUNK_ERROR_CLOSED)
          return;
      }
    });
  };
  if (video_callback_ != nullptr)
    call_for_each(video_, [this](const session::ReceivedUnit& unit) {
      const auto out = to_c(unit);
      video_callback_(user_, &out);
    });
  if (audio_callback_ != nullptr)
    call_for_each(audio_, [this](const session::ReceivedAudio& packet) {
      const auto out = to_c(packet);
      audio_callback_(user_, &out);
    });
  if (event_callback_ != nullptr)
    call_for_each(events_, [this](const punktfunk_session_event& event) { event_callback_(user_, &event); });
}
