"""The ledger for people: everything recorded, and each entry."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.core.evidence import search, selectors
from portal.core.evidence.domain.merkle import leaf_hash
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.pages.evidence.forms import Filters, role_words
from portal.pages.evidence.related import files_of, reference_of, related_to
from portal.pages.evidence.selectors import PAGE, visible_entries, with_names
from portal.pages.evidence.views.common import download, wanted_entry

NOT_COVERED = (
    "That what the entry says is true of the world: it shows what the portal recorded, by whom, and when.",
    "Who the actor is: the ledger holds an opaque id and a salted digest of the name.",
    "Anything that happened outside of the portal, or before its first entry.",
    "When it was recorded, against ourselves: that needs an outside time stamp over a checkpoint that covers it.",
)


@requires(Act.READ_EVIDENCE)
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The ledger, newest first; the filters are in the URL."""
    form = Filters(request.GET, roles=search.roles())
    found = visible_entries(request.user)
    rows = list(form.wanted(found)[: PAGE + 1]) if form.is_valid() else []
    context = {
        "form": form,
        "rows": with_names(rows[:PAGE]),
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "filtered": any(value for name, value in request.GET.items() if name != "before"),
        "latest": selectors.latest_checkpoint(),
        "audit": selectors.last_audit(),
    }
    return render(request, "evidence/list.html", context)


@requires(Act.READ_EVIDENCE)
@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry: what happened, where it stands in the ledger, and how to check that."""
    found = wanted_entry(request, pk)
    [(_, sentence)] = with_names([found])
    state = selectors.entry_state(found)
    latest = selectors.latest_checkpoint()
    proved = state.index is not None and latest is not None
    context = {
        "entry": found,
        "sentence": sentence,
        "role": role_words(found.actor_role),
        "about": reference_of(found),
        "related": with_names(related_to(request.user, found)),
        "files": files_of(found),
        "not_covered": NOT_COVERED,
        "state": state,
        "latest": latest,
        "proof": selectors.inclusion_proof(state.index, latest) if proved else "",
        "raw": found.leaf_bytes().decode(),
        "leaf": leaf_hash(found.leaf_bytes()).hex(),
    }
    return render(request, "evidence/entry.html", context)


@requires(Act.READ_EVIDENCE)
@require_safe
def entry_json(request: HttpRequest, pk: int) -> HttpResponse:
    """The canonical bytes of the leaf: with a zero byte before them, their SHA-256 is the leaf's hash."""
    return download(wanted_entry(request, pk).leaf_bytes(), f"entry-{pk}.json", "application/json")


@requires(Act.READ_EVIDENCE)
@require_safe
def entry_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The entry's inclusion proof under the newest checkpoint."""
    state, latest = selectors.entry_state(wanted_entry(request, pk)), selectors.latest_checkpoint()
    if state.index is None or latest is None:
        raise Http404("This entry is pending: it gets its place within seconds.")
    return download(selectors.inclusion_proof(state.index, latest).encode(), f"entry-{pk}.tlog")


@requires(Act.READ_EVIDENCE)
@require_safe
def entry_file(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """A stored file that the entry names by its digest, read with its digest checked."""
    wanted = [each for each in files_of(wanted_entry(request, pk)) if each.artifact.digest == digest]
    if not wanted:
        raise Http404("This entry names no stored file of that digest.")
    try:
        data = selectors.read_artifact(digest)
    except selectors.ArtifactGone as gone:
        raise Http404(str(gone)) from gone
    return download(data, wanted[0].artifact.name, wanted[0].artifact.media_type)
