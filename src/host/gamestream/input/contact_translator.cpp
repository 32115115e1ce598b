#include "host/gamestream/input/contact_translator.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace pf::host::gamestream {
namespace {

// How far the pen leans, along x and y, from how far it leans at all and which way: clockwise from up.
void lean(wire::PenState& pen, const PenPacket& packet) {
  if (packet.tilt == PenPacket::unknown_tilt || packet.rotation == PenPacket::unknown_rotation) return;
  constexpr double degree = std::numbers::pi / 180;
  constexpr double most = 89;
  const double slope = std::tan(std::min<double>(packet.tilt, most) * degree);
  const double way = packet.rotation % 360 * degree;
  pen.tilt_x = static_cast<std::int8_t>(std::lround(std::atan(slope * std::sin(way)) / degree));
  pen.tilt_y = static_cast<std::int8_t>(std::lround(std::atan(-slope * std::cos(way)) / degree));
}

}  // namespace

void ContactTranslator::translate(const TouchPacket& packet, TranslatedInput& out) {
  auto tracked = screen_.track(packet.phase, packet.pointer, {packet.x, packet.y, packet.pressure});
  for (const auto& event : tracked.events) out.events.emplace_back(event);
  if (tracked.motion) out.motion.emplace_back(std::move(*tracked.motion));
}

void ContactTranslator::translate(const PenPacket& packet, TranslatedInput& out) {
  const auto before = pen_;
  const bool gone = packet.phase == ContactPhase::leave || packet.phase == ContactPhase::cancel ||
                    packet.phase == ContactPhase::cancel_all;
  ++pen_.sequence;
  pen_.in_range = !gone;
  if (packet.phase == ContactPhase::down) pen_.touching = true;
  if (gone || packet.phase == ContactPhase::up || packet.phase == ContactPhase::hover) pen_.touching = false;
  pen_.first_button = (packet.buttons & 1) != 0;
  pen_.second_button = (packet.buttons & 2) != 0;
  if (!gone && packet.phase != ContactPhase::buttons_only) {
    pen_.eraser = packet.eraser;
    pen_.x = whole(packet.x);
    pen_.y = whole(packet.y);
    pen_.pressure = pen_.touching ? whole(packet.pressure) : std::uint16_t{0};  // else it is the pen's distance
    lean(pen_, packet);
  }
  const bool moved_only = before.in_range == pen_.in_range && before.touching == pen_.touching &&
                          before.eraser == pen_.eraser && before.first_button == pen_.first_button &&
                          before.second_button == pen_.second_button;
  if (moved_only)
    out.motion.emplace_back(wire::PenMotion{pen_});
  else
    out.events.emplace_back(wire::PenEvent{pen_});
}

}  // namespace pf::host::gamestream
