// The fields of every control message, each listed once: the encoder and the decoder both walk these lists.
// docs/protocol.md, "Control messages", is the same table for people.
#pragma once

#include "core/wire/control_messages.h"

namespace pf::wire {

/// The type number of each message; numbers are never used again.
template <class M>
inline constexpr std::uint16_t type_of = 0;
template <>
inline constexpr std::uint16_t type_of<Hello> = 1;
template <>
inline constexpr std::uint16_t type_of<Welcome> = 2;
template <>
inline constexpr std::uint16_t type_of<Refusal> = 3;
template <>
inline constexpr std::uint16_t type_of<Start> = 4;
template <>
inline constexpr std::uint16_t type_of<Started> = 5;
template <>
inline constexpr std::uint16_t type_of<Reconfigure> = 6;
template <>
inline constexpr std::uint16_t type_of<Reconfigured> = 7;
template <>
inline constexpr std::uint16_t type_of<RequestKeyframe> = 8;
template <>
inline constexpr std::uint16_t type_of<InvalidateFrames> = 9;
template <>
inline constexpr std::uint16_t type_of<SetBitrate> = 10;
template <>
inline constexpr std::uint16_t type_of<ClientStats> = 11;
template <>
inline constexpr std::uint16_t type_of<HostStats> = 12;
template <>
inline constexpr std::uint16_t type_of<Goodbye> = 13;
template <>
inline constexpr std::uint16_t type_of<GamepadRumble> = 14;
template <>
inline constexpr std::uint16_t type_of<GamepadLight> = 15;
template <>
inline constexpr std::uint16_t type_of<SpeedTestRequest> = 16;
template <>
inline constexpr std::uint16_t type_of<SpeedTestResult> = 17;
template <>
inline constexpr std::uint16_t type_of<PairShare> = 32;
template <>
inline constexpr std::uint16_t type_of<PairConfirm> = 33;
template <>
inline constexpr std::uint16_t type_of<Paired> = 34;

// `f(id, member)` once per field. `M` is the message or, for encoding, the message const.
template <class F>
void fields(F& f, auto& m, const Hello*) {
  f(1, m.min_version);
  f(2, m.max_version);
  f(3, m.client_name);
  f(4, m.software);
  f(5, m.codecs);
  f(6, m.ciphers);
}
template <class F>
void fields(F& f, auto& m, const Welcome*) {
  f(1, m.version);
  f(2, m.host_name);
  f(3, m.software);
  f(4, m.codecs);
  f(5, m.cipher);
}
template <class F>
void fields(F& f, auto& m, const Refusal*) {
  f(1, m.code);
  f(2, m.text);
}
template <class F>
void fields(F& f, auto& m, const Start*) {
  f(1, m.mode);
  f(2, m.codec);
  f(3, m.bitrate);
  f(4, m.audio);
  f(5, m.audio_wanted);
  f(6, m.max_datagram);
  f(7, m.resume);
  f(8, m.min_bitrate);
  f(9, m.hides);
}
template <class F>
void fields(F& f, auto& m, const Started*) {
  f(1, m.mode);
  f(2, m.codec);
  f(3, m.bitrate);
  f(4, m.audio);
  f(5, m.audio_on);
  f(6, m.resumed);
  f(7, m.token);
  f(8, m.grace_ms);
  f(9, m.display);
}
template <class F>
void fields(F& f, auto& m, const Reconfigure*) {
  f(1, m.request);
  f(2, m.mode);
  f(3, m.bitrate);
}
template <class F>
void fields(F& f, auto& m, const Reconfigured*) {
  f(1, m.request);
  f(2, m.accepted);
  f(3, m.mode);
  f(4, m.text);
}
template <class F>
void fields(F& f, auto& m, const RequestKeyframe*) {
  f(1, m.last_good);
}
template <class F>
void fields(F& f, auto& m, const InvalidateFrames*) {
  f(1, m.first);
  f(2, m.last);
}
template <class F>
void fields(F& f, auto& m, const SetBitrate*) {
  f(1, m.bitrate);
}
template <class F>
void fields(F& f, auto& m, const ClientStats*) {
  f(1, m.interval_ms);
  f(2, m.packets_received);
  f(3, m.packets_lost);
  f(4, m.frames_complete);
  f(5, m.frames_recovered);
  f(6, m.frames_lost);
  f(7, m.decode_p50_us);
  f(8, m.latency_p50_us);
  f(9, m.latency_p99_us);
}
template <class F>
void fields(F& f, auto& m, const HostStats*) {
  f(1, m.stages);
  f(2, m.frames_captured);
  f(3, m.frames_encoded);
  f(4, m.frames_dropped);
  f(5, m.packets_sent);
  f(6, m.bytes_sent);
  f(7, m.cpu_permille);
  f(8, m.rss_kib);
  f(9, m.target);
  f(10, m.capacity);
  f(11, m.parity_permille);
  f(12, m.loss_permille);
  f(13, m.queue_us);
}
template <class F>
void fields(F& f, auto& m, const Goodbye*) {
  f(1, m.reason);
  f(2, m.text);
}
template <class F>
void fields(F& f, auto& m, const GamepadRumble*) {
  f(1, m.pad);
  f(2, m.low);
  f(3, m.high);
  f(4, m.left_trigger);
  f(5, m.right_trigger);
}
template <class F>
void fields(F& f, auto& m, const GamepadLight*) {
  f(1, m.pad);
  f(2, m.colour);
}
template <class F>
void fields(F& f, auto& m, const SpeedTestRequest*) {
  f(1, m.train);
  f(2, m.rate);
  f(3, m.length_ms);
}
template <class F>
void fields(F& f, auto& m, const SpeedTestResult*) {
  f(1, m.train);
  f(2, m.packets);
  f(3, m.packet_size);
  f(4, m.elapsed_us);
  f(5, m.text);
}
template <class F>
void fields(F& f, auto& m, const PairShare*) {
  f(1, m.share);
  f(2, m.confirmation);
  f(3, m.name);
}
template <class F>
void fields(F& f, auto& m, const PairConfirm*) {
  f(1, m.confirmation);
}
template <class F>
void fields(F& f, auto& m, const Paired*) {
  f(1, m.host_name);
}

}  // namespace pf::wire
