"""Writing a contract: the form and the YAML side by side, each kept in step with the other."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contracts_app import selectors, services
from contracts_app.domain.merge import hunks, merged
from contracts_app.models import Contract
from contracts_app.views import editor
from contracts_app.views.editor import Edit
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
        return editor.show(request, editor.opened(selectors.starter_for(request.GET.get("asset", "")) or STARTER))
    edit = editor.posted(request)
    if edit.action != "save" or edit.problems:
        return editor.show(request, edit)
    return _import(request, edit.text.encode())


@require_http_methods(["GET", "POST"])
@requires(Act.PROPOSE_EDIT)
def edit_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the contract's draft; it is made from the version in force when it is saved first."""
    contract = selectors.contract_for(request.user, pk)
    require(request.user, Act.PROPOSE_EDIT, contract)
    draft = selectors.draft_of(contract)
    if request.method == "GET":
        source = draft or selectors.latest_version(contract)
        return editor.show(request, editor.opened(source.text if source else STARTER, contract, draft))
    if request.POST.get("action") in ("theirs", "mine", "merge"):
        return _settle(request, contract)
    edit = editor.posted(request, contract, draft)
    if edit.action != "save" or edit.problems:
        return editor.show(request, edit)
    return _save(request, edit)


def _import(request: HttpRequest, content: bytes) -> HttpResponse:
    try:
        version = services.import_yaml(user=request.user, content=content)
    except services.Refused as refused:
        edit = editor.opened(content.decode("utf-8", "replace"))
        edit.problems = refused.reasons
        return editor.show(request, edit)
    return redirect("contracts:edit", version.contract_id)


def _save(request: HttpRequest, edit: Edit) -> HttpResponse:
    assert edit.contract is not None
    try:
        draft = edit.draft
        if draft is None:
            draft = services.open_draft(user=request.user, contract=edit.contract)
            edit.token = draft.token if draft.edited_by_id == request.user.pk else 0  # else: somebody was quicker
        services.save_draft(user=request.user, version=draft, content=edit.text.encode(), token=edit.token)
    except services.DraftConflict as conflict:
        return _conflict(request, edit, conflict)
    except services.Refused as refused:
        edit.problems = refused.reasons
        return editor.show(request, edit)
    return redirect(f"{reverse('contracts:edit', args=[edit.contract.pk])}?saved=1")


def _conflict(request: HttpRequest, edit: Edit, conflict: services.DraftConflict) -> HttpResponse:
    """The two texts side by side; nothing was saved."""
    context = {
        "contract": edit.contract,
        "reasons": conflict.reasons,
        "theirs": conflict.theirs,
        "mine": edit.text,
        "token": conflict.token,
        "hunks": hunks(conflict.theirs, edit.text, edit.origin or None),
    }
    return render(request, "contracts_app/conflict.html", context, status=409)


def _settle(request: HttpRequest, contract: Contract) -> HttpResponse:
    """After a conflict: theirs is opened as it is, mine is saved over it, or the choices are opened to go on from."""
    draft = selectors.draft_of(contract)
    mine, theirs = (editor.newlines(request.POST.get(key, "")) for key in ("mine", "theirs"))
    edit = editor.opened(mine, contract, draft)
    edit.token = editor.number(request.POST.get("token"))
    edit.origin = theirs
    if request.POST["action"] == "mine":
        return _save(request, edit)
    if request.POST["action"] == "theirs" and draft is not None:
        return editor.show(request, editor.opened(draft.text, contract, draft))
    parts = hunks(theirs, mine)
    edit.text = merged(parts, {at: request.POST.get(f"hunk:{at}", "mine") for at in range(len(parts))})
    edit.action = "merge"
    return editor.show(request, edit)
