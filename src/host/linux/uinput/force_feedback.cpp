#include "host/linux/uinput/force_feedback.h"

#include <algorithm>

namespace pf::host {
namespace {

constexpr milliseconds envelope_step{20};  // how finely a rise or a fall is followed
constexpr std::uint32_t whole = 65'535;

milliseconds delay_of(const ff_effect& effect) {
  return milliseconds{effect.replay.delay};
}

// nullopt: until it is stopped.
std::optional<milliseconds> length_of(const ff_effect& effect) {
  if (effect.replay.length == 0) return std::nullopt;
  return milliseconds{effect.replay.length};
}

std::uint16_t add(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::uint16_t>(std::min(a + b, whole));
}

/// Where an effect of this strength has got to, `at` milliseconds after it began.
std::int64_t shaped(std::int64_t strength, const ff_envelope& envelope, std::int64_t at, std::int64_t length) {
  if (envelope.attack_length != 0 && at < envelope.attack_length)
    return envelope.attack_level + (strength - envelope.attack_level) * at / envelope.attack_length;
  if (envelope.fade_length == 0 || length == 0) return strength;
  const auto into_fade = at - (length - envelope.fade_length);
  if (into_fade <= 0) return strength;
  return strength + (envelope.fade_level - strength) * into_fade / envelope.fade_length;
}

/// When it is next to be looked at for its shape alone, in milliseconds after it began.
std::optional<std::int64_t> next_shape(const ff_envelope& envelope, std::int64_t at, std::int64_t length) {
  if (at < envelope.attack_length) return at + envelope_step.count();
  if (envelope.fade_length == 0 || length == 0) return std::nullopt;
  const auto fade = length - envelope.fade_length;
  return at < fade ? fade : at + envelope_step.count();
}

void start(Effect& effect, TimePoint now) {
  effect.begin = now + delay_of(effect.what);
}

// Milliseconds of the present play.
std::int64_t into(const Effect& effect, TimePoint now) {
  return std::chrono::duration_cast<milliseconds>(now - effect.begin).count();
}

// Plays that are over are counted off, without a step for each: a game may ask for two thousand million.
void pass_over(Effect& effect, TimePoint now) {
  const auto length = length_of(effect.what);
  if (!length || now < effect.begin + *length) return;
  const auto period = *length + delay_of(effect.what);
  const auto over = (now - effect.begin - *length) / period + 1;
  if (over >= effect.plays_left) {
    effect.plays_left = 0;
    return;
  }
  effect.plays_left -= static_cast<std::int32_t>(over);
  effect.begin += over * period;
}

}  // namespace

Effect* ForceFeedback::find(std::int32_t id) {
  if (id < 0 || static_cast<std::size_t>(id) >= effects_.size()) return nullptr;
  auto& effect = effects_[static_cast<std::size_t>(id)];
  return effect ? &*effect : nullptr;
}

bool ForceFeedback::upload(const ff_effect& effect, TimePoint now) {
  if (effect.id < 0 || static_cast<std::size_t>(effect.id) >= effects_.size()) return false;
  if (effect.type != FF_RUMBLE && effect.type != FF_PERIODIC) return false;
  auto& slot = effects_[static_cast<std::size_t>(effect.id)];
  if (!slot) slot.emplace();
  slot->what = effect;
  if (slot->plays_left > 0) start(*slot, now);
  return true;
}

void ForceFeedback::erase(std::int32_t id) {
  if (find(id) != nullptr) effects_[static_cast<std::size_t>(id)].reset();
}

void ForceFeedback::play(std::int32_t id, std::int32_t times, TimePoint now) {
  auto* effect = find(id);
  if (effect == nullptr) return;
  effect->plays_left = std::max(times, 0);
  start(*effect, now);
}

void ForceFeedback::set_gain(std::int32_t gain) {
  gain_ = static_cast<std::uint32_t>(std::clamp<std::int32_t>(gain, 0, whole));
}

Motors ForceFeedback::of(const Effect& effect, TimePoint now) const {
  if (effect.what.type == FF_RUMBLE)
    return {static_cast<std::uint16_t>(effect.what.u.rumble.strong_magnitude * gain_ / whole),
            static_cast<std::uint16_t>(effect.what.u.rumble.weak_magnitude * gain_ / whole)};
  // A wave of at most 32,767 to either side: a motor can only follow how strong it is.
  const auto& wave = effect.what.u.periodic;
  const auto strength =
      shaped(std::abs(std::int64_t{wave.magnitude}), wave.envelope, into(effect, now), effect.what.replay.length);
  const auto level = static_cast<std::uint16_t>(std::clamp<std::int64_t>(strength * gain_ / 32'767, 0, whole));
  return {level, level};
}

void ForceFeedback::change_at(TimePoint when, TimePoint now) {
  if (when > now && (!next_ || when < *next_)) next_ = when;
}

Motors ForceFeedback::advance(TimePoint now) {
  next_.reset();
  Motors sum;
  for (auto& slot : effects_) {
    if (!slot || slot->plays_left == 0) continue;
    auto& effect = *slot;
    pass_over(effect, now);
    if (effect.plays_left == 0) continue;
    if (now < effect.begin) {
      change_at(effect.begin, now);
      continue;
    }
    const auto motors = of(effect, now);
    sum = {add(sum.heavy, motors.heavy), add(sum.light, motors.light)};
    if (const auto length = length_of(effect.what)) change_at(effect.begin + *length, now);
    if (effect.what.type != FF_PERIODIC) continue;
    if (const auto shape = next_shape(effect.what.u.periodic.envelope, into(effect, now), effect.what.replay.length))
      change_at(effect.begin + milliseconds{*shape}, now);
  }
  return sum;
}

}  // namespace pf::host
