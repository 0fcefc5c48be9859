"""Pages of the ledger: entries, checkpoints, keys, and the verifier for uploads."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.evidence import keys as server_keys
from portal.core.evidence import selectors
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.domain.merkle import leaf_hash
from portal.core.evidence.models import Checkpoint, Entry, PublicKey
from portal.core.evidence.services.bundles import signature_verifier_source, verifier_source
from portal.core.evidence.verify import verify_bundle
from portal.core.identity.access import public, requires
from portal.core.identity.policies import Act
from portal.pages.evidence.forms import Filters, VerifyForm
from portal.pages.evidence.selectors import (
    PAGE,
    checkpoint_page,
    consistency_between,
    entry_for,
    leading_to,
    visible_entries,
    with_names,
)

TONES = {"OK": "ok", "FAILED": "bad", "not checked": "off"}


@requires(Act.READ_EVIDENCE)
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The ledger, newest first; the filters are in the URL."""
    form = Filters(request.GET)
    found = visible_entries(request.user)
    rows = list(found.filter(**form.wanted())[: PAGE + 1]) if form.is_valid() else []
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
    found = _entry(request, pk)
    [(_, sentence)] = with_names([found])
    state = selectors.entry_state(found)
    latest = selectors.latest_checkpoint()
    proved = state.index is not None and latest is not None
    context = {
        "entry": found,
        "sentence": sentence,
        "role": found.actor_role.replace("_", " ").replace("+", " and "),
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
    return _download(_entry(request, pk).leaf_bytes(), f"entry-{pk}.json", "application/json")


@requires(Act.READ_EVIDENCE)
@require_safe
def entry_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The entry's inclusion proof under the newest checkpoint."""
    state, latest = selectors.entry_state(_entry(request, pk)), selectors.latest_checkpoint()
    if state.index is None or latest is None:
        raise Http404("This entry is pending: it gets its place within seconds.")
    return _download(selectors.inclusion_proof(state.index, latest).encode(), f"entry-{pk}.tlog")


@requires(Act.READ_EVIDENCE)
@require_safe
def checkpoints(request: HttpRequest) -> HttpResponse:
    """The signed tree heads, newest first."""
    before = request.GET.get("before", "")
    rows = checkpoint_page(int(before) if before.isdecimal() and len(before) < 19 else None)
    context = {"rows": rows[:PAGE], "next": rows[PAGE - 1].size if len(rows) > PAGE else None}
    return render(request, "evidence/checkpoints.html", context)


@requires(Act.READ_EVIDENCE)
@require_safe
def checkpoint(request: HttpRequest, size: int) -> HttpResponse:
    """One signed tree head: the text to keep."""
    found = _checkpoint(size)
    key = selectors.known_key(found.key_id)
    context = {"checkpoint": found, "key": key, "latest": selectors.latest_checkpoint()}
    return render(request, "evidence/checkpoint.html", context)


@requires(Act.READ_EVIDENCE)
@require_safe
def checkpoint_note(request: HttpRequest, size: int) -> HttpResponse:
    """The signed note as a file, for --seen."""
    del request
    return _download(_checkpoint(size).note.encode(), f"checkpoint-{size}.txt")


@requires(Act.READ_EVIDENCE)
@require_safe
def consistency(request: HttpRequest) -> HttpResponse:
    """The proof that leads from one size to a checkpoint, as a file for --consistency."""
    try:
        old, new = (int(request.GET.get(name, "")) for name in ("from", "to"))
        return _download(consistency_between(old, new).encode(), f"consistency-{old}-{new}.txt")
    except ValueError as error:
        raise Http404(f"There is no such proof: {error}") from error


@requires(Act.READ_EVIDENCE)
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Check an uploaded bundle with the verifier that the bundle carries, and show each check."""
    form = VerifyForm(request.POST or None, request.FILES or None) if request.method == "POST" else VerifyForm()
    context: dict[str, Any] = {"form": form, "verifier": digest(verifier_source())}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        lead = leading_to(given["bundle"], given["seen"]) if given["seen"] else ""
        report = verify_bundle(given["bundle"], given["key"], given["seen"], consistency=lead)
        context |= {"report": report, "checks": [(name, word, TONES[word], text) for name, word, text in report.checks]}
    return render(request, "evidence/verify.html", context, status=422 if form.errors else 200)


@public("auditors compare the key's fingerprint without an account")
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Every key that ever signed here, and the verifier with its digest."""
    present = server_keys.server_key()
    known = [(row.key_id, bytes(row.public), row.first_used_at) for row in PublicKey.objects.order_by("-id")]
    if present.key_id not in [key_id for key_id, _, _ in known]:
        known.insert(0, (present.key_id, present.public, None))
    rows = [
        {
            "key_id": key_id,
            "fingerprint": server_keys.fingerprint(raw),
            "pem": server_keys.public_pem(raw).decode(),
            "since": since,
            "in_use": key_id == present.key_id,
        }
        for key_id, raw, since in known
    ]
    files = {"verifier": digest(verifier_source()), "signature_verifier": digest(signature_verifier_source())}
    return render(request, "evidence/keys.html", {"rows": rows, **files})


@public("the verifier is part of the release")
@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The verifier's source, as bundles carry it."""
    del request
    return _download(verifier_source(), "verify.py", "text/x-python; charset=utf-8")


@public("the verifier is part of the release")
@require_safe
def signature_verifier(request: HttpRequest) -> HttpResponse:
    """The part of the verifier for persons' signatures."""
    del request
    return _download(signature_verifier_source(), "verify_signatures.py", "text/x-python; charset=utf-8")


def _entry(request: HttpRequest, pk: int) -> Entry:
    try:
        return entry_for(request.user, pk)
    except Entry.DoesNotExist as error:
        raise Http404(f"The ledger has no entry {pk}.") from error


def _checkpoint(size: int) -> Checkpoint:
    found = selectors.checkpoint_at(size)
    if found is None:
        raise Http404(f"There is no checkpoint of {size} entries.")
    return found


def _download(data: bytes, name: str, media_type: str = "text/plain; charset=utf-8") -> HttpResponse:
    return HttpResponse(data, media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
