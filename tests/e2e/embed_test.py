"""The embedding examples against the real host: a desktop into a file, through the C ABI alone."""
import json
import os
import subprocess
import sys

from scene import BUILD, ROOT, Scene, needs, run
from stage import until

EXAMPLES = ROOT / "examples" / "embed"


class Embed(Scene):
    def setUp(self):
        super().setUp()
        needs(cc="build-essential", ffprobe="ffmpeg")
        self.environment = {**os.environ, "LD_LIBRARY_PATH": str(BUILD / "lib"), "PUNKTFUNK_LIBRARY": str(BUILD / "lib" / "libpunktfunk.so.0")}

    def start(self, *command: object) -> subprocess.Popen:
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   env=self.environment)
        self.addCleanup(process.kill)
        return process

    def output_of(self, process: subprocess.Popen) -> str:
        said, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, said)
        return said

    def call(self, *command: object) -> str:
        return self.output_of(self.start(*command))

    def watch(self, *command: object) -> str:
        """Shows the card on the display that the program's session brings, until the program has ended."""
        program = self.start(*command)
        until(self.stage.active_outputs, 15, "a display for the program")
        self.show_card()
        return self.output_of(program)

    def pin(self) -> str:
        return self.host.json("pair")["pin"]

    def assert_video(self, file):
        found = json.loads(self.call("ffprobe", "-v", "error", "-f", "h264", "-count_frames", "-show_entries",
                                     "stream=width,height,nb_read_frames", "-of", "json", file))["streams"][0]
        print(f"{file.name}: {found}", flush=True)
        self.assertEqual((found["width"], found["height"]), (1280, 720))
        self.assertGreater(int(found["nb_read_frames"]), 20)

    def test_a_program_in_c_streams_the_desktop(self):
        program, state, out = self.stage.work / "stream", self.stage.work / "c-state", self.stage.work / "c.h264"
        self.call("cc", EXAMPLES / "stream.c", f"-I{ROOT / 'include'}", f"-L{BUILD / 'lib'}", "-lpunktfunk", "-o", program)
        self.assertIn("paired with", self.call(program, state, self.host.address, "pair", self.pin()))
        figures = self.watch(program, state, self.host.address, out, 5)
        self.assertIn("clock offset", figures)
        self.assert_video(out)
        self.stage.wait_until_empty()

    def test_a_program_in_python_streams_the_desktop(self):
        out = self.stage.work / "python.h264"
        self.watch(sys.executable, EXAMPLES / "stream.py", self.stage.work / "python-state", self.host.address, self.pin(), out, 5)
        self.assert_video(out)
        self.stage.wait_until_empty()


if __name__ == "__main__":
    run()
