"""Looks at pictures and recordings with a program that is not ours: ffmpeg decodes and compares."""
import array
import math
import pathlib
import re
import statistics
import subprocess
import wave

from processes import Failure

TONE_HZ = 1000.0
RATE = 48000


def _run(command: list) -> subprocess.CompletedProcess:
    return subprocess.run([str(c) for c in command], capture_output=True, timeout=120, check=False)


def psnr_db(client: pathlib.Path, display: pathlib.Path) -> float:
    """Of all three colour channels together; 100 stands for identical pictures."""
    result = _run(["ffmpeg", "-v", "info", "-i", client, "-i", display, "-lavfi",
                   "[0:v]format=gbrp[a];[1:v]format=gbrp[b];[a][b]psnr", "-f", "null", "-"])
    found = re.search(rb"average:(inf|[0-9.]+)", result.stderr)
    if result.returncode != 0 or not found:
        raise Failure("the two pictures cannot be compared: " + result.stderr.decode(errors="replace").strip().splitlines()[-1])
    return 100.0 if found.group(1) == b"inf" else float(found.group(1))


def side_by_side(client: pathlib.Path, display: pathlib.Path, out: pathlib.Path) -> None:
    _run(["ffmpeg", "-v", "error", "-y", "-i", client, "-i", display, "-lavfi", "hstack", out])


def _power(samples: array.array, hertz: float) -> float:
    """Goertzel: the share of the signal's energy at one frequency."""
    n = len(samples)
    coefficient = 2 * math.cos(2 * math.pi * hertz / RATE)
    s1 = s2 = total = 0.0
    for x in samples:
        s1, s2 = x + coefficient * s1 - s2, s1
        total += x * x
    if total == 0:
        return 0.0
    return 2 * (s1 * s1 + s2 * s2 - coefficient * s1 * s2) / (n * total)


def channels_of(recording: pathlib.Path, start: float, seconds: float = 1.0) -> list[array.array]:
    """A piece of the recording's sound, an array of 16-bit samples for each channel."""
    count = _run(["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "stream=channels", "-of", "csv=p=0", recording])
    channels = int(count.stdout or 0)
    if channels == 0:
        return []
    result = _run(["ffmpeg", "-v", "error", "-ss", f"{start:.2f}", "-t", f"{seconds}", "-i", recording, "-map", "0:a:0", "-ar", str(RATE),
                   "-f", "s16le", "-"])
    samples = array.array("h", result.stdout[: len(result.stdout) // (2 * channels) * 2 * channels])
    return [samples[n::channels] for n in range(channels)]


def loudness(samples: array.array) -> float:
    """Root mean square, 1 for full scale."""
    return math.sqrt(sum(x * x for x in samples) / max(len(samples), 1)) / 32768


def tone_share(samples: array.array, hertz: float = TONE_HZ) -> float:
    """How much of the sound is a tone of this pitch, 0 to 1."""
    if len(samples) < RATE // 2:
        return 0.0
    # The middle one of pieces: a machine that is busy for a moment may skip a few samples, which shifts the phase but not
    # the pitch, and tears the pieces that they are in. Whether there is sound all the time, loudness() tells.
    piece = RATE // 20
    shares = [_power(samples[at : at + piece], hertz) for at in range(0, len(samples) - piece + 1, piece)]
    return statistics.median(shares)


def recording_facts(recording: pathlib.Path) -> dict:
    """Decodes the whole recording; a player would do the same."""
    # Frames pass with their own times: rounded to a fixed rate, two that are close together would be told off as one.
    result = _run(["ffmpeg", "-v", "error", "-i", recording, "-map", "0", "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-"])
    probe = _run(["ffprobe", "-v", "error", "-show_entries", "format=duration:stream=codec_type,codec_name", "-of", "csv=p=0", recording])
    text = probe.stdout.decode(errors="replace")
    durations = re.findall(r"^([0-9.]+)$", text, re.M)
    return {
        "decodes": result.returncode == 0 and not result.stderr.strip(),
        "video": "h264,video" in text,
        "audio": "opus,audio" in text,
        "seconds": float(durations[-1]) if durations else 0.0,
    }


def write_tones(path: pathlib.Path, seconds: int, hertz: tuple[float, ...] = (TONE_HZ, TONE_HZ)) -> None:
    """A wave file with a tone in each channel. Whole numbers of hertz, so that a second repeats without a click."""
    second = array.array("h", (round(12000 * math.sin(2 * math.pi * h * i / RATE)) for i in range(RATE) for h in hertz))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(len(hertz))
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(second.tobytes() * seconds)
