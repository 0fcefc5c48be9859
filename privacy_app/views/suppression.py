"""The suppression list as officers see it: how much is on it, under which keys, until when, and who asks."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from privacy_app import keystore, selectors
from privacy_app.services import suppression
from privacy_app.views.common import attempt

ASKED_SINCE = timedelta(days=30)


@requires(Act.READ_REQUESTS)
@require_GET
def suppression_list(request: HttpRequest) -> HttpResponse:
    """Counts only: nothing on this page tells who is on the list."""
    kinds = selectors.suppression_by_kind(request.user)
    held = {each["key_version"]: 0 for each in kinds}
    for each in kinds:
        held[each["key_version"]] += each["tokens"]
    versions = [(each, suppression.fingerprint(each), held.get(each, 0)) for each in keystore.suppression_versions()]
    context = {
        "kinds": kinds,
        "total": sum(each["tokens"] for each in kinds),
        "versions": versions,
        "askers": selectors.suppression_askers(request.user, since=now() - ASKED_SINCE),
    }
    return render(request, "privacy_app/suppression.html", context)


@requires(Act.PLAN_DELETION)
@require_http_methods(["GET", "POST"])
def rotate(request: HttpRequest) -> HttpResponse:
    """Say what a new version of the key does; the POST makes it."""
    if request.method == "POST":
        attempt(request, lambda: suppression.rotate(user=request.user), "New tokens use the new key from now on.")
        return redirect("privacy:suppression")
    return render(request, "privacy_app/suppression_rotate.html", {"version": keystore.suppression_versions()[-1]})
