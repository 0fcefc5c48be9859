"""What a document may load while it is rendered: nothing from outside.

A template's values are hostile input: a URL in one of them must not make the worker call an inner address or read
a file.
"""

from typing import Any

from weasyprint.urls import FatalURLFetchingError, URLFetcher


class RemoteRefused(FatalURLFetchingError):
    """A document asked for something that is not inside it."""


class InlineOnly(URLFetcher):
    """Gives `data:` URLs and refuses every other; the refusal stops the rendering."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        if url.partition(":")[0].lower() != "data":
            raise RemoteRefused(
                "A document may load nothing from outside; put the picture or the style into the template."
            )
        return super().fetch(url, headers)
