"""Whose SLOs are taken away as a file."""

from __future__ import annotations

from typing import Any

from django import forms


class ExportForm(forms.Form):
    """A team, or all of them."""

    team = forms.ChoiceField(label="Team", required=False)

    def __init__(self, *args: Any, teams: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [("", "All teams"), *teams]  # type: ignore[attr-defined]
