"""Looks at what the demonstration left behind with programs that are not ours: ffmpeg decodes and compares."""
import array
import math
import pathlib
import re
import subprocess

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


def tone_share(recording: pathlib.Path, start: float) -> float:
    """How much of one second of the recording's sound is the tone that the desktop played, 0 to 1."""
    result = _run(["ffmpeg", "-v", "error", "-ss", f"{start:.2f}", "-t", "1", "-i", recording, "-map", "0:a:0",
                   "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-"])
    samples = array.array("h", result.stdout[: len(result.stdout) // 2 * 2])
    if len(samples) < RATE // 2:
        return 0.0
    # In pieces: a machine that is busy for a moment may skip a few samples, which shifts the phase but not the pitch.
    piece = RATE // 20
    shares = [_power(samples[at : at + piece], TONE_HZ) for at in range(0, len(samples) - piece + 1, piece)]
    return sum(shares) / len(shares)


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


def write_tone(path: pathlib.Path, seconds: int) -> None:
    import wave

    # One period is exactly 48 samples, so the file loops without a click.
    period = array.array("h", (round(12000 * math.sin(2 * math.pi * TONE_HZ * i / RATE)) for i in range(48)))
    stereo = array.array("h", (value for value in period for _ in range(2)))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(stereo.tobytes() * (RATE // 48) * seconds)
