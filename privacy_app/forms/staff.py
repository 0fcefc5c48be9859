"""What the privacy team types: a request that came by letter, and decisions with their reasons."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms

from portal.core.clock.services import now
from privacy_app.domain.notices import DEFAULT_LANGUAGE, LANGUAGES
from privacy_app.forms.public import LAWS, Address, customer_number
from privacy_app.models import Request

OLDEST = timedelta(days=366)
CAME_BY = [
    (Request.Channel.LETTER.value, "By letter"),
    (Request.Channel.STAFF.value, "By telephone or at the counter"),
]


def start_of(day: date) -> datetime:
    """The first moment of a day, in UTC: clocks that start too early never make us late."""
    return datetime.combine(day, time.min, tzinfo=now().tzinfo)


class Day(forms.DateField):
    """A day, typed or picked."""

    widget = forms.DateInput(attrs={"type": "date"})


class StaffIntakeForm(forms.Form):
    """A request that came by letter or telephone, or at the counter."""

    channel = forms.ChoiceField(label="How did it come?", choices=CAME_BY, initial=CAME_BY[0][0])
    received_on = Day(label="When did it arrive?", help_text="The clocks run from this day, not from today.")
    email = Address(
        label="E-mail address of the subject",
        required=False,
        help_text="Leave it empty where the letter names none: our answers are then printed and posted.",
    )
    customer_id = customer_number("Customer number, if it is given")
    law = forms.ChoiceField(label="Law", choices=LAWS)
    language = forms.ChoiceField(
        label="Language of our letters", choices=list(LANGUAGES.items()), initial=DEFAULT_LANGUAGE
    )
    send_code = forms.BooleanField(label="Send the code to this address", required=False, initial=True)

    def clean_received_on(self) -> datetime:
        day = self.cleaned_data["received_on"]
        if day > now().date() or day < (now() - OLDEST).date():
            raise forms.ValidationError("The day of arrival lies within the last year and not in the future.")
        return start_of(day)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("email") and not given.get("customer_id") and not self.errors:
            raise forms.ValidationError(
                "Give an e-mail address or a customer number: without either nobody can be found."
            )
        return given


class ReasonForm(forms.Form):
    """Any decision that needs a reason."""

    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It becomes part of the evidence. Name no person in it.",
    )


class OverrideForm(ReasonForm):
    """Accepting an identity: what was checked and how, never the document."""

    method = forms.ChoiceField(
        label="How was the identity checked?",
        choices=[
            ("counter", "Known at the counter"),
            ("document", "An identity document was shown (keep no copy, write down no number)"),
            ("signature", "The signature on the letter was compared"),
            ("callback", "Called back at a number that we knew before"),
            ("account", "Signed in to their account"),
            ("other", "In another way"),
        ],
    )
    identifiers = forms.TypedMultipleChoiceField(
        label="What is accepted?",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only what you tick is looked up and deleted. The rest stay hints.",
    )
    field_order = ["identifiers", "method", "reason"]

    def __init__(self, given: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["identifiers"].choices = given  # type: ignore[attr-defined]  # a choice field has them


class PauseForm(ReasonForm):
    """Waiting for the subject."""

    until = Day(label="Until when at the latest?", help_text="On this day the request goes on by itself.")
    question = forms.CharField(
        label="What do we ask the subject?",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="They get it as a letter. Leave it empty where they were asked already.",
    )
    field_order = ["reason", "until", "question"]

    def clean_until(self) -> datetime:
        return start_of(self.cleaned_data["until"])


class ExtendForm(forms.Form):
    """The law's longer period."""

    reason = forms.CharField(
        label="Why does it take longer?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The subject reads this. The law accepts complexity and the number of requests.",
    )


class DenyForm(forms.Form):
    """Refusing a request."""

    basis = forms.CharField(label="Legal basis", max_length=200, help_text="For example: GDPR Art. 17(3)(b), tax law.")
    reason = forms.CharField(
        label="What the subject is told", max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
