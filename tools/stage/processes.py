"""Starts programs and ends every one of them, whatever happens."""
import contextlib
import json
import os
import pathlib
import select
import signal
import subprocess
import threading
import time


class Failure(Exception):
    """A sentence for the person in front of the terminal."""


class Processes:
    """Each program writes to a log of its own and runs in a process group of its own, so that Ctrl-C reaches only us."""

    def __init__(self, logs: pathlib.Path):
        self.logs = logs
        self.running: list[tuple[str, subprocess.Popen]] = []

    def start(self, name: str, command: list, env: dict, **options) -> subprocess.Popen:
        with open(self.logs / f"{name}.log", "a", encoding="utf-8") as log:
            options.setdefault("stdout", log)
            options.setdefault("stdin", subprocess.DEVNULL)
            process = subprocess.Popen([str(c) for c in command], env=env, stderr=log, start_new_session=True, **options)
        self.running.append((name, process))
        return process

    def end(self, process: subprocess.Popen, patience: float = 5.0) -> int:
        """Asks politely, waits, then ends it for good. Returns its exit status."""
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        self.running = [(n, p) for n, p in self.running if p is not process]
        status = process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what is still in it has no reader any more
                    pipe.close()
        return status

    def end_all(self) -> None:
        for _, process in reversed(self.running[:]):
            self.end(process)

    def log_of(self, name: str, lines: int = 15) -> str:
        path = self.logs / f"{name}.log"
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        return "\n".join("    " + line for line in text.splitlines()[-lines:])


def environment_lines(process: subprocess.Popen, name: str, limit: float) -> dict:
    """Reads KEY=VALUE lines until the line 'ready', as the private-* tools print them."""
    found: dict[str, str] = {}
    pending = b""
    deadline = time.monotonic() + limit
    while True:
        left = deadline - time.monotonic()
        ready, _, _ = select.select([process.stdout], [], [], max(left, 0))
        chunk = os.read(process.stdout.fileno(), 4096) if ready else b""
        if not chunk:
            raise Failure(f"{name} did not get ready within {limit:.0f} s")
        pending += chunk
        *lines, pending = pending.split(b"\n")
        for line in lines:
            text = line.decode().strip()
            if text == "ready":
                return found
            key, equals, value = text.partition("=")
            if equals:
                found[key] = value


class Probe:
    """The client under test, driven line by line: a command in on its stdin, JSON events out on its stdout."""

    def __init__(self, process: subprocess.Popen):
        self.process = process
        self.events: list[dict] = []
        self.changed = threading.Condition()
        self.ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            with self.changed:
                self.events.append(event)
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def say(self, command: str) -> None:
        try:
            self.process.stdin.write((command + "\n").encode())
            self.process.stdin.flush()
        except OSError as error:
            raise Failure(f"the client went away before '{command}'") from error

    def wait_for(self, name: str, limit: float) -> dict:
        """The first event of this name that has not been waited for yet."""
        deadline = time.monotonic() + limit
        with self.changed:
            while True:
                for index, event in enumerate(self.events):
                    if event.get("event") == name:
                        return self.events.pop(index)
                    if event.get("event") == "ended":
                        raise Failure(f"the stream ended: {event.get('text', '')}")
                left = deadline - time.monotonic()
                if self.ended or left <= 0:
                    raise Failure(f"the client did not report '{name}' within {limit:.0f} s")
                self.changed.wait(left)
