"""Filters over the outbox."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.core.notify.registry import channels
from portal.core.notify.selectors import STATES


class OutboxForm(forms.Form):
    """Which messages are shown."""

    state = forms.ChoiceField(required=False, choices=[("", "Every state"), *STATES])
    channel = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = sorted((kind, way.label) for kind, way in channels().items())
        self.fields["channel"].choices = [("", "Every channel"), *ways]  # type: ignore[attr-defined]
