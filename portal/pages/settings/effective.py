"""The settings in force: the rows of docs/settings.md, each with whether it was set; nothing secret is ever shown."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

FILE = Path(settings.BASE_DIR) / "docs" / "settings.md"
_ROW = re.compile(r"\| `(?P<name>[A-Z_]+)` \| (?P<default>.*?) \| (?P<about>.*) \|")
_HIDDEN = re.compile("KEY|SECRET|PASSWORD|TOKEN|URL|WEBHOOK|USER|CHAIN")
HARMLESS = frozenset({"BASE_URL"})
"""Named like a secret, and on every page anyway."""
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: its default in words, what it does, whether it is set, and its value where anybody may see it."""

    name: str
    default: str
    about: str
    is_set: bool
    value: str
    hidden: bool


def effective() -> list[Setting]:
    """Every documented setting, in the order of its page. A value is shown only where its name says nothing of keys."""
    rows = (_ROW.fullmatch(line) for line in FILE.read_text("utf-8").splitlines())
    return [_setting(row["name"], row["default"], row["about"]) for row in rows if row]


def _setting(name: str, default: str, about: str) -> Setting:
    value = os.environ.get(name, "")
    named = os.environ.get(f"{name}_FILE", "")
    hidden = name not in HARMLESS and _HIDDEN.search(name) is not None
    shown = "" if hidden else value[:LONGEST]
    return Setting(name, default, about, bool(value or named), shown, hidden)
