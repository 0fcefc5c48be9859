"""The filters of the coverage page, kept in its address."""

from __future__ import annotations

from typing import Any

from django import forms

ANY = ("", "Any")
TIERS = [("1", "1, and every vector index"), ("2", "2"), ("3", "3"), ("none", "Not set"), ("any", "Any")]
STANDINGS = [ANY, ("missing", "Without"), ("covered", "With")]


class CoverageForm(forms.Form):
    """Every field may be left out; tier 1 is asked where none is named."""

    tier = forms.ChoiceField(label="Tier", choices=TIERS, required=False)
    team = forms.ChoiceField(label="Owner", required=False)
    layer = forms.ChoiceField(label="Layer", required=False)
    kind = forms.ChoiceField(label="Kind", required=False)
    standing = forms.ChoiceField(label="Contract in force", choices=STANDINGS, required=False)

    def __init__(self, *args: Any, teams: list[tuple[str, str]], layers: Any, kinds: Any, **kwargs: Any) -> None:
        """`teams`, `layers` and `kinds` are (value, label) pairs."""
        super().__init__(*args, **kwargs)
        for name, choices in (("team", teams), ("layer", layers), ("kind", kinds)):
            self.fields[name].choices = [ANY, *choices]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """What was asked for; a value that does not exist asks for nothing."""
        self.is_valid()
        asked = {name: str(self.cleaned_data.get(name) or "") for name in self.fields}
        tier = asked["tier"] or "1"
        return asked | {"tier": "" if tier == "any" else tier}
