"""Input for rotations, shifts taken over and absences. Times are typed in the time zone that stands beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet

from portal.core.identity.models import User
from portal.core.web.zones import ZoneField

from ..models import Rotation
from ..models.rotation import PERIODS

DAYS = list(enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")))
PLACES = 8
WHEN = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]


class SpanForm(forms.Form):
    """From when to when, by the wall clock of a zone."""

    starts_at = forms.DateTimeField(label="From", widget=WHEN, input_formats=FORMATS)
    ends_at = forms.DateTimeField(label="Until", widget=WHEN, input_formats=FORMATS)
    zone = ZoneField(label="Times are in", initial="UTC")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        zone = ZoneInfo(found.get("zone") or "UTC")
        for name in ("starts_at", "ends_at"):
            if isinstance(found.get(name), datetime):
                found[name] = found[name].replace(tzinfo=zone)
        return found


class TakeShiftForm(SpanForm):
    """Who takes which rotation's shift."""

    rotation = forms.ModelChoiceField(Rotation.objects.none(), empty_label=None)
    person = forms.ModelChoiceField(User.objects.none(), label="Who takes it", empty_label=None)
    reason = forms.CharField(max_length=200, required=False, help_text="Others see it; leave it empty if you like.")
    field_order = ("rotation", "person", "starts_at", "ends_at", "zone", "reason")

    def __init__(self, *args: Any, rotations: QuerySet[Rotation], people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rotation"].queryset = rotations  # type: ignore[attr-defined]
        self.fields["rotation"].label_from_instance = lambda each: each.name  # type: ignore[attr-defined]
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """The order of people from a day on."""

    name = forms.CharField(max_length=80, label="Name of the rotation", initial="First line")
    starts_on = forms.DateField(label="From the day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    hand_off = forms.TimeField(label="Hand-off at", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    time_zone = ZoneField(label="Time zone of the hand-off")
    period = forms.ChoiceField(choices=PERIODS, label="A turn lasts")
    layer = forms.TypedChoiceField(
        coerce=int, choices=[(1, "1 (the base)"), (2, "2"), (3, "3")], initial=1,
        help_text="A higher layer stands before the lower ones in the hours that it covers.",
    )  # fmt: skip
    days = forms.TypedMultipleChoiceField(
        coerce=int, choices=DAYS, required=False, widget=forms.CheckboxSelectMultiple, label="Only on these days",
        help_text="None: every day.",
    )  # fmt: skip
    from_time = forms.TimeField(
        required=False, label="Only from", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    to_time = forms.TimeField(
        required=False, label="Only until", help_text="At or before the beginning: until that time of the next day.",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip

    def __init__(self, *args: Any, people: QuerySet[User], named: bool, places: int = PLACES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if named:
            del self.fields["name"]
        self.places = [f"person_{place}" for place in range(1, places + 1)]
        for place, name in enumerate(self.places, 1):
            self.fields[name] = forms.ModelChoiceField(
                people, required=False, label=f"{place}. person", empty_label="Nobody"
            )

    @property
    def people_fields(self) -> list[forms.BoundField]:
        """The fields of the order."""
        return [self[name] for name in self.places]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if bool(found.get("from_time")) != bool(found.get("to_time")):
            self.add_error("to_time", "Give both times, or neither.")
        found["people"] = [found.pop(name) for name in self.places if found.get(name)]
        for name in self.places:
            found.pop(name, None)
        return found
