"""The living style page: every piece of the house on one page, served by the suite and never by the product."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from portal.urls import urlpatterns as portal_urls

SOURCE = Path(__file__).with_name("style_page.html")
DIGEST = "sha256:3f5a1c0e9d7b42a68c1f0e2d4b6a8c9e1f3a5b7c9d0e2f4a6b8c0d2e4f6a8b9c"


class Sample(forms.Form):
    name = forms.CharField(label="Name of the contract", help_text="As the catalog writes it.")
    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("table", "Table"), ("stream", "Stream")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="I have read what will be deleted")
    days = forms.IntegerField(label="Days", min_value=1)


def things() -> dict:
    """What the page shows; the form was sent with faults."""
    return {
        "form": Sample({"days": "0"}),
        "moment": datetime(2026, 11, 22, 20, 15, tzinfo=UTC),
        "digest": DIGEST,
        "line": [3, 4, 4.5, None, 4, 6, 5.5, 7],
        "counts": [1, 3, 2, 5, 8, 0, 4],
        "nothing": [],
        "page": Paginator(range(60), 25).page(2),
        "challenge": SimpleNamespace(
            pk=1, role="producer", digest=DIGEST, version="1.2.0", expires_at=datetime(2026, 11, 22, 20, 20, tzinfo=UTC)
        ),
        "promises": ["The schema is what the table has.", "The owner answers a breach within one working day."],
    }


def style_page(request):
    """The page itself."""
    return HttpResponse(engines["django"].from_string(SOURCE.read_text()).render(things(), request))


urlpatterns = [*portal_urls, path("style/", style_page)]
