"""What people type: the public questions, and the staff's decisions with their reasons."""

from typing import Any

from django import forms

from privacy_app.domain.clocks import Law
from privacy_app.domain.notices import PLACEHOLDERS, Notice, UnknownPlaceholder, check

LAWS = [(Law.GDPR.value, "Europe (GDPR)"), (Law.CCPA.value, "California (CCPA)")]


class EmailQuestion(forms.Form):
    """The address that the code goes to."""

    email = forms.EmailField(
        label="What is your e-mail address?",
        max_length=254,
        help_text="We send a code to it, so that nobody else can delete your data.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )


class MoreQuestion(forms.Form):
    """Hints that nobody has proved."""

    customer_id = forms.CharField(
        label="Do you know your customer number?",
        max_length=100,
        required=False,
        help_text="It helps us to look. What is not shown to be yours is never deleted.",
    )


class LawQuestion(forms.Form):
    """Which law sets the deadline."""

    law = forms.ChoiceField(label="Where do you live?", choices=LAWS, widget=forms.RadioSelect, initial=Law.GDPR.value)


QUESTIONS: tuple[type[forms.Form], ...] = (EmailQuestion, MoreQuestion, LawQuestion)


class IntakeForm(EmailQuestion, MoreQuestion, LawQuestion):
    """All three questions at once: the check page sends this."""

    field_order = ["email", "customer_id", "law"]


class StaffIntakeForm(IntakeForm):
    """A request that came by letter or telephone."""

    send_code = forms.BooleanField(label="Send the code to this address", required=False, initial=True)


class CodeForm(forms.Form):
    """The one-time code of the letter."""

    code = forms.CharField(
        label="The code from our message",
        max_length=20,
        help_text="Eight letters and digits.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )


class ReasonForm(forms.Form):
    """Any decision that needs a reason."""

    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It becomes part of the evidence. Name no person in it.",
    )


class DenyForm(forms.Form):
    """Refusing a request."""

    basis = forms.CharField(label="Legal basis", max_length=200, help_text="For example: GDPR Art. 17(3)(b), tax law.")
    reason = forms.CharField(
        label="What the subject is told", max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )


class NoticeForm(forms.Form):
    """The text of a letter."""

    subject = forms.CharField(label="Subject line", max_length=200)
    body = forms.CharField(label="Text", max_length=5000, widget=forms.Textarea(attrs={"rows": 16}))

    def __init__(self, kind: Notice, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        names = ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS[kind]))
        self.fields["body"].help_text = f"Placeholders: {names}."

    def clean_subject(self) -> str:
        return self._checked("subject")

    def clean_body(self) -> str:
        return self._checked("body")

    def _checked(self, name: str) -> str:
        text = str(self.cleaned_data[name])
        try:
            check(self.kind, text)
        except UnknownPlaceholder as unknown:
            raise forms.ValidationError(str(unknown)) from None
        return text
