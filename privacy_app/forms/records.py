"""Keeping a request's own data longer while a complaint runs."""

from django import forms

from privacy_app.forms.staff import ReasonForm


class ExtendForm(ReasonForm):
    """The new end of the window, and why."""

    until = forms.DateField(
        label="Keep until",
        widget=forms.DateInput({"type": "date"}),
        help_text="The day on which the complaint should be decided; end it earlier when it is.",
    )
    field_order = ("until", "reason")
