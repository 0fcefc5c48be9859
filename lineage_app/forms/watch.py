"""Forms of the watch: what is asked of the list of findings, what is expected of a job, how a finding is muted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms

from lineage_app.models import RunFinding
from lineage_app.services.findings import LONGEST_DAYS

STATES = [("open", "Open"), ("muted", "Muted"), ("resolved", "Resolved"), ("all", "All")]
UNITS = [("60", "minutes"), ("3600", "hours"), ("86400", "days")]
HOW = [
    ("every", "Every so long"),
    ("daily", "Daily, at a time of the day"),
    ("not", "No schedule: only how long a run may be silent"),
]


class FindingsForm(forms.Form):
    """Every field may be left out; open findings are shown where nothing else is asked."""

    state = forms.ChoiceField(label="State", choices=STATES, required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("", "Any"), *RunFinding.KINDS], required=False)
    team = forms.ChoiceField(label="Owner", required=False)
    q = forms.CharField(label="Job", required=False, max_length=200)

    def __init__(self, *args: Any, teams: list[tuple[str, str]], **kwargs: Any) -> None:
        """`teams` are (slug, name) pairs."""
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [("", "Any"), *teams, ("none", "Nobody")]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """What was asked for; a value that does not exist asks for nothing."""
        self.is_valid()
        asked = {name: str(self.cleaned_data.get(name) or "") for name in self.fields}
        return asked | {"state": asked["state"] or "open"}


class ExpectationForm(forms.Form):
    """How often a job runs, how late it may be, and how long one run may be silent."""

    how = forms.ChoiceField(label="When it runs", choices=HOW, widget=forms.RadioSelect)
    number = forms.IntegerField(label="Every", min_value=1, max_value=10_000, required=False)
    unit = forms.ChoiceField(label="Unit", choices=UNITS, required=False)
    at = forms.TimeField(label="At", required=False, help_text="As 06:30.")
    zone = forms.CharField(label="Time zone", required=False, help_text="As Europe/Berlin; UTC where nothing is said.")
    grace = forms.IntegerField(
        label="Grace, in minutes", min_value=0, max_value=500_000, initial=15,
        help_text="How late a run may complete before it is missing: its usual length and a little more.",
    )  # fmt: skip
    longest = forms.IntegerField(
        label="Longest silence of a run, in minutes", min_value=5, max_value=500_000, required=False,
        help_text="A run that says nothing for longer is stuck. Left out: what the portal's setting says.",
    )  # fmt: skip

    def clean_zone(self) -> str:
        """A zone that the tz database knows."""
        zone: str = self.cleaned_data["zone"].strip() or "UTC"
        if zone not in available_timezones():
            raise forms.ValidationError("Name a time zone as the tz database does, for example Europe/Berlin.")
        return zone

    def clean(self) -> dict[str, Any]:
        """What the chosen way needs."""
        said = super().clean() or {}
        if said.get("how") == "every" and not said.get("number") and "number" not in self.errors:
            self.add_error("number", "Say how often it runs.")
        if said.get("how") == "daily" and not said.get("at") and "at" not in self.errors:
            self.add_error("at", "Say at which time of the day it runs.")
        if said.get("how") == "not" and not said.get("longest") and "longest" not in self.errors:
            self.add_error("longest", "Say how long a run may be silent, or when the job runs.")
        return said

    def expected(self) -> dict[str, Any]:
        """What the service takes."""
        said = self.cleaned_data
        length = timedelta(seconds=int(said["unit"] or "3600")) * (said["number"] or 1)
        return {
            "every": length if said["how"] == "every" else None,
            "at": said["at"] if said["how"] == "daily" else None,
            "zone": said["zone"],
            "grace": timedelta(minutes=said["grace"]),
            "longest": timedelta(minutes=said["longest"]) if said["longest"] else None,
        }


def first_words(row: Any) -> dict[str, Any]:
    """The form's first values for what is expected already."""
    if row is None:
        return {"how": "every", "unit": "3600", "zone": "UTC"}
    number, unit = _in_units(row.every) if row.every else (None, "3600")
    return {
        "how": "every" if row.every else "daily" if row.at else "not",
        "number": number,
        "unit": unit,
        "at": row.at,
        "zone": row.zone,
        "grace": int(row.grace.total_seconds() // 60),
        "longest": int(row.longest.total_seconds() // 60) if row.longest else None,
    }


def _in_units(length: timedelta) -> tuple[int, str]:
    seconds = int(length.total_seconds())
    unit = next(unit for unit in ("86400", "3600", "60") if seconds % int(unit) == 0 or unit == "60")
    return seconds // int(unit), unit


class MuteForm(forms.Form):
    """For how long, and why."""

    days = forms.IntegerField(label="Days", min_value=1, max_value=LONGEST_DAYS, initial=7)
    reason = forms.CharField(
        label="Why", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Others will wonder why it is quiet.",
    )  # fmt: skip
