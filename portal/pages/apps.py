"""The composing pages as a Django app: home, the asset page and the search."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "portal.pages"
    label = "pages"
