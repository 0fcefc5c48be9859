"""What was changed in the form, put into the text: each control writes to exactly its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts_app.domain.patch import PatchError, Value, append, remove, rename, set_value
from contracts_app.domain.source import read
from contracts_app.forms.format import SLO_STARTS
from contracts_app.forms.maker import sections
from contracts_app.forms.parts import Control, Path, path_of

_AS_NUMBER = ("number", "value")


def apply_form(text: str, base: str, posted: Mapping[str, str], *, window: int = 0) -> str:
    """The text with every input put in that differs from what the form showed.

    `base` is the text that the form was made from, `window` its first field. Raises PatchError where an edit cannot
    be made in this text.
    """
    controls = [control for part in sections(base, window=window) for control in part.all_controls()]
    renamed: list[tuple[Path, str]] = []
    for control in controls:
        if control.kind == "locked" or control.name not in posted:  # a tick box is sent with an empty twin
            continue
        new = _tidy(posted.get(control.name, ""), control)
        if not _differs(control, new):
            continue
        if control.kind == "name":
            renamed.append((control.path, new))
        else:
            text = _put(text, control, new)
    for path, name in reversed(renamed):  # inner names first, so that the outer paths still lead there
        text = rename(text, path, name) if name else text
    return text


def add_entries(text: str, posted: Mapping[str, str]) -> tuple[str, Path]:
    """The text with what was typed into the inputs for something new, and the path of the last such thing."""
    added: Path = ()
    for name, typed in posted.items():
        if name.startswith("new:") and (what := " ".join(typed.split())):
            path = path_of(name.removeprefix("new:"))
            text, added = _add(text, path, what)
    return text, added


def remove_entry(text: str, where: str) -> str:
    """The text without the entry that the pointer names."""
    return remove(text, path_of(where))


def _add(text: str, path: Path, what: str) -> tuple[str, Path]:
    if path[0] == "schema":
        if read(text).root is not None and _node(text, (*path, what)) is not None:
            raise PatchError(f"The field `{what}` is there already.")
        return set_value(text, (*path, what, "type"), "string"), (*path, what, "type")
    if path == ("slos",):
        return _add_slo(text, what)
    keys = {("slos", "accuracy_rules"): "rule", ("consumers",): "team"}
    at = len(_node(text, path).items) if _node(text, path) is not None else 0
    key = keys.get(path, "")
    return append(text, path, what, key=key), (*path, str(at), *([key] if key else []))


def _add_slo(text: str, key: str) -> tuple[str, Path]:
    if key not in SLO_STARTS:
        raise PatchError(f"`{key}` is no SLO of the format.")
    target, alert = SLO_STARTS[key]
    text = set_value(text, ("slos", key, "target"), target)
    return (set_value(text, ("slos", key, "alert"), alert) if alert else text), ("slos", key, "target")


def _node(text: str, path: Path) -> Any:
    root = read(text).root
    return root.at(path) if root is not None else None


def _tidy(typed: str, control: Control) -> str:
    return typed.replace("\r\n", "\n").strip() if control.kind == "long" else " ".join(typed.split())


def _differs(control: Control, new: str) -> bool:
    if control.kind == "flag":
        return bool(new) != bool(control.value)
    return new != _tidy(control.value, control)


def _put(text: str, control: Control, new: str) -> str:
    if control.kind == "flag":
        return set_value(text, control.path, bool(new))
    return set_value(text, control.path, _value(control, new)) if new else remove(text, control.path)


def _value(control: Control, new: str) -> Value:
    if control.kind in ("list", "numbers"):
        parts = [part.strip() for part in new.split(",") if part.strip()]
        return [_number(part) for part in parts] if control.kind == "numbers" else parts
    if control.kind in _AS_NUMBER or control.path[-1] == "tier":
        return _number(new)
    return new


def _number(new: str) -> Any:
    """A number where it is one; anything else is kept as text, and lint says what is wrong with it."""
    digits = new.removeprefix("-")
    if digits.isascii() and digits.isdecimal() and len(digits) < 16 and (digits == "0" or digits[0] != "0"):
        return int(new)
    whole, point, rest = digits.partition(".")
    if point and whole.isdecimal() and rest.isdecimal() and digits.isascii() and len(digits) < 16:
        return float(new)
    return new
