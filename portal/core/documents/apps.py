"""The room that makes PDFs."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "portal.core.documents"
    label = "documents"
    verbose_name = "Documents"
