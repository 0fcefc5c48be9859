"""What is asked when somebody makes a new baseline."""

from __future__ import annotations

from datetime import UTC

from django import forms

from ..indicators.base import Span
from ..services.baselines import BaselineError, span_of

AT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class BaselineForm(forms.Form):
    """From which rows, and why."""

    start = forms.DateTimeField(label="Rows from", required=False, widget=AT, help_text="In UTC.")
    end = forms.DateTimeField(
        label="Rows before", required=False, widget=AT, help_text="In UTC. Empty: the SLO's own window before now."
    )
    reason = forms.CharField(
        label="Why a new baseline is right",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the baseline, for everybody to read. Name no person.",
    )

    span: Span | None = None

    def clean(self) -> dict[str, object]:
        """Both ends of the window or neither."""
        cleaned = super().clean() or {}
        start, end = (each and each.astimezone(UTC) for each in (cleaned.get("start"), cleaned.get("end")))
        try:
            self.span = span_of(start, end)
        except BaselineError as error:
            self.add_error("end", str(error))
        return cleaned
