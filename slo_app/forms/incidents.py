"""What people fill in about an incident."""

from __future__ import annotations

from datetime import timedelta

from django import forms

SILENCES = [("30", "30 minutes"), ("60", "1 hour"), ("240", "4 hours"), ("1440", "1 day"), ("10080", "7 days")]


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
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="What happened, why, and what will be different. It closes the incident.",
    )
