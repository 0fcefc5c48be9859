"""The living style page: every piece of the house on one page, served by the suite and never by the product."""

from datetime import UTC, datetime
from pathlib import Path

from django import forms
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from portal.core.signing.models import Challenge
from portal.urls import urlpatterns as portal_urls

SOURCE = Path(__file__).with_name("style_page.html")
DIGEST = "sha256:3f5a1c0e9d7b42a68c1f0e2d4b6a8c9e1f3a5b7c9d0e2f4a6b8c0d2e4f6a8b9c"

UNTIL = datetime(2026, 11, 22, 20, 20, tzinfo=UTC)


class Sample(forms.Form):
    name = forms.CharField(label="Name of the contract", help_text="As the catalog writes it.")
    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("table", "Table"), ("stream", "Stream")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="I have read what will be deleted")
    days = forms.IntegerField(label="Days", min_value=1)


def things(person) -> dict:
    """What the page shows to this person; the form was sent with faults."""
    return {
        "form": Sample({"days": "0"}),
        "swapped": Days(auto_id="left_%s"),
        "moment": datetime(2026, 11, 22, 20, 15, tzinfo=UTC),
        "digest": DIGEST,
        "line": [3, 4, 4.5, None, 4, 6, 5.5, 7],
        "counts": [1, 3, 2, 5, 8, 0, 4],
        "nothing": [],
        "page": Paginator(range(60), 25).page(2),
        "challenge": Challenge(pk=1, user=person, role="producer", digest=DIGEST, version="1.2.0", expires_at=UNTIL),
        "promises": ["The schema is what the table has.", "The owner answers a breach within one working day."],
    }


def style_page(request):
    """The page itself."""
    return HttpResponse(engines["django"].from_string(SOURCE.read_text()).render(things(request.user), request))


class Days(forms.Form):
    days = forms.IntegerField(label="Days left", min_value=1)


PART = """{% load custody %}<form id="swapped" method="post" action="/style/part/" novalidate hx-post="/style/part/"
    hx-target="#swapped" hx-swap="outerHTML">{% csrf_token %}{% errors swapped %}
    {% if swapped.is_valid %}<p data-focus data-say="3 of 9 systems done">Counted</p>{% endif %}
    {% field swapped.days width="short" %}<button class="button" type="submit">Count the days</button></form>"""


def part(request):
    """What htmx swaps in: the form with its faults and 422, or what was counted."""
    form = Days(request.POST, auto_id="left_%s")
    status = 200 if form.is_valid() else 422
    page = engines["django"].from_string(PART).render({"swapped": form}, request)
    return HttpResponse(page, status=status)


def fault(request):
    """A view of ours that fails."""
    raise RuntimeError("planted by the suite")


def unreadable(request):
    """A request that cannot be read."""
    raise BadRequest("planted by the suite")


urlpatterns = [
    *portal_urls,
    path("style/", style_page),
    path("style/part/", part),
    path("style/fault/", fault),
    path("style/unreadable/", unreadable),
]
