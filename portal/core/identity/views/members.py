"""The people who sign in, for administrators."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.identity import selectors, services
from portal.core.identity.access import requires
from portal.core.identity.forms import AddPersonForm
from portal.core.identity.policies import Act
from portal.core.identity.views.acting import administrator


@requires(Act.ADMINISTER)
@require_GET
def members(request: HttpRequest) -> HttpResponse:
    """Everybody who has an account, with their roles; `?q=` filters, `?without_role=1` shows who waits for one."""
    words = request.GET.get("q", "").strip()
    without_role = request.GET.get("without_role") == "1"
    found = selectors.people(request.user, words=words, without_role=without_role)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    context = {"page": page, "q": words, "without_role": without_role, "may_administer": True, "here": "members"}
    return render(request, "identity/members.html", context)


@requires(Act.ADMINISTER)
@require_http_methods(["GET", "POST"])
def add_person(request: HttpRequest) -> HttpResponse:
    """Add an account; its person sets the password by mail."""
    form = AddPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        added = services.add_person(actor=administrator(request), **form.cleaned_data)
        messages.success(
            request, f"{added.name} was added. Tell them to choose “Forgot your password?” on the sign-in page."
        )
        return redirect(f"{reverse('identity:give-role')}?user={added.pk}")
    return render(request, "identity/add_person.html", {"form": form}, status=422 if form.is_bound else 200)
