"""Letters on paper: printed from here, and noted when they are in the post."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from privacy_app import selectors
from privacy_app.services import posting


@requires(Act.READ_REQUESTS)
@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """What waits for the post."""
    return render(request, "privacy_app/letters.html", {"rows": selectors.letters_to_post(request.user)[:200]})


@requires(Act.READ_REQUESTS)
@never_cache
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter to print; the POST says that it is in the post."""
    found = selectors.letter_to_post(request.user, pk)
    text = posting.text_to_post(found) if found else None
    if found is None or text is None:
        raise Http404("There is no such letter, or it was posted: its text is no longer kept.")
    if request.method == "POST":
        posting.posted(user=request.user, letter_id=found.pk)
        messages.success(
            request, f"The letter of {found.request.req_id} is noted as posted. Its text is no longer kept."
        )
        return redirect("privacy:letters")
    return render(request, "privacy_app/letter.html", {"letter": found, "text": text, "found": found.request})
