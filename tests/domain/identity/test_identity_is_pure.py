"""The plain-Python parts of identity and signing: their examples hold, and they import no framework."""

import doctest
import importlib
import subprocess
import sys

import pytest

PURE = [
    "portal.core.identity.roles",
    "portal.core.identity.domain.token_text",
    "portal.core.signing.domain.statement",
]


@pytest.mark.parametrize("name", [*PURE, "portal.core.identity.policies"])
def test_the_examples_in_the_text_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_importing_them_imports_no_framework() -> None:
    code = f"import sys, {', '.join(PURE)}; print({{'django', 'psycopg', 'celery'}} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
