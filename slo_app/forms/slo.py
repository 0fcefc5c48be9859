"""An SLO set by hand: which asset and indicator, and then its terms with the indicator's own settings."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms

from portal.core.identity.models import Team

from ..domain.bounds import SIGNS, Bound, BoundsError, check_pair, plain
from ..domain.durations import parse, words
from ..domain.runbook import parse as steps_of
from ..domain.runbook import written
from ..domain.slices import Method
from ..indicators.base import Indicator
from ..models import Slo
from ..models.slo import METHODS, Severity

OPS = list(SIGNS.items())
HUNDRED = Decimal(100)
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(days=7)


class ChoiceForm(forms.Form):
    """What is to be measured, and how."""

    asset = forms.CharField(label="Asset", max_length=500, help_text="Its namespace, a slash and its name.")
    kind = forms.ChoiceField(label="Indicator", widget=forms.RadioSelect)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class LengthField(forms.Field):
    """A duration as people write it, between two limits."""

    def __init__(self, *, least: timedelta, most: timedelta, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = (value or "").strip()
        if not text:
            return None
        try:
            found = parse(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if not self.least <= found <= self.most:
            raise forms.ValidationError(f"Write a duration from {words(self.least)} to {words(self.most)}.")
        return found

    def prepare_value(self, value: Any) -> Any:
        return short(value) if isinstance(value, timedelta) else value


class SloForm(forms.Form):
    """The terms of one SLO; `facts` are the fields of the model, settings of the indicator left out."""

    name = forms.CharField(label="Name", max_length=120, help_text="Tells it apart from others, as “EU orders only”.")
    target_op = forms.ChoiceField(label="Target is", choices=OPS)
    target_value = forms.DecimalField(label="Target", max_digits=18, decimal_places=6)
    alert_op = forms.ChoiceField(label="Alert when", choices=OPS)
    alert_value = forms.DecimalField(
        label="Alert threshold",
        max_digits=18,
        decimal_places=6,
        help_text="Between target and threshold nobody is woken.",
    )
    hold = LengthField(
        label="For", least=timedelta(0), most=LONGEST, help_text="How long it must last before it fires, such as 5m."
    )
    severity = forms.ChoiceField(label="Severity", choices=Severity.choices)
    interval = LengthField(label="Measured every", least=SHORTEST, most=LONGEST, help_text="Such as 1m, 1h or 1d.")
    element = forms.CharField(label="Column", max_length=200, required=False)
    window = LengthField(label="Window", least=SHORTEST, most=timedelta(days=366), required=False)
    objective = forms.DecimalField(
        label="Objective, in percent",
        max_digits=9,
        decimal_places=4,
        help_text="The share that must be good; what is left to 100 % is the error budget.",
    )
    budget_method = forms.ChoiceField(
        label="Budget counts",
        choices=METHODS,
        help_text="Time slices of one interval each, or the rows themselves where the indicator counts rows.",
    )
    budget_days = forms.TypedChoiceField(label="Budget window", coerce=int, choices=[(28, "28 days"), (30, "30 days")])
    freezes = forms.BooleanField(label="A spent budget freezes deploys of what writes this asset", required=False)
    owner_team = forms.ModelChoiceField(Team.objects.all(), label="Owner", help_text="Its people are paged.")
    owner_title = forms.CharField(label="Owner's title", max_length=200, required=False)
    runbook = forms.CharField(
        label="Runbook",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="One step a line; begin with Trigger, Triage, Fix, Verify or Rollback and a colon.",
    )

    def __init__(self, indicator: Indicator, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = f", in {indicator.unit}" if indicator.unit else ""
        self.fields["target_value"].label = f"Target{unit}"
        self.fields["alert_value"].label = f"Alert threshold{unit}"
        for name, help_text in (("element", indicator.element_help), ("window", indicator.window_help)):
            self.fields[name].help_text = help_text
            if not help_text:
                del self.fields[name]
        if indicator.defaults.objective is not None:  # no rows to count: by time
            self.fields["budget_method"].choices = METHODS[:1]  # type: ignore[attr-defined]

    def clean_objective(self) -> Decimal:
        """A share of 100 % would leave no budget."""
        percent: Decimal = self.cleaned_data["objective"]
        if not 0 < percent < HUNDRED:
            raise forms.ValidationError("Write more than 0 and less than 100; with 100 % there is no budget to spend.")
        return percent / HUNDRED

    def clean_runbook(self) -> list[dict[str, str]]:
        """Its steps."""
        return steps_of(self.cleaned_data["runbook"])

    def clean(self) -> dict[str, Any]:
        """Hold the threshold against the target."""
        given = super().clean() or self.cleaned_data
        if {"target_op", "target_value", "alert_op", "alert_value"} <= given.keys():
            try:
                check_pair(
                    Bound(given["target_op"], given["target_value"]), Bound(given["alert_op"], given["alert_value"])
                )
            except BoundsError as error:
                self.add_error("alert_value", str(error))
        return given

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of the model, once the form is valid; it clears as slowly as it fires."""
        given = dict(self.cleaned_data)
        return given | {
            "element": given.get("element", ""),
            "window": given.get("window"),
            "clear_for": given["hold"],
        }


def short(length: timedelta) -> str:
    """A duration as `parse` reads it back.

    >>> short(timedelta(minutes=90)), short(timedelta(days=2)), short(timedelta(0))
    ('90m', '2d', '0m')
    """
    seconds = int(length.total_seconds())
    for size, letter in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds % size == 0 and (seconds or letter == "m"):
            return f"{seconds // size}{letter}"
    return f"{seconds}s"


def defaults_of(indicator: Indicator, team: Team | None) -> dict[str, Any]:
    """What the form of a new SLO begins with: the indicator's defaults."""
    given = indicator.defaults
    ratio = given.objective is None
    target_op, target = given.target
    alert_op, alert = given.alert
    return {
        "target_op": target_op,
        "target_value": plain(target),
        "alert_op": alert_op,
        "alert_value": plain(alert),
        "hold": given.hold,
        "severity": Severity.PAGE.value,
        "interval": given.interval,
        "objective": plain(target if given.objective is None else given.objective * HUNDRED),
        "budget_method": (Method.OCCURRENCES if ratio else Method.SLICES).value,
        "budget_days": 28,
        "freezes": True,
        "owner_team": team,
        "runbook": written({"phase": phase, "text": text} for phase, texts in given.runbook.items() for text in texts),
    }


def values_of(slo: Slo) -> dict[str, Any]:
    """What the form of an SLO that exists begins with."""
    same = ("name", "target_op", "alert_op", "hold", "severity", "interval", "element", "window")
    kept = ("budget_method", "budget_days", "freezes", "owner_team", "owner_title")
    return {name: getattr(slo, name) for name in (*same, *kept)} | {
        "target_value": plain(slo.target_value),
        "alert_value": plain(slo.alert_value),
        "objective": plain(slo.objective * HUNDRED),
        "runbook": written(slo.runbook),
    }
