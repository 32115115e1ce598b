"""What the end-to-end tests share: a stage a test class, with a desktop, a host and paired clients as the class asks.

A test is a Python file that ctest runs with PUNKTFUNK_BUILD naming the build folder. What is missing on the machine is a
failure that names the package, never a skip."""
import os
import pathlib
import shutil
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools" / "stage")]
import evidence  # noqa: E402
from processes import Failure  # noqa: E402
from stage import Client, Host, Stage, until  # noqa: E402

__all__ = ["Client", "Failure", "Host", "Scene", "Stage", "evidence", "needs", "run", "until"]

BUILD = pathlib.Path(os.environ.get("PUNKTFUNK_BUILD", ROOT / "build" / "dev"))
LEAST_PSNR_DB = 30.0


def needs(**programs: str) -> None:
    for program, package in programs.items():
        if shutil.which(program) is None:
            raise Failure(f"{program} is missing; on Debian: apt install {package}")


class Scene(unittest.TestCase):
    """Each test gets a stage of its own and leaves nothing behind."""

    HOST_CONFIG = ""
    CHANNELS = 2
    DISCOVERY = False  # an mDNS daemon runs, and the host announces itself

    def setUp(self) -> None:
        needs(sway="sway", foot="foot", grim="grim", ffmpeg="ffmpeg")
        self.stage = Stage(BUILD)
        self.addCleanup(self.stage.close)
        self.stage.start_desktop(self.CHANNELS)
        if self.DISCOVERY:
            self.stage.start_discovery()
        self.host = Host(self.stage, "host", self.HOST_CONFIG).start()

    def tearDown(self) -> None:
        result = self._outcome.result
        if any(test is self for test, _ in result.failures + result.errors):
            for log in sorted(self.stage.logs.glob("*.log")):
                text = self.stage.processes.log_of(log.stem, 25)
                print(f"--- {log.name}\n{text}", file=sys.stderr)

    def paired_client(self, name: str = "client") -> Client:
        client = Client(self.stage, name)
        client.pair(self.host)
        return client

    def show_card(self):
        """Fills the focused display with the card, which moves until it gets SIGUSR1."""
        process = self.stage.start("testcard", [self.stage.bin / "punktfunk-testcard"])
        self.stage.wait_for_window("punktfunk-testcard")
        return process

    def assert_same_picture(self, stream, display: str, size: tuple[int, int] | None = None) -> float:
        """The client's picture against the compositor's own, once both stand still. Returns the PSNR, dB."""
        client, compositor = stream.out / f"{display}-client.png", stream.out / f"{display}-display.png"
        shot = stream.snapshot(client)
        self.stage.picture(display, compositor)
        if size is not None:
            self.assertEqual((shot["width"], shot["height"]), size)
        psnr = evidence.psnr_db(client, compositor)
        self.assertGreater(psnr, LEAST_PSNR_DB, f"the client's picture of {display} differs from the compositor's")
        return psnr


def run() -> None:
    unittest.main(verbosity=2)
