"""Input for an address at which a team is told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import validate_email

from portal.core.catalog.models import TeamAddress
from portal.core.notify.base import Asks
from portal.core.notify.registry import channels
from portal.core.secrets.reference import SecretRefused, check


class AddressForm(forms.Form):
    """One address: its channel, the address or its name, and the reference to its secret."""

    kind = forms.ChoiceField(label="Channel")
    text = forms.CharField(
        max_length=500, label="Address or name",
        help_text="An e-mail address, or the URL; for Slack and PagerDuty a name that people know it by.",
    )  # fmt: skip
    secret = forms.CharField(max_length=130, required=False, label="Reference to its secret")
    purpose = forms.ChoiceField(choices=TeamAddress.Purpose.choices, label="Told of")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = sorted((kind, way.label) for kind, way in channels().items())  # type: ignore[attr-defined]
        helps = [f"{way.label}: {way.secret_help}" for way in channels().values() if way.secret_help]
        self.fields["secret"].help_text = "env:CUSTODY_SECRET_NAME or file:NAME. " + " ".join(sorted(helps))

    def clean_secret(self) -> str:
        reference = str(self.cleaned_data["secret"]).strip()
        try:
            check(reference)
        except SecretRefused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return reference

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        way, text = channels().get(found.get("kind", "")), str(found.get("text", ""))
        if way is None or not text:
            return found
        self._check_text(way.asks, text)
        if way.asks is Asks.REFERENCE and not found.get("secret") and "secret" not in self.errors:
            self.add_error("secret", f"{way.label} needs it. {way.secret_help}")
        if way.asks is Asks.MAIL and found.get("secret"):
            self.add_error("secret", "A mailbox has no secret; leave it empty.")
        return found

    def _check_text(self, asks: Asks, text: str) -> None:
        web = text.startswith(("https://", "http://"))
        if asks is Asks.MAIL:
            try:
                validate_email(text)
            except forms.ValidationError as error:
                self.add_error("text", error)
        elif asks in (Asks.URL, Asks.URL_AND_KEY) and (not web or " " in text):
            self.add_error("text", "Write the whole URL, beginning with https://, without spaces.")
        elif asks is Asks.REFERENCE and web:
            self.add_error("text", "That address is itself a secret: put it behind a reference, and give a name here.")
