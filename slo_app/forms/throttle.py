"""What is asked of the throttle's pages: filters, an override, a consumer's class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from ..domain.throttle import CLASSES, OnUnknown
from ..models.throttle import FACTORS
from ..selectors.throttled import Filters
from .silences import Moment

DECISIONS = [("", "Any"), ("deny", "Denied"), ("degrade", "Degraded"), ("allow", "Allowed")]
KINDS = [(key, each.title) for key, each in CLASSES.items()]
UNKNOWN = [(OnUnknown.ALLOW.value, "Goes on (fail open)"), (OnUnknown.DENY.value, "Stops (fail closed)")]


class ThrottledForm(forms.Form):
    """The filters of who is held back; unknown values filter nothing."""

    text = forms.CharField(label="Asset or job", required=False, max_length=200)
    decision = forms.ChoiceField(label="Told", required=False, choices=DECISIONS)
    kind = forms.ChoiceField(label="Class", required=False, choices=[("", "Any"), *KINDS])
    hops = forms.ChoiceField(
        label="Reads", required=False, choices=[("", "Any"), ("1", "The asset itself"), ("2", "What comes of it")]
    )
    team = forms.ChoiceField(label="Owner of the asset", required=False)

    def __init__(self, data: object, teams: Iterable[tuple[str, str]]) -> None:
        """`teams` are (slug, name) pairs."""
        super().__init__(data, auto_id="filter_%s")
        self.fields["team"].choices = [("", "Any"), *teams]  # type: ignore[attr-defined]

    def chosen(self) -> Filters:
        """The valid filters."""
        self.is_valid()
        return Filters(**{name: self.cleaned_data.get(name, "") for name in self.fields})


class OverrideForm(forms.Form):
    """Which consumer, how much, until when, and why."""

    consumer = forms.CharField(
        required=False, max_length=4000, help_text="A job as namespace/name. Left empty: every consumer of the asset."
    )
    factor = forms.TypedChoiceField(
        label="May read", choices=[(str(value), words) for value, words in FACTORS], coerce=float
    )
    ends_at = Moment(label="Until, UTC", help_text="7 days at most; the level holds again after it.")
    reason = forms.CharField(max_length=400, help_text="Consumers are told it; it is kept as evidence by its digest.")


class ConsumerForm(forms.Form):
    """A job, its class, and where it hears of changes."""

    namespace = forms.CharField(max_length=2000, help_text="As its lineage events bear it.")
    name = forms.CharField(max_length=2000)
    kind = forms.ChoiceField(label="Class", choices=KINDS)
    webhook = forms.URLField(
        required=False, max_length=500, assume_scheme="https",
        help_text="Hears when a decision about it changes, signed. Left empty: no hints.",
    )  # fmt: skip


class ConsumersForm(forms.Form):
    """The filters of the consumers whose class is set."""

    text = forms.CharField(label="Job", required=False, max_length=200)
    kind = forms.ChoiceField(label="Class", required=False, choices=[("", "Any"), *KINDS])

    def chosen(self) -> dict[str, Any]:
        """The valid filters."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class ClassForm(forms.Form):
    """What a class does where nothing is known."""

    on_unknown = forms.ChoiceField(label="Where nothing is known, it", choices=UNKNOWN)
