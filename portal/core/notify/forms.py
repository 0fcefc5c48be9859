"""Input for how a person wants to be told."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.core.notify.domain.digest import Days, Hour
from portal.core.notify.subjects import Way, subjects
from portal.core.web.zones import ZoneField

DAYS = [(Days.WORKING, "Monday to Friday"), (Days.EVERY, "Every day"), (Days.NEVER, "Never")]
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class WaysForm(forms.Form):
    """A way for each subject, and the hour of the digest."""

    days = forms.ChoiceField(label="Write the digest", choices=DAYS)
    hour = forms.TypedChoiceField(label="At", choices=HOURS, coerce=int)
    zone = ZoneField(label="By the clock of")

    def __init__(self, *args: Any, ways: dict[str, Way], hour: Hour, **more: Any) -> None:
        start = {"days": hour.days, "hour": hour.hour, "zone": hour.zone} | {f"way-{k}": w for k, w in ways.items()}
        super().__init__(*args, initial=start, **more)
        for key, subject in subjects().items():
            choices = [(way.value, way.label) for way in Way]
            self.fields[f"way-{key}"] = forms.ChoiceField(
                label=subject.label, help_text=subject.sentence, choices=choices
            )

    def subject_fields(self) -> list[forms.BoundField]:
        """The fields of the subjects, in alphabetical order of their keys."""
        return [self[f"way-{key}"] for key in subjects()]

    def ways(self) -> dict[str, Way]:
        """The chosen way of each subject."""
        return {key: Way(self.cleaned_data[f"way-{key}"]) for key in subjects()}

    def digest(self) -> Hour:
        """The chosen hour."""
        found = self.cleaned_data
        return Hour(Days(found["days"]), found["hour"], found["zone"])
