"""An upload never touches the disk in clear, and one that is too large is told by its true size."""

import tempfile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from portal.core.web.uploads import LARGEST


def uploaded(data):
    request = RequestFactory().post("/", {"document": SimpleUploadedFile("a.bin", data)})
    return request.FILES["document"]


def test_a_file_of_many_megabytes_stays_in_memory(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("an upload was written to the disk")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    data = b"x" * (4 << 20)
    file = uploaded(data)
    assert file.read() == data
    assert not hasattr(file, "temporary_file_path")


def test_of_a_file_beyond_the_limit_only_the_size_is_true():
    file = uploaded(b"x" * (LARGEST + (1 << 20)))
    assert file.size == LARGEST + (1 << 20)
    assert len(file.read()) <= LARGEST + (64 << 10)
