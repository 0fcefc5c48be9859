"""What is asked of the list of silences, and of a new one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django import forms

from portal.core.clock.services import now
from portal.core.identity.models import Team

from ..domain.silence import LABELS
from ..models.slo import Severity
from ..services.silences import SilenceRefused, check_times

STATES = [("", "Not over"), ("in_force", "In force"), ("planned", "Planned"), ("over", "Over"), ("all", "All")]
PATTERN = "Left empty: any. * stands for any text, ? for one character."


class SilencesForm(forms.Form):
    """The filters of the list; an unknown value filters nothing."""

    state = forms.ChoiceField(label="State", choices=STATES, required=False)
    team = forms.ChoiceField(label="Team", required=False)

    def __init__(self, data: object, teams: Iterable[tuple[str, str]]) -> None:
        """`teams` are (slug, name) pairs."""
        super().__init__(data, auto_id="filter_%s")
        self.fields["team"].choices = [("", "Any"), *teams]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """The valid filters."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class Moment(forms.DateTimeField):
    """A time in UTC, picked with the browser's own control."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), **kwargs
        )

    def clean(self, value: Any) -> datetime | None:
        """Read it as UTC, whatever the server's zone."""
        cleaned: datetime | None = super().clean(value)
        return cleaned.replace(tzinfo=UTC) if cleaned else None


class NewSilenceForm(forms.Form):
    """Which alerts of which team, from when to when, and why."""

    team = forms.ModelChoiceField(
        Team.objects.none(), to_field_name="slug", help_text="Only alerts of its SLOs are covered."
    )
    asset = forms.CharField(label="Asset", required=False, max_length=300, help_text=f"As shop/orders. {PATTERN}")
    kind = forms.CharField(label="Indicator", required=False, max_length=60, help_text="As freshness.")
    slo = forms.CharField(
        label="Name of the SLO", required=False, max_length=140, help_text="Where an asset has several of an indicator."
    )
    severity = forms.ChoiceField(
        label="Severity", required=False, choices=[("", "Any"), *Severity.choices], help_text="Of the incident."
    )
    starts_at = Moment(label="From, UTC", required=False, help_text="Left empty: from now on.")
    ends_at = Moment(label="Until, UTC", help_text="7 days at most. What is still wrong then is told at once.")
    reason = forms.CharField(label="Reason", max_length=400, help_text="It is kept as evidence by its digest.")

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        """`teams` are those whose alerts the person may silence."""
        super().__init__(*args, **kwargs)
        choice = self.fields["team"]
        choice.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])  # type: ignore[attr-defined]
        if len(teams) == 1:
            choice.initial = teams[0].slug

    def clean(self) -> dict[str, Any]:
        """Its times are such that the service takes them."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("ends_at"):
            present = now()
            try:
                check_times(max(cleaned.get("starts_at") or present, present), cleaned["ends_at"])
            except SilenceRefused as refused:
                self.add_error("ends_at", str(refused))
        return cleaned

    @property
    def matchers(self) -> dict[str, str]:
        """The labels that were asked for, once the form is valid."""
        asked = {label: self.cleaned_data.get(label, "") for label in LABELS}
        return {label: pattern for label, pattern in asked.items() if pattern}

    @property
    def wish(self) -> dict[str, Any]:
        """What the service takes, once the form is valid."""
        named = {name: self.cleaned_data[name] for name in ("team", "starts_at", "ends_at", "reason")}
        return named | {"matchers": self.matchers}
