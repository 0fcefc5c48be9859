"""What a person states about a deletion by hand, and the document that shows it."""

from django import forms

from privacy_app.domain.attestation import LARGEST, Outcome
from privacy_app.models import ByHandTask


class AttestForm(forms.Form):
    """The end of a task by hand."""

    outcome = forms.ChoiceField(
        label="What was done",
        choices=[(each, ByHandTask.Said(each).label) for each in Outcome],
        widget=forms.RadioSelect,
        required=True,
    )
    rows = forms.IntegerField(
        label="Records deleted", min_value=1, max_value=1_000_000_000, required=False, help_text="Where it was deleted."
    )
    document = forms.FileField(
        label="Document that shows it",
        required=False,
        help_text="PDF, PNG, JPEG or plain text, up to 5 MB. It is sealed with the request and destroyed with it.",
    )
    statement = forms.CharField(
        label="What else is to be said",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Where it cannot be deleted: why not. Sealed like the document.",
    )
    sure = forms.BooleanField(label="I did this myself, or saw that it was done.")

    def clean_document(self) -> bytes | None:
        """The bytes of the upload; its name is not kept, since it may name a person."""
        upload = self.cleaned_data["document"]
        if not upload:
            return None
        if upload.size > LARGEST:
            raise forms.ValidationError("The document is larger than 5 MB; give a smaller one.")
        data: bytes = upload.read()
        return data
