"""The ABI in text: every function, every constant, every struct with the type, the size and the offset of each member."""
import re
import subprocess
import tempfile
import pathlib


def preprocessed(header: pathlib.Path) -> str:
    """The header's own declarations, without those of the system's headers and without attributes."""
    text = subprocess.run(["cc", "-std=c11", "-E", "-DPUNKTFUNK_STATIC", str(header)], check=True, capture_output=True,
                          text=True).stdout
    own, kept = False, []
    for line in text.splitlines():
        if marker := re.match(r'# \d+ "([^"]+)"', line):
            own = marker.group(1) == str(header)
        elif own:
            kept.append(line)
    return re.sub(r"\s+", " ", " ".join(kept))


def members_of(body: str) -> list[tuple[str, str]]:
    """Name and declaration of a struct's members; an inner union is one, with all that is in it."""
    declarations = [" ".join(d.split()) for d in re.findall(r"((?:[^;{}]|\{[^{}]*\})+);", body)]
    return [(re.search(r"(\w+)(?:\[[^\]]*\])*$", d).group(1), d) for d in declarations]


def describe(header: pathlib.Path) -> list[str]:
    text = preprocessed(header)
    structs = re.findall(r"typedef struct (\w+) \{((?:[^{}]|\{[^{}]*\})*)\} \1;", text)
    constants = [name for body in re.findall(r"enum \{([^}]*)\}", text) for name in re.findall(r"(PUNKTFUNK_\w+) =", body)]
    functions = sorted(re.findall(r"[\w*]+(?: [\w*]+)* \*?punktfunk_\w+\([^()]*\)(?=;)", re.sub(r"typedef [^;{]*;", "", text)))
    callbacks = sorted(re.findall(r"typedef (void \(\*punktfunk_\w+\)\([^()]*\));", text))
    macros = re.findall(r"#define (PUNKTFUNK_(?:\w+_SIZE|ABI_VERSION)) ", header.read_text(encoding="utf-8"))

    lines = ["#include <punktfunk/punktfunk.h>", "#include <stdio.h>", "int main(void) {"]
    for name in macros + constants:
        lines.append(f'printf("constant {name} = %lld\\n", (long long){name});')
    for name, body in structs:
        lines.append(f'printf("struct {name}: %zu bytes\\n", sizeof({name}));')
        for member, declaration in members_of(body):
            lines.append(f'printf("  {declaration}: at %zu, %zu bytes\\n", offsetof({name}, {member}), sizeof((({name}*)0)->{member}));')
    lines.append("return 0; }")
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "describe.c"
        source.write_text("\n".join(lines), encoding="utf-8")
        program = source.with_suffix("")
        subprocess.run(["cc", "-std=c11", f"-I{header.parents[1]}", str(source), "-o", str(program)], check=True)
        layout = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout.splitlines()
    return [f"function {f}" for f in functions] + [f"callback {c}" for c in callbacks] + layout


def exported(library: pathlib.Path, *flags: str) -> set[str]:
    """Names that the library defines for others, without those of versions."""
    out = subprocess.run(["nm", *flags, "--defined-only", str(library)], check=True, capture_output=True, text=True).stdout
    found = (line.split() for line in out.splitlines())
    return {parts[2].split("@")[0] for parts in found if len(parts) == 3 and parts[1] not in "aA" and parts[1].isupper() or
            len(parts) == 3 and parts[1] in "uvw"}
