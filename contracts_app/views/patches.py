"""A version as a patch to commit: what turns the file of the version in force into this text."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from contracts_app import selectors
from contracts_app.domain.gitpatch import git_patch
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.web.problems import problem


@require_GET
@requires(Act.READ)
def patch(request: HttpRequest, pk: int) -> HttpResponse:
    """A unified diff that `git apply` takes; `path` says where the file lies in the repository."""
    version = selectors.version_for(request.user, pk)
    path = request.GET.get("path", "") or version.contract.repository_path
    base = selectors.committed_text(version)
    try:
        text = git_patch(path, base, version.text)
    except ValueError as error:
        return problem(422, "No such path", str(error))
    if not text:
        return problem(404, "Nothing to commit", "This text is the version in force already.")
    name = f"{version.contract.name}-{version.number or 'draft'}.patch"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.encode(), content_type="text/x-diff; charset=utf-8", headers=headers)
