"""The box in which one asks for provenance, and the filters of the answer, all kept in the address."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.pages.provenance.domain.questions import LONGEST
from portal.pages.provenance.selectors.inputs import DEEPEST

DEPTHS = [("", "To the sources"), ("1", "What it read"), ("3", "3 runs"), ("10", "10 runs")]


class AskForm(forms.Form):
    """One question; empty shows how to ask."""

    q = forms.CharField(
        label="What do you want to know about?",
        required=False,
        max_length=LONGEST,
        help_text="A run id, an output id, namespace/name@time, or model@version.",
        widget=forms.TextInput({"type": "search", "spellcheck": "false", "autocapitalize": "off"}),
    )
    known_at = forms.DateTimeField(
        label="As the portal knew it at",
        required=False,
        help_text="For audits; UTC.",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    depth = forms.ChoiceField(label="How far back", required=False, choices=DEPTHS)
    holds = forms.CharField(label="Name holds", required=False, max_length=200, help_text="Of the rows below.")

    def clean(self) -> dict[str, Any]:
        """The values; `depth` as a number, `known_at` None where empty."""
        values = super().clean() or {}
        return values | {"depth": int(values.get("depth") or DEEPEST)}


class OutputFilter(forms.Form):
    """Which registered outputs to list."""

    text = forms.CharField(
        label="Id begins with",
        required=False,
        max_length=200,
        help_text="Of an output or a namespace, or a whole run id.",
    )
    product = forms.CharField(label="Product", required=False, max_length=1500, help_text="namespace/name")
