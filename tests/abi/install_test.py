"""Installs everything, looks whether it is whole and runs, builds the examples against it as somebody else would, and
streams from one to the other."""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "embed"
PIN = "4711"
BUILD = pathlib.Path()
VERSION = ""
PROGRAMS: list[str] = []

# Two pictures as far as framing goes: an IDR one with its parameter sets and one that follows. Nobody decodes them.
FILM = b"".join(b"\0\0\0\1" + nal for nal in (b"\x67sps", b"\x68pps", b"\x65\x80" + b"i" * 3000, b"\x41\x80" + b"p" * 500))
# As the host sends them: cut before the 24 bits of a start code.
FOLLOWS = FILM.index(b"\0\0\1\x41")
KEYFRAME, FOLLOWER = FILM[1:FOLLOWS], FILM[FOLLOWS:]


def run(*command: object, **more) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120, **more)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="pf-abi-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.prefix = cls.folder / "prefix"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)
        cls.library = next(cls.prefix.rglob("libpunktfunk.so")).parent
        cls.environment = {**os.environ, "PKG_CONFIG_PATH": str(cls.library / "pkgconfig"), "LD_LIBRARY_PATH": str(cls.library)}
        cls.film = cls.folder / "film.h264"
        cls.film.write_bytes(FILM)

    def pkg_config(self, package: str = "punktfunk") -> list[str]:
        return run("pkg-config", "--cflags", "--libs", package, env=self.environment).split()

    def stream(self, host: pathlib.Path, client: list[object], pairs_by_itself: bool = False) -> bytes:
        """What the client writes after half a second of the host's film."""
        state, out = pathlib.Path(tempfile.mkdtemp(dir=self.folder)), self.folder / "out.h264"
        process = subprocess.Popen([host, self.film, "127.0.0.1:0", PIN], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   text=True, env=self.environment)
        try:
            address = re.match(r"listens at (\S+), PIN 4711", process.stdout.readline()).group(1)
            if pairs_by_itself:
                run(*client, state, address, PIN, out, "1", env=self.environment)
            else:
                self.assertIn("paired with film", run(*client, state, address, "pair", PIN, env=self.environment))
                run(*client, state, address, out, "1", env=self.environment)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
        return out.read_bytes()

    def assert_film(self, received: bytes):
        """Whole pictures in their order. The film may start over before its second one: a client that has little of the
        processor asks for a keyframe."""
        whole = re.fullmatch(b"(?:%s(?:%s)?)+" % (re.escape(KEYFRAME), re.escape(FOLLOWER)), received)
        self.assertTrue(whole, f"{len(received)} bytes, and not the film: {received[:40]!r}")
        self.assertGreater(received.count(FOLLOWER), 10, f"{len(received)} bytes, of which few follow a keyframe")

    def test_what_is_installed_is_this_and_nothing_else(self):
        library, doc = self.library.relative_to(self.prefix), pathlib.Path("share/doc/punktfunk")
        kept = [str(f.relative_to(ROOT)) for pattern in ("docs/**/*", "examples/**/*", "packaging/**/*.toml") for f in ROOT.glob(pattern) if f.is_file()]
        expected = {f"bin/{program}" for program in PROGRAMS} | {"include/punktfunk/punktfunk.h", "lib/udev/rules.d/70-punktfunk.rules"}
        expected |= {f"{library}/{name}" for name in ("libpunktfunk.so", "libpunktfunk.so.0", f"libpunktfunk.so.{VERSION}", "libpunktfunk.a",
                                                      "pkgconfig/punktfunk.pc", "pkgconfig/punktfunk-static.pc",
                                                      "cmake/punktfunk/punktfunk-config.cmake", "cmake/punktfunk/punktfunk-config-version.cmake")}
        expected |= {f"{doc}/{name}" for name in [*kept, "README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"]}
        self.assertEqual({str(f.relative_to(self.prefix)) for f in self.prefix.rglob("*") if not f.is_dir()}, expected)

    def test_the_programs_run_from_where_they_are_installed(self):
        for program in PROGRAMS:
            path = self.prefix / "bin" / program
            self.assertEqual(run(path, "--version").strip(), f"punktfunk {VERSION}")
            self.assertNotIn(str(BUILD), run("readelf", "-d", path), "it looks for libraries where it was built")

    def test_the_parts_can_be_installed_alone(self):
        alone = self.folder / "alone"
        run("cmake", "--install", BUILD, "--prefix", alone, "--component", "library")
        self.assertEqual({str(part.relative_to(alone).parts[0]) for part in alone.rglob("*")}, {"include", self.library.relative_to(self.prefix).parts[0]})

    def test_the_library_needs_what_it_says(self):
        needed = run("readelf", "-d", self.library / "libpunktfunk.so")
        self.assertIn("soname: [libpunktfunk.so.0]", needed)
        self.assertNotIn("spdlog", needed)

    def test_by_pkg_config(self):
        for example in ("stream", "host"):
            warnings = ["-std=c11", "-pedantic", "-Wall", "-Wextra", "-Werror", EXAMPLES / f"{example}.c"]
            run("cc", *warnings, *self.pkg_config(), "-o", self.folder / f"{example}-shared")
            run("cc", *warnings, *self.pkg_config("punktfunk-static"), "-o", self.folder / f"{example}-static")
        self.assertNotIn("libpunktfunk", run("readelf", "-d", self.folder / "host-static"))
        self.assert_film(self.stream(self.folder / "host-static", [self.folder / "stream-shared"]))
        self.assert_film(self.stream(self.folder / "host-shared", [self.folder / "stream-static"]))

    def test_by_cmake(self):
        build = self.folder / "outside"
        run("cmake", "-S", ROOT / "tests" / "abi" / "outside", "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DEXAMPLES={EXAMPLES}")
        run("cmake", "--build", build)
        self.assert_film(self.stream(build / "host-shared", [build / "stream-static"]))

    def test_by_python(self):
        run("cc", EXAMPLES / "host.c", *self.pkg_config(), "-o", self.folder / "host")
        self.assert_film(self.stream(self.folder / "host", [sys.executable, EXAMPLES / "stream.py"], pairs_by_itself=True))

    def test_the_examples_are_as_short_as_they_are_said_to_be(self):
        for name, most in (("stream.c", 200), ("host.c", 200), ("stream.py", 100)):
            self.assertLess(len((EXAMPLES / name).read_text(encoding="utf-8").splitlines()), most, name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--programs", nargs="+", required=True)
    arguments = parser.parse_args()
    BUILD, VERSION, PROGRAMS = arguments.build, arguments.version, arguments.programs
    unittest.main(argv=sys.argv[:1], verbosity=2)
