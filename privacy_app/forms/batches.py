"""Uploading a file of requests."""

from django import forms
from django.core.files.uploadedfile import UploadedFile

from privacy_app.domain.csv_intake import LARGEST


class FileForm(forms.Form):
    """The file."""

    file = forms.FileField(label="CSV file", help_text="UTF-8, with a head line, up to 2 MB.", allow_empty_file=False)

    def clean_file(self) -> UploadedFile:
        sent: UploadedFile = self.cleaned_data["file"]
        if sent.size is None or sent.size > LARGEST:
            raise forms.ValidationError("The file is larger than 2 MB. Send it in parts.")
        return sent
