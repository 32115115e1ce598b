"""A stage for real programs: a private desktop, hosts and clients with folders of their own. For the demonstration and the
end-to-end tests. Whatever is started here is ended by close()."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from processes import Failure, Probe, Processes, environment_lines

TOOLS = pathlib.Path(__file__).resolve().parents[1]


def until(condition, limit: float, what: str):
    """The first true value of `condition`, asked again and again for `limit` seconds; Failure says `what` did not happen."""
    deadline = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failure(f"{what} did not happen within {limit:.0f} s")
        time.sleep(0.02)


class Stage:
    def __init__(self, build: pathlib.Path, logs: pathlib.Path | None = None):
        self.build = build.resolve()
        self.bin = self.build / "bin"
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="punktfunk-stage-"))
        self.logs = logs or self.work / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.processes = Processes(self.logs)
        self.env = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "SWAYSOCK", "XDG_RUNTIME_DIR")}
        self.desktop: subprocess.Popen | None = None
        self.discovery = False

    # --- what stands on it ---

    def start_desktop(self, channels: int = 2) -> None:
        # Built only where the installed Sway cannot turn its headless outputs off by itself.
        shim = self.build / "lib" / "punktfunk-headless-outputs.so"
        preload = ["--preload", shim] if shim.exists() else []
        self.desktop = self.start_session("desktop", "the private desktop", [TOOLS / "private-desktop", "--channels", str(channels), *preload])

    def start_discovery(self) -> None:
        self.start_session("avahi", "the private mDNS daemon", [TOOLS / "private-avahi"])
        self.discovery = True

    def start_session(self, name: str, what: str, command: list) -> subprocess.Popen:
        """Starts what lends its environment to everything that comes after it."""
        process = self.processes.start(name, command, self.env, stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        try:
            self.env |= environment_lines(process, what, 30)
        except Failure as failure:
            raise Failure(f"{failure}; its log ends:\n{self.processes.log_of(name)}") from failure
        return process

    def start(self, name: str, command: list, **options) -> subprocess.Popen:
        return self.processes.start(name, command, self.env, **options)

    def kill_compositor(self) -> None:
        os.kill(int(self.env["PUNKTFUNK_SWAY_PID"]), signal.SIGKILL)

    def close(self) -> None:
        self.processes.end_all()
        shutil.rmtree(self.work, ignore_errors=True)

    # --- what the compositor says ---

    def sway(self, kind: str):
        result = subprocess.run(["swaymsg", "-t", kind, "-r"], env=self.env, capture_output=True, text=True, timeout=30, check=False)
        return json.loads(result.stdout) if result.returncode == 0 else None

    def command_sway(self, command: str) -> None:
        subprocess.run(["swaymsg", command], env=self.env, capture_output=True, timeout=30, check=True)

    def active_outputs(self) -> dict[str, tuple[int, int]]:
        """Name and size, pixels, of every output that shows something."""
        return {o["name"]: (o["current_mode"]["width"], o["current_mode"]["height"]) for o in self.sway("get_outputs") or [] if o["active"]}

    def wait_for_window(self, app: str, limit: float = 15) -> None:
        until(lambda: f'"app_id": "{app}"' in json.dumps(self.sway("get_tree")), limit, f"a window of {app}")

    def wait_until_empty(self, limit: float = 5) -> float:
        """Until no output shows anything. Seconds that it took."""
        began = time.monotonic()
        until(lambda: not self.active_outputs(), limit, "the end of every virtual display")
        return time.monotonic() - began

    def picture(self, output: str, file: pathlib.Path) -> None:
        """The compositor's own picture of an output, with the pointer."""
        subprocess.run(["grim", "-c", "-o", output, str(file)], env=self.env, timeout=30, check=True, capture_output=True)


