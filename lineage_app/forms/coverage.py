"""What may be asked of the coverage page and of the list of flows."""

from __future__ import annotations

from typing import Any

from django import forms

from lineage_app.domain.coverage import HopState
from lineage_app.selectors.hop_words import WORDS

SHOWN = [
    ("missing", "Missing"),
    ("covered", "Covered"),
    ("all", "All"),
    *((state.value, WORDS[state][0]) for state in HopState if state is not HopState.COVERED),
]


class CoverageForm(forms.Form):
    """Every field may be left out; missing hops are shown where nothing else is asked."""

    show = forms.ChoiceField(label="Hops", choices=SHOWN, required=False)
    team = forms.ChoiceField(label="Owner", required=False)
    flow = forms.CharField(label="Flow", required=False, max_length=200)
    at = forms.DateTimeField(
        label="As of (UTC)",
        required=False,
        help_text="Event time in UTC, as 2026-03-01 10:00. Empty means now.",
        error_messages={"invalid": "Write the time as 2026-03-01 10:00, in UTC."},
    )

    def __init__(self, *args: Any, teams: list[tuple[str, str]], **kwargs: Any) -> None:
        """`teams` are (slug, name) pairs."""
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [("", "Any"), *teams]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What was asked for; a value that does not exist asks for nothing."""
        self.is_valid()
        asked = {name: self.cleaned_data.get(name) or "" for name in self.fields}
        return asked | {"show": asked["show"] or "missing"}


class FlowsForm(forms.Form):
    """Flows by words and team."""

    q = forms.CharField(label="Flow or asset", required=False, max_length=200)
    team = forms.ChoiceField(label="Owner", required=False)

    def __init__(self, *args: Any, teams: list[tuple[str, str]], **kwargs: Any) -> None:
        """`teams` are (slug, name) pairs."""
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [("", "Any"), *teams]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """What was asked for; a value that does not exist asks for nothing."""
        self.is_valid()
        return {name: str(self.cleaned_data.get(name) or "") for name in self.fields}


class FlowDraft:
    """A flow while it is put together: all of it stands in the address, so that nothing is kept before it is checked.

    `step` is repeated, once for each asset in order; `do` changes the order: `up:2`, `down:2`, `remove:2`, `add:7`.
    """

    def __init__(self, query: Any) -> None:
        self.name = " ".join("".join(c if c.isprintable() else " " for c in query.get("name", "")).split())[:200]
        self.words = query.get("q", "").strip()[:200].replace("\x00", "")
        self.steps = [int(text) for text in query.getlist("step") if _is_number(text)][:100]
        self.act, _, self.about = query.get("do", "").partition(":")

    @property
    def query(self) -> list[tuple[str, str]]:
        """The draft as an address keeps it."""
        return [("name", self.name), ("q", self.words), *(("step", str(step)) for step in self.steps)]

    def apply(self) -> None:
        """Do what was asked; what cannot be done changes nothing."""
        if not _is_number(self.about):
            return
        number = int(self.about)
        if self.act == "add" and number not in self.steps:
            self.steps.append(number)
        elif self.act == "remove" and number < len(self.steps):
            del self.steps[number]
        elif self.act in {"up", "down"}:
            self._move(number, number + (1 if self.act == "down" else -1))

    def _move(self, place: int, to: int) -> None:
        if 0 <= to < len(self.steps) and place < len(self.steps):
            self.steps.insert(to, self.steps.pop(place))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18
