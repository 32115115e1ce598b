"""The embedding examples against the real host: a desktop into a file, through the C ABI alone."""
import json
import os
import subprocess
import sys

from scene import BUILD, ROOT, Scene, needs, run

EXAMPLES = ROOT / "examples" / "embed"


class Embed(Scene):
    def setUp(self):
        super().setUp()
        needs(cc="build-essential", ffprobe="ffmpeg")
        self.environment = {**os.environ, "LD_LIBRARY_PATH": str(BUILD / "lib"), "PUNKTFUNK_LIBRARY": str(BUILD / "lib" / "libpunktfunk.so.0")}

    def call(self, *command: object) -> str:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, env=self.environment)
        self.assertEqual(done.returncode, 0, f"{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

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
        self.show_card()
        figures = self.call(program, state, self.host.address, out, 3)
        self.assertIn("clock offset", figures)
        self.assert_video(out)
        self.stage.wait_until_empty()

    def test_a_program_in_python_streams_the_desktop(self):
        out = self.stage.work / "python.h264"
        self.show_card()
        self.call(sys.executable, EXAMPLES / "stream.py", self.stage.work / "python-state", self.host.address, self.pin(), out, 3)
        self.assert_video(out)
        self.stage.wait_until_empty()


if __name__ == "__main__":
    run()
