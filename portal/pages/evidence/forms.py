"""The filters of the ledger, and the form of the verify page."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.core.evidence import kinds

MAX_UPLOAD = 32 * 1024 * 1024
MAX_NOTE = 16 * 1024


class Filters(forms.Form):
    """Which entries to list; empty means all."""

    kind = forms.ChoiceField(required=False)
    since = forms.DateField(required=False, label="From", widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(required=False, label="To", widget=forms.DateInput({"type": "date"}))
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "All kinds"), *((name, name) for name in kinds.names())]

    def wanted(self) -> dict[str, Any]:
        """The filters as arguments of a query."""
        lookups = {
            "kind": "kind",
            "since": "created_at__date__gte",
            "until": "created_at__date__lte",
            "before": "pk__lt",
        }
        given = self.cleaned_data
        return {lookup: given[name] for name, lookup in lookups.items() if given.get(name)}


class VerifyForm(forms.Form):
    """A bundle to check, the key to check it against, and what the auditor kept."""

    bundle = forms.FileField(label="Bundle", help_text="The ZIP as you received it, at most 32 MB.")
    key = forms.CharField(
        label="Fingerprint of the key",
        max_length=80,
        help_text="64 hexadecimal digits, from a source that you trust: the keys page, or a bundle you had before.",
    )
    seen = forms.CharField(
        required=False,
        max_length=MAX_NOTE,
        strip=False,
        label="Checkpoint that you kept",
        help_text="Paste it whole. Then the check shows that the ledger only grew since.",
        widget=forms.Textarea({"rows": 4}),
    )

    def clean_bundle(self) -> bytes:
        """The bytes of the upload."""
        upload = self.cleaned_data["bundle"]
        if upload.size > MAX_UPLOAD:
            raise forms.ValidationError("The file is larger than 32 MB. Check it on your own machine with verify.py.")
        data: bytes = upload.read()
        return data

    def clean_seen(self) -> str:
        """The checkpoint with the line ends that notes have; browsers send others."""
        return str(self.cleaned_data["seen"]).replace("\r\n", "\n")
