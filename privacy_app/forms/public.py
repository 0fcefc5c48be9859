"""What the subject types: one question a page, and the code of the letter."""

from typing import Any

from django import forms
from django.core.validators import validate_email

from privacy_app.domain.clocks import Law
from privacy_app.domain.pseudonym import normalise

LAWS = [(Law.GDPR.value, "Europe (GDPR)"), (Law.CCPA.value, "California (CCPA)")]


class Address(forms.EmailField):
    """An e-mail address in the one form in which it is kept, compared and written to; that form is checked as well."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"})

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=254, **more)

    def clean(self, value: Any) -> str:
        kept = normalise("email", super().clean(value))
        if kept:
            validate_email(kept)
        return kept


def customer_number(label: str, **more: Any) -> forms.CharField:
    """The field of a customer number: a hint that nobody has proved."""
    return forms.CharField(label=label, max_length=100, required=False, **more)


class EmailQuestion(forms.Form):
    """The address that the code goes to."""

    email = Address(
        label="What is your e-mail address?",
        help_text="We send a code to it, so that nobody else can delete your data.",
    )


class MoreQuestion(forms.Form):
    """A second address, which gets a code of its own, and a hint that nobody has proved."""

    second_email = Address(
        label="Do you use another e-mail address with us?",
        required=False,
        help_text="It gets a code of its own. Leave it empty if you have only one.",
    )
    customer_id = customer_number(
        "Do you know your customer number?",
        help_text="It helps us to look. What is not shown to be yours is never deleted.",
    )


class LawQuestion(forms.Form):
    """Which law sets the deadline."""

    law = forms.ChoiceField(label="Where do you live?", choices=LAWS, widget=forms.RadioSelect, initial=Law.GDPR.value)


QUESTIONS: tuple[type[forms.Form], ...] = (EmailQuestion, MoreQuestion, LawQuestion)


class IntakeForm(EmailQuestion, MoreQuestion, LawQuestion):
    """All three questions at once: the check page sends this."""

    field_order = ["email", "second_email", "customer_id", "law"]


class CodeForm(forms.Form):
    """The one-time code of the letter."""

    code = forms.CharField(
        label="The code from our message",
        max_length=20,
        help_text="Eight letters and digits.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
