"""Writing a contract: the form and the YAML side by side, each kept in step with the other."""

from __future__ import annotations

import difflib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contracts_app import selectors, services
from contracts_app.domain.document import load
from contracts_app.domain.patch import PatchError, remove
from contracts_app.domain.source import MAX_BYTES
from contracts_app.forms import controls
from contracts_app.models import Contract, Version
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, require

STARTER = """\
name: my_events_v1
version: 1.0.0
owner:
on_call:
classification: internal

schema:
  id: {type: string, required: true}
"""


@require_http_methods(["GET", "POST"])
@requires(Act.WRITE_CONTRACT)
def new_contract(request: HttpRequest) -> HttpResponse:
    """Write a contract that the portal does not know yet."""
    if request.method == "GET":
        return _editor(request, STARTER)
    text, problems = _edited(request)
    if request.POST.get("action") != "save" or problems:
        return _editor(request, text, problems=problems)
    return _import(request, text.encode())


@require_http_methods(["GET", "POST"])
@requires(Act.WRITE_CONTRACT)
def import_contract(request: HttpRequest) -> HttpResponse:
    """Paste or upload a YAML file; its bytes are kept exactly as they are."""
    if request.method == "GET":
        return render(request, "contracts_app/import.html", {})
    upload = request.FILES.get("file")
    content = upload.read(MAX_BYTES + 1) if upload else _newlines(request.POST.get("text", "")).encode()
    if not content.strip():
        problems = ["Choose a file or paste the YAML of a contract."]
        return render(request, "contracts_app/import.html", {"problems": problems}, status=422)
    return _import(request, content)


@require_http_methods(["GET", "POST"])
@requires(Act.PROPOSE_EDIT)
def edit_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the contract's draft; it is made from the version in force when it is saved first."""
    contract = selectors.contract_for(request.user, pk)
    require(request.user, Act.PROPOSE_EDIT, contract)
    draft = selectors.draft_of(contract)
    if request.method == "GET":
        source = draft or selectors.latest_version(contract)
        return _editor(request, source.text if source else STARTER, contract=contract, draft=draft)
    text, problems = _edited(request)
    if request.POST.get("action") != "save" or problems:
        return _editor(request, text, contract=contract, draft=draft, problems=problems)
    return _save(request, contract, draft, text)


def _import(request: HttpRequest, content: bytes) -> HttpResponse:
    try:
        version = services.import_yaml(user=request.user, content=content)
    except services.Refused as refused:
        return _editor(request, content.decode("utf-8", "replace"), problems=refused.reasons)
    return redirect("contracts:edit", version.contract_id)


def _save(request: HttpRequest, contract: Contract, draft: Version | None, text: str) -> HttpResponse:
    token = request.POST.get("token", "0")
    try:
        if draft is None:
            draft = services.open_draft(user=request.user, contract=contract)
            token = str(draft.token)
        seen = int(token) if token.isdecimal() else 0
        services.save_draft(user=request.user, version=draft, content=text.encode(), token=seen)
    except services.DraftConflict as conflict:
        return _editor(request, text, contract=contract, draft=draft, problems=conflict.reasons, conflict=conflict)
    except services.Refused as refused:
        return _editor(request, text, contract=contract, draft=draft, problems=refused.reasons)
    return redirect(f"{reverse('contracts:edit', args=[contract.pk])}?saved=1")


def _edited(request: HttpRequest) -> tuple[str, list[str]]:
    """The text after what was changed in the form, in the YAML, and by the button that was pressed."""
    text = _newlines(request.POST.get("text", ""))
    base = _newlines(request.POST.get("base", "")) or text
    try:
        text = controls.apply_form(text, base, request.POST)
        text = controls.add_entries(text, request.POST)
        return _by_button(text, request.POST.get("action", "")), []
    except PatchError as error:
        return text, [str(error)]


def _by_button(text: str, action: str) -> str:
    kind, _, what = action.partition(":")
    if kind == "fix":
        found = next((found for found in load(text).findings if found.fix and _key(found) == what), None)
        return found.fix.apply(text) if found and found.fix else text
    return remove(text, ("schema", what)) if kind == "remove-field" else text


def _key(found: Any) -> str:
    """A finding by its code and place, so that a stale button mends nothing else."""
    return f"{found.code}@{found.line}.{found.column}"


def _editor(
    request: HttpRequest,
    text: str,
    *,
    contract: Contract | None = None,
    draft: Version | None = None,
    problems: list[str] | None = None,
    conflict: services.DraftConflict | None = None,
) -> HttpResponse:
    loaded = load(text)
    context: dict[str, Any] = {
        "contract": contract,
        "draft": draft,
        "token": draft.token if draft else 0,
        "text": text,
        "lines": text.count("\n") + 2,
        "groups": controls.groups(text, loaded.findings),
        "findings": [(found, _key(found)) for found in loaded.findings],
        "errors": sum(found.is_error for found in loaded.findings),
        "loaded": loaded,
        "unresolved": selectors.unresolved(loaded.document) if loaded.document else [],
        "problems": problems or [],
        "saved": "saved" in request.GET and request.method == "GET",
        "action_url": request.path,
    }
    if conflict is not None:
        mine, theirs = text.splitlines(), conflict.theirs.splitlines()
        context["difference"] = "\n".join(
            difflib.unified_diff(theirs, mine, "saved by the other", "yours", lineterm="")
        )
        context["token"] = conflict.token
    template = "contracts_app/_partials/editor.html" if _is_htmx(request) else "contracts_app/author.html"
    status = 409 if conflict else 422 if problems else 200
    return render(request, template, context, status=status)


def _is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _newlines(text: str) -> str:
    """Browsers send a textarea's lines with CR LF; the author wrote LF."""
    return text.replace("\r\n", "\n")