class Host:
    """punktfunk-host with a state folder of its own; it may be started again after it was stopped or killed."""

    def __init__(self, stage: Stage, name: str = "stage", config: str = "", listen: str = "127.0.0.1:0", wrapper: list | None = None):
        self.stage = stage
        self.name = name
        self.wrapper = wrapper or []
        self.folder = stage.work / f"host-{name}"
        self.env = stage.env | {"XDG_CONFIG_HOME": str(self.folder / "config"), "XDG_STATE_HOME": str(self.folder / "state")}
        file = self.folder / "config" / "punktfunk" / "host.toml"
        file.parent.mkdir(parents=True)
        file.write_text(f'name = "{name}"\n[network]\nlisten = "{listen}"\n[discovery]\nenabled = {str(stage.discovery).lower()}\n' + config,
                        encoding="utf-8")
        self.process: subprocess.Popen | None = None
        self.address = ""

    def start(self, *arguments: str) -> "Host":
        self.process = self.stage.processes.start("host", [*self.wrapper, self.stage.bin / "punktfunk-host", "serve", *arguments], self.env)
        deadline = time.monotonic() + 15
        while True:
            status = self.run("status", "--json")
            if status.returncode == 0:
                self.address = json.loads(status.stdout)["listen"]
                return self
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failure("the host did not start; its log ends:\n" + self.log())
            time.sleep(0.05)

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([self.stage.bin / "punktfunk-host", *arguments], env=self.env, capture_output=True, text=True, timeout=30, check=False)

    def json(self, *arguments: str) -> dict:
        result = self.run(*arguments, "--json")
        if result.returncode != 0:
            raise Failure(f"punktfunk-host {' '.join(arguments)}: {result.stderr.strip()}")
        return json.loads(result.stdout)

    def sessions(self) -> list[dict]:
        return self.json("status")["sessions"]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def log(self, lines: int = 15) -> str:
        return self.stage.processes.log_of("host", lines)


class Client:
    """punktfunk with an identity of its own."""

    def __init__(self, stage: Stage, name: str, wrapper: list | None = None):
        self.stage = stage
        self.name = name
        self.wrapper = wrapper or []
        self.out = stage.work / f"client-{name}"
        self.out.mkdir()
        self.env = stage.env | {"XDG_STATE_HOME": str(self.out / "state"), "XDG_CONFIG_HOME": str(self.out / "config")}

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([*self.wrapper, self.stage.bin / "punktfunk", *arguments], env=self.env, capture_output=True, text=True, timeout=60, check=False)

    def pair(self, host: Host, address: str = "") -> dict:
        pin = host.json("pair")["pin"]
        attempt = lambda: self.run("pair", address or host.address, "--pin", pin, "--json")
        result = attempt()
        if "one attempt a second" in result.stderr:
            time.sleep(1.1)
            result = attempt()
        if result.returncode != 0:
            raise Failure(f"{self.name} could not pair: {result.stderr.strip()}")
        return json.loads(result.stdout)

    def stream(self, address: str, mode: str = "1280x720@60", out: pathlib.Path | None = None, extra: tuple = (), record: bool = True) -> "Stream":
        recording = ("--out", out or self.out) if record else ()
        process = self.stage.processes.start(
            f"client-{self.name}", [*self.wrapper, self.stage.bin / "punktfunk", "probe", address, "--mode", mode, "--script", "-", "--json",
                                    *recording, *extra], self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return Stream(self, process, out or self.out)


class Stream(Probe):
    """A running `punktfunk probe`, driven line by line."""

    def __init__(self, client: Client, process: subprocess.Popen, out: pathlib.Path):
        super().__init__(process)
        self.client = client
        self.out = out

    def started(self, limit: float = 15) -> dict:
        """Waits for the first frame too; the answer holds both events' fields."""
        began = self.wait_for("started", limit)
        return began | {"first_frame_ms": self.wait_for("first_frame", limit)["ms"]}

    def mark(self, limit: float = 30) -> None:
        """Returns when every command so far has been carried out."""
        self.say("mark here")
        self.wait_for("mark", limit)

    def measure(self, seconds: float) -> dict:
        self.say("measure begin")
        self.say(f"wait {seconds}")
        self.say("measure end")
        return self.wait_for("measured", seconds + 20)

    def snapshot(self, file: pathlib.Path) -> dict:
        self.say(f"snapshot {file}")
        return self.wait_for("snapshot", 20)

    def goodbye(self) -> dict:
        """Ends the stream in order. Returns the report."""
        self.say("goodbye")
        self.process.stdin.close()
        try:
            status = self.process.wait(20)
        except subprocess.TimeoutExpired as error:
            raise Failure("the client did not end after goodbye") from error
        if status != 0:
            raise Failure(f"the client ended with status {status}:\n" + self.log())
        return json.loads((self.out / "probe.json").read_text(encoding="utf-8"))

    def log(self) -> str:
        return self.client.stage.processes.log_of(f"client-{self.client.name}")
