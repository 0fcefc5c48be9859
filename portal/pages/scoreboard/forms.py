"""What people fill in on the scoreboard."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from portal.pages.scoreboard.periods import Period


class SignOffForm(forms.Form):
    """Closing a day."""

    note = forms.CharField(
        label="Note",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed where a point is not done: why the day is closed all the same.",
    )


class DummyForm(forms.Form):
    """Naming a request a dummy's."""

    req_id = forms.CharField(label="Reference of the request", max_length=20, help_text="Such as DEL-2026-11-23-0183.")


class PackForm(forms.Form):
    """Asking for a board pack."""

    period = forms.ChoiceField(label="Period")

    def __init__(self, data: object, offered: Sequence[Period]):
        """Offer the periods that hold a counted day."""
        super().__init__(data)
        self.fields["period"].choices = [(each.key, each.label) for each in offered]
