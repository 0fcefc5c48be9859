"""Output formats: one module each, named `as_<format>`, with `render(report) -> str`; found by their files."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from portal.cli.report import Report

PREFIX = "as_"


def names() -> list[str]:
    """Every format there is; text, for people, first."""
    found = {path.stem.removeprefix(PREFIX) for path in Path(__file__).parent.glob(f"{PREFIX}*.py")}
    return ["text", *sorted(found - {"text"})]


def render(name: str, report: Report) -> str:
    """The report in one format; the format's module is imported only here."""
    return cast("str", import_module(f"{__name__}.{PREFIX}{name}").render(report))
