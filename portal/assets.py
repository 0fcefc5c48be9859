"""Copies what pages need of the pinned npm packages into `portal/static/built/`: `python -m portal.assets`.

Of mermaid only the modules that a flowchart laid out by dagre can load are taken: its entry, the two chunks that it
loads for such a drawing, and what these import. Source maps and the other kinds of diagram stay behind.
"""

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "portal" / "static" / "built"
MODULES = ROOT / "node_modules"
ENTRY = "mermaid.esm.min.mjs"
LOADED_LATER = ("flowDiagram-", "dagre-")
_STATIC = re.compile(r'(?:from|import)\s*"(\.{1,2}/[^"]+)"')
_DYNAMIC = re.compile(r'import\("(\.{1,2}/[^"]+)"\)')


def needed(dist: Path) -> set[Path]:
    """Every module that a flowchart may load, from the entry in `dist` on."""
    found: set[Path] = set()
    waiting = [dist / ENTRY]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += _imports(module)
    return found


def _imports(module: Path) -> Iterator[Path]:
    text = module.read_text()
    yield from ((module.parent / name).resolve() for name in _STATIC.findall(text))
    for name in _DYNAMIC.findall(text):
        if Path(name).name.startswith(LOADED_LATER):
            yield (module.parent / name).resolve()


def licences(lock: Path) -> str:
    """One line for each package that is shipped: name, version, licence as the lock file states it."""
    packages = json.loads(lock.read_text())["packages"]
    shipped = {place: package for place, package in packages.items() if place and not package.get("dev")}
    lines = []
    for place, package in shipped.items():
        licence = package.get("license") or _from_text(lock.parent / place)
        lines.append(f"{place.rpartition('node_modules/')[2]} {package['version']}: {licence}")
    return "\n".join(sorted(lines)) + "\n"


def _from_text(package: Path) -> str:
    """The licence's name, from the first line of its text, of a package whose description does not name it."""
    text = next(path for path in sorted(package.iterdir()) if path.name.lower().startswith("licen"))
    return text.read_text().strip().splitlines()[0]


def build(modules: Path = MODULES, built: Path = BUILT) -> int:
    """Make `built` anew and return how many modules it holds. Raises FileNotFoundError before `npm ci`."""
    dist = (modules / "mermaid" / "dist").resolve()
    files = needed(dist)
    shutil.rmtree(built, ignore_errors=True)
    for source in files:
        target = built / "mermaid" / source.relative_to(dist)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(re.sub(r"\n//# sourceMappingURL=.*\n?$", "\n", source.read_text()))
    shutil.copy(modules / "mermaid" / "LICENSE", built / "mermaid" / "LICENSE")
    (built / "LICENCES.txt").write_text(licences(ROOT / "package-lock.json"))
    return len(files)


if __name__ == "__main__":
    if not (MODULES / "mermaid").is_dir():
        sys.exit("The npm packages are missing: run `npm ci --ignore-scripts` first (`make setup` does).")
    sys.stdout.write(f"front-end packages: {build()} modules in {BUILT.relative_to(ROOT)}\n")
