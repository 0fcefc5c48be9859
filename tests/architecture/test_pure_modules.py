"""Pure modules import without any framework, not even indirectly: each is imported by a process of its own."""

import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FRAMEWORKS = ("django", "rest_framework", "celery", "redis", "psycopg", "weasyprint", "allauth")
PURE = (
    "contracts_app.domain",
    "lineage_app.domain",
    "slo_app.domain",
    "privacy_app.domain",
    "privacy_app.matching",
    "portal.core.evidence.domain",
    "portal.core.evidence.verify",
    "portal.core.catalog.domain",
    "portal.core.oncall.domain",
    "portal.core.secrets.reference",
    "portal.core.diagrams",
    "portal.core.identity.roles",
    "portal.client",
    "portal.cli",
    "portal.gates.domain",
    "portal.embedded",
)


def _modules(name: str) -> list[str]:
    package = import_module(name)
    found = [name]
    if hasattr(package, "__path__"):
        found += [m.name for m in pkgutil.walk_packages(package.__path__, prefix=f"{name}.")]
    return found


@pytest.mark.parametrize("package", PURE)
def test_a_pure_package_imports_without_frameworks(package):
    code = (
        "import sys\n"
        f"for name in {_modules(package)!r}: __import__(name)\n"
        f"print(sorted(m for m in sys.modules if m.split('.')[0] in {FRAMEWORKS!r})[:5])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"}
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_the_console_script_starts_without_frameworks_and_names_its_commands():
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert {"lint", "diff", "gate", "push", "pull", "resend", "verify"} <= set(done.stdout.split())
