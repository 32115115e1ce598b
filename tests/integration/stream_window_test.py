#!/usr/bin/env python3
"""stream_window_test.py --bin FOLDER: `punktfunk stream` in a window of a private X server, streaming a private desktop
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
sys.path.insert(0, str(ROOT / "tools" / "demo"))
import evidence
from processes import Failure, Processes, environment_lines

NEEDED = ("Xvfb", "xdotool", "sway", "swaymsg", "foot", "grim", "pw-play", "ffmpeg", "dbus-daemon", "wireplumber")
SKIPPED = 77
MODE = "1280x720@60"
TOLD_WITHIN = 3.0  # seconds: how soon the user has to know that the host has vanished
TYPED = "Typed into a Window 123"


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


class Stage:
    def __init__(self, bin_folder: pathlib.Path, keep: pathlib.Path | None):
        self.bin = bin_folder.resolve()
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="punktfunk-window-"))
        self.keep = keep
        (self.work / "logs").mkdir()
        self.processes = Processes(self.work / "logs")
        self.env = dict(os.environ)
        self.clients = 0

    def path(self, name: str) -> pathlib.Path:
        return self.work / name

    def close(self) -> None:
        self.processes.end_all()
        if self.keep:
            shutil.copytree(self.work, self.keep, dirs_exist_ok=True)
        shutil.rmtree(self.work, ignore_errors=True)

    # --- the world around the client ---

    def start_desktop(self) -> None:
        shim = self.bin.parent / "lib" / "punktfunk-headless-outputs.so"
        preload = ["--preload", shim] if shim.exists() else []
        desktop = self.processes.start("desktop", [ROOT / "tools" / "private-desktop", *preload], self.env,
                                       stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        self.env |= environment_lines(desktop, "the private desktop", 30)

    def start_host(self) -> None:
        self.env |= {f"XDG_{kind}_HOME": str(self.work / kind.lower()) for kind in ("CONFIG", "STATE")}
        self.host = self.processes.start("host", [self.bin / "punktfunk-host", "serve", "--listen", "127.0.0.1:0"], self.env)
        deadline = time.monotonic() + 15
        while True:
            status = self.run("punktfunk-host", "status", "--json")
            if status.returncode == 0:
                self.listen = json.loads(status.stdout)["listen"]
                return
            check(self.host.poll() is None and time.monotonic() < deadline,
                  "the host did not start:\n" + self.processes.log_of("host"))
            time.sleep(0.05)

    def start_network(self) -> None:
        relay = self.processes.start("relay", [self.bin / "punktfunk-relay", "--to", self.listen], self.env,
                                     stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        self.relay = relay
        self.address = f"127.0.0.1:{int(relay.stdout.readline())}"

    def network(self, command: str) -> None:
        self.relay.stdin.write(command.encode() + b"\n")
        self.relay.stdin.flush()

    def start_screen(self) -> None:
        read, write = os.pipe()
        self.processes.start("xvfb", ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x900x24", "-nolisten", "tcp"],
                             self.env, pass_fds=[write])
        os.close(write)
        ready, _, _ = select.select([read], [], [], 15)
        number = os.read(read, 64).decode().strip() if ready else ""
        os.close(read)
        check(number.isdigit(), "the private X server does not start:\n" + self.processes.log_of("xvfb"))
        self.display = f":{number}"

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([self.bin / program, *arguments], env=self.env, capture_output=True, text=True, timeout=30, check=False)

    def pair(self) -> None:
        opened = self.run("punktfunk-host", "pair", "--json")
        check(opened.returncode == 0, "no pairing window: " + opened.stderr)
        paired = self.run("punktfunk", "pair", self.address, "--pin", json.loads(opened.stdout)["pin"], "--json")
        check(paired.returncode == 0, "pairing failed: " + paired.stderr)

    def start_window(self, app: str, command: list) -> subprocess.Popen:
        process = self.processes.start(app, command, self.env)
        deadline = time.monotonic() + 15
        while f'"app_id": "{app}"' not in json.dumps(self.sway("get_tree")):
            check(time.monotonic() < deadline, f"the window of {app} did not appear")
            time.sleep(0.05)
        return process

    def sway(self, kind: str):
        return json.loads(self.swaymsg("-t", kind, "-r") or "null")

    def swaymsg(self, *arguments: str) -> str:
        return subprocess.run(["swaymsg", *arguments], env=self.env, capture_output=True, text=True, timeout=10, check=False).stdout

    # --- the client ---

    def stream(self, *arguments, **env: str) -> Client:
        self.clients += 1
        extra = {"DISPLAY": self.display, "SDL_VIDEODRIVER": "x11", "SDL_AUDIODRIVER": "dummy"} | env
        client_env = {k: v for k, v in self.env.items() if k != "WAYLAND_DISPLAY"} | extra
        process = self.processes.start(f"client{self.clients}", [self.bin / "punktfunk", "stream", self.address, "--mode", MODE, *arguments],
                                       client_env, stdout=subprocess.PIPE)
        return Client(process)

    def complaint(self) -> str:
        return self.path(f"logs/client{self.clients}.log").read_text(encoding="utf-8", errors="replace").strip()

    def xdotool(self, *arguments: str) -> str:
        result = subprocess.run(["xdotool", *arguments], env=self.env | {"DISPLAY": self.display}, capture_output=True, text=True, timeout=15, check=False)
        check(result.returncode == 0, f"xdotool {' '.join(arguments)}: {result.stderr}")
        return result.stdout.strip()

    def focus(self) -> str:
        deadline = time.monotonic() + 10
        while True:
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "punktfunk"], env=self.env | {"DISPLAY": self.display},
                                   capture_output=True, text=True, timeout=15, check=False).stdout.split()
            if found:
                # There is no window manager that would give it the focus.
                self.xdotool("windowfocus", "--sync", found[0])
                return found[0]
            check(time.monotonic() < deadline, "the client's window did not appear")
            time.sleep(0.05)

    def grim(self, file: pathlib.Path, display: str) -> None:
        subprocess.run(["grim", "-c", "-o", display, str(file)], env=self.env, timeout=15, check=True)

    def screen_picture(self, name: str) -> pathlib.Path:
        """What the X server shows: not by the client's own account."""
        file = self.path(name)
        result = subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "x11grab", "-video_size", "1600x900", "-i", self.display, "-frames:v", "1", file],
                                env=self.env, capture_output=True, timeout=30, check=False)
        check(result.returncode == 0, "the X server's picture cannot be taken: " + result.stderr.decode(errors="replace"))
        return file


