"""The procedure as a page and as the programme's file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from privacy_app.services import procedure


@requires(Act.READ)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every chapter, as the code stands now."""
    context = {
        "chapters": procedure.chapters(),
        "file": procedure.FILE,
        "officer": may(request.user, Act.PLAN_DELETION),
    }
    return render(request, "privacy_app/procedure.html", context)


@requires(Act.READ)
@require_safe
def download(_: HttpRequest) -> HttpResponse:
    """The same as Markdown."""
    response = HttpResponse(procedure.as_markdown(), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{procedure.FILE}"'
    return response
