"""Installs the library, builds the examples against it as somebody else would, and streams from one to the other."""
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

# Two pictures as far as framing goes: an IDR one with its parameter sets and one that follows. Nobody decodes them.
FILM = b"".join(b"\0\0\0\1" + nal for nal in (b"\x67sps", b"\x68pps", b"\x65\x80" + b"i" * 3000, b"\x41\x80" + b"p" * 500))


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
        run("cmake", "--install", BUILD, "--prefix", cls.prefix, "--component", "library")
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
        self.assertTrue(received.startswith(FILM[1:]), f"{len(received)} bytes, and not the film: {received[:40]!r}")

    def test_the_installation_is_whole(self):
        files = {str(f.relative_to(self.prefix)) for f in self.prefix.rglob("*") if not f.is_dir()}
        for needed in (r"include/punktfunk/punktfunk\.h", r"lib.*/libpunktfunk\.so\.0", r"lib.*/libpunktfunk\.a", r"lib.*/pkgconfig/punktfunk\.pc",
                       r"lib.*/cmake/punktfunk/punktfunk-config\.cmake"):
            self.assertTrue(any(re.fullmatch(needed, f) for f in files), f"{needed} is not among {sorted(files)}")
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
    BUILD = parser.parse_args().build
    unittest.main(argv=sys.argv[:1], verbosity=2)