def output_of(stage: Stage) -> str:
    active = [o["name"] for o in stage.sway("get_outputs") if o["active"]]
    check(len(active) == 1, f"the client has no display of its own: {active}")
    return active[0]


def wait_until(condition, sentence: str, limit: float = 10) -> None:
    deadline = time.monotonic() + limit
    while not condition():
        check(time.monotonic() < deadline, sentence)
        time.sleep(0.05)


# --- the claims, in the order in which they are tried ---

def the_window_shows_the_hosts_picture_and_plays_its_sound(stage: Stage) -> None:
    sound = stage.path("sound.raw")
    tone = stage.path("tone.wav")
    evidence.write_tone(tone, 30)
    shot = stage.path("window.png")
    client = stage.stream("--screenshot", shot, SDL_AUDIODRIVER="disk", SDL_DISKAUDIOFILE=str(sound))
    client.wait_for("streaming 1280x720@60 from")
    display = output_of(stage)
    card = stage.start_window("punktfunk-testcard", [stage.bin / "punktfunk-testcard"])
    stage.processes.start("tone", ["pw-play", tone], stage.env)
    time.sleep(3)  # of moving picture and sound
    card.send_signal(signal.SIGUSR1)  # stands still
    time.sleep(1.5)  # until the still picture is as sharp as it gets
    stage.grim(stage.path("display.png"), display)
    client.process.send_signal(signal.SIGINT)
    client.ends_with(0)
    summary = client.wait_for("pictures shown")
    check(int(summary.split()[0]) > 60, f"too few pictures in three seconds: {summary}")
    psnr = evidence.psnr_db(shot, stage.path("display.png"))
    print(f"  window against display: {psnr:.1f} dB; {summary}")
    check(psnr > 32, f"the window does not show the display: {psnr:.1f} dB")
    share = tone_share(sound)
    print(f"  share of the tone in the sound: {share:.2f}")
    check(share > 0.7, f"the sound is not the host's: only {share:.2f} of it is the tone")


