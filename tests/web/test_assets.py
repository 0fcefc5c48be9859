"""What is built of the npm packages: a flowchart's modules, all of them, and no more."""

import re
from pathlib import Path

from portal import assets


def test_the_built_modules_hold_every_module_that_they_import_and_no_map(tmp_path: Path) -> None:
    count = assets.build(built=tmp_path / "built")
    modules = set((tmp_path / "built").rglob("*.mjs"))
    assert len(modules) == count
    for module in modules:
        text = module.read_text()
        assert "sourceMappingURL" not in text
        for name in re.findall(r'(?:from|import)\s*"(\./[^"]+)"', text):
            assert (module.parent / name).resolve() in modules
    names = " ".join(module.name for module in modules)
    assert "flowDiagram-" in names
    assert "dagre-" in names
    assert "sequenceDiagram-" not in names


def test_every_shipped_package_states_its_licence(tmp_path: Path) -> None:
    lines = assets.licences(assets.ROOT / "package-lock.json").splitlines()
    assert "mermaid 11.17.2: MIT" in lines
    assert not [line for line in lines if line.startswith("axe-core")]
    assert "khroma 2.1.0: The MIT License (MIT)" in lines
    assert all(re.search(r"MIT|ISC|BSD|Apache|Unlicense", line) for line in lines)


def test_no_lock_file_names_a_registry() -> None:
    assert '"resolved"' not in (assets.ROOT / "package-lock.json").read_text()
