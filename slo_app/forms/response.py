"""What is asked of the page of MTTA and MTTR."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from ..models.slo import Severity

GROUPS = [
    ("", "All that ended"),
    ("acknowledged", "Acknowledged"),
    ("resolved", "Taken on or resolved by a person"),
    ("never_acknowledged", "Never acknowledged"),
    ("by_itself", "Resolved before anybody touched it"),
    ("product", "Of products"),
    ("preceded", "Of products, an alert upstream came first"),
    ("open", "Still open"),
]


class ResponseForm(forms.Form):
    """Whose incidents, how loud, and which of them stand in the table; an unknown value filters nothing."""

    team = forms.ChoiceField(label="Owner", required=False)
    severity = forms.ChoiceField(label="Severity", required=False, choices=[("", "Any"), *Severity.choices])
    of = forms.ChoiceField(label="Incidents in the table", required=False, choices=GROUPS)

    def __init__(self, data: object, teams: Iterable[tuple[str, str]]) -> None:
        """`teams` are (slug, name) pairs."""
        super().__init__(data, auto_id="filter_%s")
        self.fields["team"].choices = [("", "Any"), *teams]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """The valid filters."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}
