"""Every test file belongs to a tier, so that none is written and never run."""

import json
from pathlib import Path

TESTS = Path(__file__).parents[1]
INTEROP = TESTS / "interop"


def test_every_folder_with_tests_is_run_by_a_tier() -> None:
    tiers = json.loads((TESTS / "tiers.json").read_text())
    named = [TESTS.parent / argument for tier in tiers.values() for argument in tier["arguments"]]
    run = {path for path in named if path.is_dir()} | {INTEROP}
    orphans = [path for path in TESTS.rglob("test_*.py") if not run & set(path.parents)]
    assert orphans == []


def test_every_doctest_is_collected_by_the_domain_tier() -> None:
    arguments = json.loads((TESTS / "tiers.json").read_text())["domain"]["arguments"]
    apps = {path.parent.name for path in TESTS.parent.glob("*/apps.py")} | {"portal"}
    assert "--doctest-modules" in arguments
    assert apps <= set(arguments)
