"""What people fill in about an incident, and what is asked of the list of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django import forms

from ..models import Incident
from ..models.slo import Severity

STATES = [
    ("open", "Open"),
    ("untaken", "Open, not acknowledged"),
    ("resolved", "Resolved"),
    ("unlearnt", "Post-mortem due"),
    ("never_acknowledged", "Never acknowledged"),
    ("all", "All"),
]

SILENCES = [("30", "30 minutes"), ("60", "1 hour"), ("240", "4 hours"), ("1440", "1 day"), ("10080", "7 days")]

LENGTHS = [("", "Until it is resolved"), ("30", "For 30 minutes"), ("120", "For 2 hours"), ("480", "For 8 hours")]


class AcknowledgeForm(forms.Form):
    """For how long it is taken on."""

    minutes = forms.ChoiceField(label="For how long", choices=LENGTHS, required=False)

    @property
    def length(self) -> timedelta | None:
        """None: until it is resolved. An unknown value counts as that too."""
        chosen = self.cleaned_data.get("minutes") if self.is_valid() else ""
        return timedelta(minutes=int(chosen)) if chosen else None


class SilenceForm(forms.Form):
    """How long nobody is told, and why."""

    minutes = forms.ChoiceField(label="For how long", choices=SILENCES)
    reason = forms.CharField(
        label="Reason", max_length=400, help_text="Measuring goes on; only notices are held back until the end."
    )

    @property
    def length(self) -> timedelta:
        """How long, once the form is valid."""
        return timedelta(minutes=int(self.cleaned_data["minutes"]))


class ResolveForm(forms.Form):
    """What it was."""

    cause = forms.CharField(
        label="Cause, and what was done",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A breach soon after opens the same incident again.",
    )


class PostmortemForm(forms.Form):
    """What was learnt."""

    text = forms.CharField(
        label="Post-mortem",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text="What happened, why, and what will be different. Write under each question; no names of people to "
        "blame, none of data subjects. It closes the incident and goes to the post-mortem channel.",
    )


class IncidentsForm(forms.Form):
    """The list's filters; an unknown value filters nothing."""

    state = forms.ChoiceField(label="State", required=False, choices=STATES)
    mine = forms.BooleanField(label="Of my teams", required=False)
    severity = forms.ChoiceField(label="Severity", required=False, choices=[("", "Any"), *Severity.choices])
    about = forms.ChoiceField(label="About", required=False, choices=[("", "Any"), *Incident.Kind.choices])
    kind = forms.ChoiceField(label="Indicator", required=False)
    team = forms.ChoiceField(label="Owner", required=False)
    text = forms.CharField(label="Asset", required=False, max_length=200)

    def __init__(self, data: object, kinds: Iterable[str], teams: Iterable[tuple[str, str]]) -> None:
        """Offer what there is; `teams` are (slug, name) pairs."""
        super().__init__(data, auto_id="filter_%s")
        self.fields["kind"].choices = [("", "Any"), *((kind, kind.replace("_", " ")) for kind in kinds)]  # type: ignore[attr-defined]
        self.fields["team"].choices = [("", "Any"), *teams]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """The valid filters as text; empty where nothing was asked."""
        self.is_valid()
        return {name: str(self.cleaned_data.get(name) or "") for name in self.fields}
