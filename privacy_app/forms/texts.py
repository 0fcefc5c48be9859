"""The text of a letter, with the placeholders that it may use."""

from typing import Any

from django import forms

from privacy_app.domain.notices import PLACEHOLDERS, REQUIRED, Notice, UnknownPlaceholder, check, check_body


class NoticeForm(forms.Form):
    """The text of a letter."""

    subject = forms.CharField(label="Subject line", max_length=200)
    body = forms.CharField(label="Text", max_length=5000, widget=forms.Textarea(attrs={"rows": 16}))

    def __init__(self, kind: Notice, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        named = ", ".join(
            f"{{{name}}}{' (must be there)' if name in REQUIRED[kind] else ''}" for name in sorted(PLACEHOLDERS[kind])
        )
        self.fields["body"].help_text = f"Placeholders: {named}."

    def clean_subject(self) -> str:
        subject = str(self.cleaned_data["subject"])
        try:
            check(self.kind, subject)
        except UnknownPlaceholder as unknown:
            raise forms.ValidationError(str(unknown)) from None
        return subject

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"]).replace("\r\n", "\n")
        try:
            check_body(self.kind, body)
        except UnknownPlaceholder as unknown:
            raise forms.ValidationError(str(unknown)) from None
        return body
