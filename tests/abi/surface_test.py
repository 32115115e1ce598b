"""What of libpunktfunk others can see: the names, and the layout of everything in the header.

The checked-in text (tests/data/abi/punktfunk.txt) is of a 64-bit machine. A change of it is a change of the ABI: additions
raise PUNKTFUNK_ABI_VERSION; anything else also changes the soname. `surface_test.py --build DIR --write` writes it anew."""
import argparse
import difflib
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "abi")]
import surface  # noqa: E402

HEADER = ROOT / "include" / "punktfunk" / "punktfunk.h"
KEPT = ROOT / "tests" / "data" / "abi" / "punktfunk.txt"
FIRST_SIZES = ROOT / "tests" / "data" / "abi" / "first_sizes.txt"
BUILD = pathlib.Path()
SANITIZED = False


class Surface(unittest.TestCase):
    def declared(self) -> set[str]:
        return {re.search(r"(punktfunk_\w+)\(", line).group(1) for line in surface.describe(HEADER) if line.startswith("function ")}

    def test_the_shared_library_exports_what_the_header_declares_and_nothing_else(self):
        names = surface.exported(BUILD / "lib" / "libpunktfunk.so", "-D")
        self.assertGreater(len(names), 50)
        self.assertEqual(names, self.declared())

    def test_the_archive_has_no_other_global_names(self):
        archive = BUILD / "lib" / "libpunktfunk.a"
        if SANITIZED:
            self.skipTest("this build has sanitizers, and so no archive")
        self.assertEqual(surface.exported(archive, "-g"), self.declared())

    def test_the_archive_shares_nothing_with_other_code(self):
        """A name that is unique in a process, or a group of sections of which the linker keeps one, would be shared with
        whatever else instantiates the same template."""
        archive = BUILD / "lib" / "libpunktfunk.a"
        if SANITIZED:
            self.skipTest("this build has sanitizers, and so no archive")
        symbols = subprocess.run(["readelf", "-sW", str(archive)], check=True, capture_output=True, text=True).stdout
        self.assertEqual([line for line in symbols.splitlines() if " UNIQUE " in line], [])
        groups = subprocess.run(["readelf", "-gW", str(archive)], check=True, capture_output=True, text=True).stdout
        self.assertIn("There are no section groups in this file.", groups)

    def test_the_abi_is_the_one_that_was_agreed_on(self):
        now, kept = surface.describe(HEADER), KEPT.read_text(encoding="utf-8").splitlines()
        changes = list(difflib.unified_diff(kept, now, "agreed on", "in the header", lineterm="", n=1))
        self.assertEqual(changes, [], "the ABI has changed:\n" + "\n".join(changes))

    def test_every_struct_that_crosses_by_itself_can_grow(self):
        """It begins with struct_size, or is a handle that the header says nothing of."""
        layout = surface.describe(HEADER)
        firsts = {line.split()[1].rstrip(":"): layout[i + 1].strip() for i, line in enumerate(layout) if line.startswith("struct ")}
        crossing = {name for line in layout if line.startswith(("function ", "callback "))
                    for name in re.findall(r"(punktfunk_\w+)\*", line)}
        self.assertGreater(len(crossing & firsts.keys()), 12)
        for name in sorted(crossing & firsts.keys()):
            self.assertTrue(firsts[name].startswith("uint32_t struct_size:"), f"{name} begins with {firsts[name]}")

    def test_the_first_size_of_every_struct_that_can_grow_is_kept(self):
        """The library is held against the same list by test_abi_boundary."""
        layout = surface.describe(HEADER)
        sizes = {line.split()[1].rstrip(":"): int(line.split()[2]) for line in layout if line.startswith("struct ")}
        growing = {line.split()[1].rstrip(":") for line, first in zip(layout, layout[1:])
                   if line.startswith("struct ") and first.startswith("  uint32_t struct_size:")}
        kept = {name: int(size) for name, size in map(str.split, FIRST_SIZES.read_text(encoding="utf-8").splitlines())}
        self.assertEqual(kept.keys(), growing)
        for name, first in kept.items():
            self.assertLessEqual(first, sizes[name], name)
        inside = {match.group(1) for line in layout if (match := re.match(r"  (punktfunk_\w+) \w+(\[\d+\])*: at", line))}
        self.assertIn("punktfunk_input", inside & growing)
        for name in inside & growing:
            self.assertEqual(kept[name], sizes[name], f"{name} stands inside of another struct, whose members would move")

    def test_a_change_would_be_seen(self):
        text = HEADER.read_text(encoding="utf-8")
        changed = BUILD / "abi-test" / "punktfunk" / "punktfunk.h"
        changed.parent.mkdir(parents=True, exist_ok=True)
        before = surface.describe(HEADER)
        for old, new in (("set_bitrate(punktfunk_session* session, uint64_t bitrate)", "set_bitrate(punktfunk_session* session, uint32_t bitrate)"),
                         ("uint32_t grace_ms; /* how long the host", "uint64_t grace_ms; /* how long the host"),
                         ("int64_t paired_at;", "uint64_t paired_at;"),
                         ("const char* host;         /* a paired", "char* host;         /* a paired"),
                         ("punktfunk_wheel wheel;", "punktfunk_pointer_motion wheel;"),
                         ("PUNKTFUNK_CODEC_AV1 = 3", "PUNKTFUNK_CODEC_AV1 = 4")):
            self.assertEqual(text.count(old), 1, old)
            changed.write_text(text.replace(old, new), encoding="utf-8")
            self.assertNotEqual(surface.describe(changed), before, f"nobody would notice '{new}'")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--sanitized", action="store_true", help="the build has no archive")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    BUILD, SANITIZED = arguments.build, arguments.sanitized
    if arguments.write:
        KEPT.write_text("\n".join(surface.describe(HEADER)) + "\n", encoding="utf-8")
        sys.exit(f"wrote {KEPT}")
    unittest.main(argv=sys.argv[:1], verbosity=2)
