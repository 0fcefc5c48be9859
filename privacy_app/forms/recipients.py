"""Registering a recipient, and its answers."""

from typing import Any

from django import forms

from privacy_app import matching
from privacy_app.domain.recipients import OUTCOMES
from privacy_app.models import Recipient

CHOICES = [(each.value, words) for each, words in OUTCOMES.items()]


class RecipientForm(forms.Form):
    """A processor or partner to whom personal data is disclosed."""

    name = forms.CharField(label="Name", max_length=200)
    channel = forms.ChoiceField(label="Told by", choices=Recipient.Channel.choices)
    address = forms.CharField(
        label="Address",
        max_length=500,
        help_text="An e-mail address, or the URL of a webhook and, after a blank, the reference of its key.",
    )
    kinds = forms.MultipleChoiceField(
        label="Identifiers that it holds",
        widget=forms.CheckboxSelectMultiple,
        help_text="It is told these kinds only, and only where the request has one.",
    )
    systems = forms.MultipleChoiceField(
        label="Systems whose data it gets",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None: data of every system.",
    )
    active = forms.BooleanField(label="Told from now on", required=False, initial=True)

    def __init__(self, *args: Any, systems: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = list(matching.labels().items())  # type: ignore[attr-defined]
        self.fields["systems"].choices = [(name, name) for name in systems]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """An address fits the way."""
        given: dict[str, Any] = super().clean() or {}
        address, channel = str(given.get("address", "")), given.get("channel")
        if channel == "email" and address and not matching.is_well_formed("email", address):
            self.add_error("address", "Type an e-mail address with an @ and a host.")
        if channel == "webhook" and address and not address.startswith("https://"):
            self.add_error("address", "Type the URL of the webhook, beginning with https://.")
        return given


class AnswerForm(forms.Form):
    """What a recipient did."""

    outcome = forms.ChoiceField(label="What was done", choices=CHOICES, widget=forms.RadioSelect)


class ReceiptForm(AnswerForm):
    """An answer that came another way."""

    receipt = forms.FileField(
        label="The recipient's receipt", help_text="At most 5 MiB. It is sealed with the request."
    )
