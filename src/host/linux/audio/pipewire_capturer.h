// What the session's default sink plays, by PipeWire.
#pragma once

#include <memory>

#include "host/seams/audio_capturer.h"

namespace pf::host {

/// Whether a PipeWire daemon with a session manager and a sink answers in this session.
Probe probe_pipewire();

/// Captures the monitor of the default sink, whichever that is at the time, mixed by PipeWire into `format`. A daemon
/// that goes away is awaited: packets stop, and go on when it is back. The sink is called on a thread of the
/// capturer's, not on PipeWire's real-time thread, so that a slow one cannot disturb what is heard at the machine.
/// Errors: invalid_argument (the format), closed (no PipeWire answers), internal.
Result<std::unique_ptr<AudioCapturer>> open_pipewire_audio(const AudioFormat& format, AudioCapturer::Sink sink);

}  // namespace pf::host
