#!/usr/bin/env python3
"""stream_window_test.py --build FOLDER: `punktfunk stream` in a window of a private X server, streaming a private desktop
through a network that can be cut. Looks at what the window shows, types into it, cuts the network and kills the host.

Exit status 77 and a sentence where a program that it needs is missing; --keep leaves pictures and logs in a folder.
"""
import argparse
import array
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "stage"))
import evidence
import stage as stages
from processes import Failure, environment_lines
from stage import until

NEEDED = ("Xvfb", "xdotool", "sway", "swaymsg", "foot", "grim", "pw-play", "ffmpeg", "dbus-daemon", "wireplumber")
SKIPPED = 77
MODE = "1280x720@60"
TOLD_WITHIN = 3.0  # seconds: how soon the user has to know that the host has vanished
TYPED = "Typed into a Window: 123 "
WITHOUT_A_KEY = "\u00fc\u20ac"  # on a US keyboard


def check(condition: bool, sentence: str) -> None:
    if not condition:
        raise Failure(sentence)


class Client:
    """A `punktfunk stream`, with the sentences that it has said and when."""

    def __init__(self, process: subprocess.Popen):
        self.process = process
        self.pending = b""
        self.lines: list[str] = []

    def wait_for(self, part: str, limit: float = 20) -> str:
        """The first new line with `part` in it."""
        deadline = time.monotonic() + limit
        while True:
            while b"\n" in self.pending:
                line, _, self.pending = self.pending.partition(b"\n")
                self.lines.append(line.decode())
                if part in self.lines[-1]:
                    return self.lines[-1]
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self.process.stdout], [], [], max(left, 0))
            chunk = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not chunk:
                raise Failure(f"the client did not say '{part}' within {limit:.0f} s, but: {self.lines}")
            self.pending += chunk

    def ends_with(self, status: int, limit: float = 15) -> None:
        try:
            got = self.process.wait(limit)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"the client did not end within {limit:.0f} s") from error
        check(got == status, f"the client ended with status {got} instead of {status}")