def tone_share(raw: pathlib.Path) -> float:
    """Of the loudest second that SDL's disk driver wrote: 32-bit floats, two channels."""
    samples = array.array("f")
    data = raw.read_bytes()
    samples.frombytes(data[: len(data) // 8 * 8])
    left = samples[::2]
    pieces = [left[at : at + 2400] for at in range(0, len(left) - 2400, 2400)]
    loud = [p for p in pieces if max(p) > 0.1]
    check(len(loud) >= 20, f"{len(loud) / 20:.2f} s of sound were heard instead of three")
    return sum(evidence._power(p, evidence.TONE_HZ) for p in loud) / len(loud)


def typing_and_chords_reach_whom_they_are_for(stage: Stage) -> None:
    client = stage.stream()
    client.wait_for("streaming")
    output_of(stage)
    typed = stage.path("typed")
    script = f"read -r line; printf '%s' \"$line\" > '{typed}'; sleep 60"
    terminal = stage.start_window("terminal", ["foot", "--app-id", "terminal", "sh", "-c", script])
    stage.focus()
    before = stage.screen_picture("before.png")
    stage.xdotool("type", "--delay", "20", TYPED)
    stage.xdotool("key", "Return")
    wait_until(lambda: typed.exists() and typed.read_text() == TYPED,
               f"the terminal did not get what was typed, but: {typed.read_text() if typed.exists() else 'nothing'}")
    stage.xdotool("key", "ctrl+alt+shift+s")
    overlay = stage.path("overlay.png")
    wait_until(lambda: evidence.psnr_db(stage.screen_picture("overlay.png"), before) < 30, "the overlay did not appear")
    check(overlay.exists() and client.process.poll() is None, "the chord for the overlay ended the client")
    stage.xdotool("key", "ctrl+alt+shift+q")
    client.ends_with(0)
    stage.processes.end(terminal)


def full_screen_on_wayland_shows_the_picture_with_the_overlay_on_top(stage: Stage) -> None:
    desktop = stage.processes.start("second-desktop", [ROOT / "tools" / "private-desktop", "--outputs", "1"], stage.env,
                                    stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    second = environment_lines(desktop, "the second private desktop", 30)
    there = {**os.environ, **second}
    client = stage.stream("--fullscreen", "--overlay", SDL_VIDEODRIVER="wayland", SDL_RENDER_DRIVER="software", **second)
    client.wait_for("streaming")

    def tree() -> str:
        return subprocess.run(["swaymsg", "-t", "get_tree", "-r"], env=there, capture_output=True, text=True, timeout=10, check=False).stdout

    wait_until(lambda: has_fullscreen(tree()), "the window is not in full screen")
    time.sleep(1.5)
    subprocess.run(["grim", str(stage.path("wayland.png"))], env=there, timeout=15, check=True)
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
    stage.host.kill()
    began = time.monotonic()
    client.wait_for("stopped answering; reconnecting")
    told = time.monotonic() - began
    check(told <= TOLD_WITHIN, f"the user was told after {told:.1f} s")
    client.ends_with(3)
    print(f"  told after {told:.1f} s, gave up after {time.monotonic() - began:.1f} s: {stage.complaint()}")
    check("no new connection could be made" in stage.complaint(), f"no sentence, but: {stage.complaint()}")


def a_host_that_ends_properly_is_not_called_again(stage: Stage) -> None:
    client = stage.stream()
    client.wait_for("streaming")
    stage.processes.end(stage.host)
    client.ends_with(1, 3)
    check(not any("reconnecting" in line for line in client.lines), f"it tried again: {client.lines}")
    check(stage.complaint().startswith("punktfunk: "), f"no sentence, but: {stage.complaint()}")
    print(f"  {stage.complaint()}")


def it_runs_without_a_screen_by_the_dummy_driver(stage: Stage) -> None:
    client = stage.stream("--software", "--frames", "3", "--seconds", "20", "--screenshot", stage.path("dummy.png"), SDL_VIDEODRIVER="dummy")
    client.ends_with(0, 40)
    check(stage.path("dummy.png").stat().st_size > 1000, "the screenshot is empty")


def without_a_display_it_says_so(stage: Stage) -> None:
    client = stage.stream(DISPLAY="")
    client.ends_with(1)
    check("there is no display" in stage.complaint() and len(stage.complaint().splitlines()) == 1, stage.complaint())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--keep", type=pathlib.Path)
    arguments = parser.parse_args()
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        print(f"SKIPPED: {', '.join(missing)} not installed")
        return SKIPPED
    stage = Stage(arguments.bin, arguments.keep)
    try:
        stage.start_desktop()
        stage.start_host()
        stage.start_network()
        stage.start_screen()
        stage.pair()
        for claim in (the_window_shows_the_hosts_picture_and_plays_its_sound, typing_and_chords_reach_whom_they_are_for,
                      full_screen_on_wayland_shows_the_picture_with_the_overlay_on_top, the_hosts_mode_follows_the_window, it_runs_without_a_screen_by_the_dummy_driver, without_a_display_it_says_so,
                      a_short_cut_is_told_and_healed_on_the_same_display, a_host_that_vanishes_ends_the_stream_with_a_sentence):
            print(claim.__name__, flush=True)
            claim(stage)
        # The next claim needs a host that is alive.
        stage.processes.end(stage.host)
        stage.processes.end(stage.relay)
        stage.start_host()
        stage.start_network()
        stage.pair()
        print(a_host_that_ends_properly_is_not_called_again.__name__, flush=True)
        a_host_that_ends_properly_is_not_called_again(stage)
    except (Failure, OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
        print(f"FAILED: {error or repr(error)}")
        print("the client said:\n" + stage.processes.log_of(f"client{stage.clients}"))
        return 1
    finally:
        stage.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
