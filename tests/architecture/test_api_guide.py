"""docs/api.md lists every operation of the API with the scope that its view asks for, and none that is not there."""

import json
import re
from pathlib import Path

from tests.architecture.test_access import patterns

ROOT = Path(__file__).resolve().parents[2]
CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
ROW = re.compile(r"^\| `([A-Z]+) (/api/\S+)` \| `([a-z]+:[a-z]+)` \|", re.MULTILINE)


def scopes() -> dict[str, str]:
    """The scope that the view of each address of the API asks for."""
    found = (
        (f"/api/v1/{pattern.pattern}", pattern.callback) for name, pattern in patterns() if name.startswith("api:")
    )
    return {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path): view.access.scope for path, view in found}


def asked() -> dict[tuple[str, str], str]:
    """The scope of each operation of the described API."""
    paths = json.loads((ROOT / "docs/openapi.json").read_text())["paths"]
    return {(method.upper(), path): scopes()[path] for path, operations in paths.items() for method in operations}


def test_the_guide_lists_every_operation_with_its_scope():
    told = {(method, path): scope for method, path, scope in ROW.findall((ROOT / "docs/api.md").read_text())}
    assert told == asked(), "mend the table in docs/api.md"
