"""Input for a page."""

from django import forms


class ResolvePageForm(forms.Form):
    """How a page ended."""

    text = forms.CharField(
        label="What was wrong, and what was done",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what was wrong and what was done about it."},
    )
