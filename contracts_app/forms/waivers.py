"""What somebody who asks for a waiver fills in."""

from __future__ import annotations

from django import forms

from contracts_app.domain.waivers import LEAST_REASON, LONGEST_OF_A_CHANGE


class WaiverForm(forms.Form):
    """Why, and for how long; what is waived is in the address that led here."""

    reason = forms.CharField(
        min_length=LEAST_REASON,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="Why",
        help_text="Every later verdict shows it, beside the name of who signed.",
    )
    days = forms.IntegerField(
        min_value=1, max_value=LONGEST_OF_A_CHANGE.days, label="For how many days", help_text="It ends by itself."
    )