class Stage(stages.Stage):
    """With a network that can be cut, and an X server to open windows on."""

    def __init__(self, build: pathlib.Path):
        super().__init__(build)
        self.clients = 0

    def set_up(self) -> None:
        self.start_desktop()
        self.start_screen()
        self.host = stages.Host(self)
        self.me = stages.Client(self, "window")
        self.start_host()

    def start_host(self) -> None:
        self.host.start()
        self.relay = self.start("relay", [self.bin / "punktfunk-relay", "--to", self.host.address], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        self.address = f"127.0.0.1:{int(self.relay.stdout.readline())}"
        self.me.pair(self.host, self.address)

    def network(self, command: str) -> None:
        self.relay.stdin.write(command.encode() + b"\n")
        self.relay.stdin.flush()

    def start_screen(self) -> None:
        read, write = os.pipe()
        self.start("xvfb", ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x900x24", "-nolisten", "tcp"], pass_fds=[write])
        os.close(write)
        number = ""
        # Up to the end of the line: the server gives up when it cannot write the whole of it.
        while not number.endswith("\n") and select.select([read], [], [], 15)[0]:
            chunk = os.read(read, 64).decode()
            if not chunk:
                break
            number += chunk
        os.close(read)
        number = number.strip()
        check(number.isdigit(), "the private X server does not start:\n" + self.processes.log_of("xvfb"))
        self.display = f":{number}"

    def start_window(self, app: str, command: list) -> subprocess.Popen:
        process = self.start(app, command)
        self.wait_for_window(app)
        return process

    def output(self) -> str:
        """The client's display, once there is one and no other."""
        return until(lambda: len(self.active_outputs()) == 1 and next(iter(self.active_outputs())), 10, "a display of the client's own")

    # --- the client ---

    def stream(self, *arguments, mode: str | None = MODE, **env: str) -> Client:
        self.clients += 1
        extra = {"DISPLAY": self.display, "SDL_VIDEODRIVER": "x11", "SDL_AUDIODRIVER": "dummy"} | env
        client_env = {k: v for k, v in self.me.env.items() if k != "WAYLAND_DISPLAY"} | extra
        wish = ["--mode", mode] if mode else []
        process = self.processes.start(f"client{self.clients}", [self.bin / "punktfunk", "stream", self.address, *wish, *arguments],
                                       client_env, stdout=subprocess.PIPE)
        return Client(process)

    def complaint(self) -> str:
        return (self.logs / f"client{self.clients}.log").read_text(encoding="utf-8", errors="replace").strip()

    def on_screen(self, *command: str) -> subprocess.CompletedProcess:
        return subprocess.run(command, env=self.env | {"DISPLAY": self.display}, capture_output=True, text=True, timeout=30, check=False)

    def xdotool(self, *arguments: str) -> str:
        result = self.on_screen("xdotool", *arguments)
        check(result.returncode == 0, f"xdotool {' '.join(arguments)}: {result.stderr}")
        return result.stdout.strip()

    def focus(self) -> str:
        found = until(lambda: self.on_screen("xdotool", "search", "--onlyvisible", "--name", "punktfunk").stdout.split(), 10, "the client's window")
        # There is no window manager that would give it the focus.
        self.xdotool("windowfocus", "--sync", found[0])
        return found[0]

    def screen_picture(self, name: str) -> pathlib.Path:
        """What the X server shows: not by the client's own account."""
        file = self.work / name
        result = self.on_screen("ffmpeg", "-v", "error", "-y", "-f", "x11grab", "-video_size", "1600x900", "-i", self.display, "-frames:v", "1", str(file))
        check(result.returncode == 0, "the X server's picture cannot be taken: " + result.stderr)
        return file


# --- the claims, in the order in which they are tried ---

def the_window_shows_the_hosts_picture_and_plays_its_sound(stage: Stage) -> None:
    sound = stage.work / "sound.raw"
    tone = stage.work / "tone.wav"
    evidence.write_tones(tone, 30)
    shot = stage.work / "window.png"
    client = stage.stream("--screenshot", shot, SDL_AUDIODRIVER="disk", SDL_DISKAUDIOFILE=str(sound))
    client.wait_for("streaming 1280x720@60 from")
    display = stage.output()
    card = stage.start_window("punktfunk-testcard", [stage.bin / "punktfunk-testcard"])
    stage.processes.start("tone", ["pw-play", tone], stage.env)
    time.sleep(3)  # of moving picture and sound
    card.send_signal(signal.SIGUSR1)  # stands still
    time.sleep(1.5)  # until the still picture is as sharp as it gets
    stage.picture(display, stage.work / "display.png")
    client.process.send_signal(signal.SIGINT)
    client.ends_with(0)
    summary = client.wait_for("pictures shown")
    check(int(summary.split()[0]) > 20, f"too few pictures in three seconds: {summary}")
    psnr = evidence.psnr_db(shot, (stage.work / "display.png"))
    print(f"  window against display: {psnr:.1f} dB; {summary}")
    check(psnr > 40, f"the window does not show the display: {psnr:.1f} dB")
    share = tone_share(sound)
    print(f"  share of the tone in the sound: {share:.2f}")
    check(share > 0.7, f"the sound is not the host's: only {share:.2f} of it is the tone")


def tone_share(raw: pathlib.Path) -> float:
    """Of what was loud in what SDL's disk driver wrote: 32-bit floats, two channels."""
    samples = array.array("f")
    data = raw.read_bytes()
    samples.frombytes(data[: len(data) // 8 * 8])
    left = array.array("h", (round(max(-1.0, min(1.0, x)) * 32767) for x in samples[::2]))
    piece = evidence.RATE // 20
    loud = array.array("h")
    for at in range(0, len(left) - piece + 1, piece):
        if evidence.loudness(left[at : at + piece]) > 0.1:
            loud += left[at : at + piece]
    check(len(loud) >= evidence.RATE, f"{len(loud) / evidence.RATE:.2f} s of sound were heard instead of three")
    return evidence.tone_share(loud)


def typing_and_chords_reach_whom_they_are_for(stage: Stage) -> None:
    client = stage.stream()
    client.wait_for("streaming")
    stage.output()
    typed = stage.work / "typed"
    script = f"read -r line; printf '%s' \"$line\" > '{typed}'; sleep 60"
    terminal = stage.start_window("terminal", ["foot", "--app-id", "terminal", "sh", "-c", script])
    stage.focus()
    before = stage.screen_picture("before.png")
    stage.xdotool("type", "--delay", "20", TYPED)
    # For these xdotool lends a spare key a meaning, and takes it back after the delay.
    stage.xdotool("type", "--delay", "1000", WITHOUT_A_KEY)
    stage.xdotool("key", "Return")
    whole = TYPED + WITHOUT_A_KEY
    until(lambda: typed.exists() and typed.read_text() == whole, 10, f"'{whole}' in the terminal")
    stage.xdotool("key", "ctrl+alt+shift+s")
    until(lambda: evidence.psnr_db(stage.screen_picture("overlay.png"), before) < 30, 10, "the overlay")
    check(typed.read_text() == whole, "the chord reached the host")
    the_pointer_clicks_where_it_points(stage)
    stage.xdotool("key", "ctrl+alt+shift+q")
    client.ends_with(0)
    stage.processes.end(terminal)


def the_pointer_clicks_where_it_points(stage: Stage) -> None:
    """The card is on the left half of the host's display, the terminal on the right one; the window is in the middle of the screen."""
    def focused() -> str | None:
        nodes = [stage.sway("get_tree")]
        while nodes:
            node = nodes.pop()
            if node.get("focused"):
                return node.get("app_id")
            nodes += node.get("nodes", []) + node.get("floating_nodes", [])
        return None

    left, right = ("480", "450"), ("1120", "450")
    for place, app in ((left, "punktfunk-testcard"), (right, "terminal"), (left, "punktfunk-testcard")):
        stage.xdotool("mousemove", *place, "click", "1")
        until(lambda app=app: focused() == app, 5, f"a click on {app}")
    stage.xdotool("key", "ctrl+alt+shift+z")
    time.sleep(0.5)
    # Captured: the pointer moves by how far the hand moved, and not to where the window system thinks that it is.
    for _ in range(16):
        stage.xdotool("mousemove_relative", "--", "40", "0")
    stage.xdotool("click", "1")
    until(lambda: focused() == "terminal", 5, "a click after a captured move")
    stage.xdotool("key", "ctrl+alt+shift+z")


def full_screen_on_wayland_shows_the_picture_with_the_overlay_on_top(stage: Stage) -> None:
    desktop = stage.processes.start("second-desktop", [ROOT / "tools" / "private-desktop", "--outputs", "1"], stage.env,
                                    stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    second = environment_lines(desktop, "the second private desktop", 30)
    there = {**os.environ, **second}
    client = stage.stream("--fullscreen", "--overlay", SDL_VIDEODRIVER="wayland", SDL_RENDER_DRIVER="software", **second)
    client.wait_for("streaming")

    def tree() -> str:
        return subprocess.run(["swaymsg", "-t", "get_tree", "-r"], env=there, capture_output=True, text=True, timeout=10, check=False).stdout

    until(lambda: has_fullscreen(tree()), 10, "full screen")
    time.sleep(1.5)
    subprocess.run(["grim", str((stage.work / "wayland.png"))], env=there, timeout=15, check=True)
    client.process.send_signal(signal.SIGINT)
    client.ends_with(0)
    stage.processes.end(desktop)


def has_fullscreen(tree: str) -> bool:
    """Whether the client's window is in full screen, by the compositor's account."""
    nodes = [json.loads(tree or "{}")]
    while nodes:
        node = nodes.pop()
        if node.get("app_id") == "punktfunk" and node.get("fullscreen_mode") == 1:
            return True
        nodes += node.get("nodes", []) + node.get("floating_nodes", [])
    return False


def a_resized_window_scales_the_picture_that_it_has(stage: Stage) -> None:
    shot, smaller = stage.work / "scaled.png", stage.work / "display-scaled.png"
    client = stage.stream("--screenshot", shot)
    client.wait_for("streaming")
    display = stage.output()
    time.sleep(1.5)  # nothing moves on the host, so that no further picture will come
    stage.xdotool("windowsize", "--sync", stage.focus(), "1000", "540")
    time.sleep(0.5)
    stage.picture(display, stage.work / "display-scaled-from.png")
    client.process.send_signal(signal.SIGINT)
    client.ends_with(0)
    # 540 lines of 16:9 are 960 columns: 20 black ones on each side.
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", stage.work / "display-scaled-from.png", "-vf", "scale=960:540:flags=bilinear,pad=1000:540:20:0", smaller],
                   timeout=30, check=True)
    psnr = evidence.psnr_db(shot, smaller)
    print(f"  scaled window against scaled display: {psnr:.1f} dB")
    check(psnr > 22, f"the window does not show the display scaled: {psnr:.1f} dB")


def the_hosts_mode_follows_the_window(stage: Stage) -> None:
    client = stage.stream("--follow-window")
    client.wait_for("streaming")
    window = stage.focus()
    stage.xdotool("windowsize", "--sync", window, "1000", "600")
    client.wait_for("now 1000x600@60")
    client.process.send_signal(signal.SIGTERM)
    client.ends_with(0)


def a_short_cut_is_told_and_healed_on_the_same_display(stage: Stage) -> None:
    client = stage.stream()
    client.wait_for("streaming")
    stage.network("cut")
    began = time.monotonic()
    client.wait_for("stopped answering; reconnecting")
    told = time.monotonic() - began
    stage.screen_picture("reconnecting.png")
    stage.network("mend")
    line = client.wait_for("connected again")
    print(f"  told after {told:.1f} s; {line}")
    check(told <= TOLD_WITHIN, f"the user was told after {told:.1f} s")
    check("same display" in line, line)
    client.process.send_signal(signal.SIGINT)
    client.ends_with(0)


def a_host_that_vanishes_ends_the_stream_with_a_sentence(stage: Stage) -> None:
    client = stage.stream()
    client.wait_for("streaming")
    began = time.monotonic()
    stage.host.kill()
    client.wait_for("stopped answering; reconnecting")
    told = time.monotonic() - began
    check(told <= TOLD_WITHIN, f"the user was told after {told:.1f} s")
    client.ends_with(3)
    print(f"  told after {told:.1f} s, gave up after {time.monotonic() - began:.1f} s: {stage.complaint()}")
    check("no new connection could be made" in stage.complaint(), f"no sentence, but: {stage.complaint()}")


def a_host_that_ends_properly_is_not_called_again(stage: Stage) -> None:
    client = stage.stream()
    client.wait_for("streaming")
    stage.processes.end(stage.host.process)
    client.ends_with(1, 5)
    check(not any("reconnecting" in line for line in client.lines), f"it tried again: {client.lines}")
    check(stage.complaint().startswith("punktfunk: "), f"no sentence, but: {stage.complaint()}")
    print(f"  {stage.complaint()}")


def it_runs_without_a_screen_by_the_dummy_driver(stage: Stage) -> None:
    client = stage.stream("--software", "--frames", "3", "--seconds", "20", "--screenshot", stage.work / "dummy.png", mode=None, SDL_VIDEODRIVER="dummy")
    client.wait_for("streaming 1024x768@60")  # what the dummy driver calls its display
    client.ends_with(0, 40)
    check((stage.work / "dummy.png").stat().st_size > 1000, "the screenshot is empty")


def without_a_display_it_says_so(stage: Stage) -> None:
    client = stage.stream(DISPLAY="")
    client.ends_with(1)
    check("there is no display" in stage.complaint() and len(stage.complaint().splitlines()) == 1, stage.complaint())


CLAIMS = (the_window_shows_the_hosts_picture_and_plays_its_sound, typing_and_chords_reach_whom_they_are_for,
          full_screen_on_wayland_shows_the_picture_with_the_overlay_on_top, a_resized_window_scales_the_picture_that_it_has,
          the_hosts_mode_follows_the_window,
          it_runs_without_a_screen_by_the_dummy_driver, without_a_display_it_says_so, a_short_cut_is_told_and_healed_on_the_same_display,
          a_host_that_vanishes_ends_the_stream_with_a_sentence, a_host_that_ends_properly_is_not_called_again)


def play(stage: Stage) -> None:
    stage.set_up()
    for claim in CLAIMS:
        print(claim.__name__, flush=True)
        if stage.host.process.poll() is not None:
            stage.start_host()
        claim(stage)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--keep", type=pathlib.Path)
    arguments = parser.parse_args()
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        print(f"SKIPPED: {', '.join(missing)} not installed")
        return SKIPPED
    stage = Stage(arguments.build)
    try:
        play(stage)
    except (Failure, OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
        print(f"FAILED: {error or repr(error)}")
        print("the client said:\n" + stage.processes.log_of(f"client{stage.clients}"))
        return 1
    finally:
        if arguments.keep:
            shutil.copytree(stage.work, arguments.keep, dirs_exist_ok=True, ignore_dangling_symlinks=True)
        stage.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
