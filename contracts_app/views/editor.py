"""The editor of one contract as a page or, for htmx, as its part: form, YAML, check, preview and consequences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contracts_app import selectors, services
from contracts_app.domain.document import Loaded
from contracts_app.domain.findings import Finding
from contracts_app.domain.patch import PatchError, set_value
from contracts_app.domain.terms import slo_terms
from contracts_app.forms import edits, maker
from contracts_app.forms.maker import WINDOW, sections
from contracts_app.forms.parts import Part, html_id
from contracts_app.models import Contract, Version

BESIDE = (("yaml", "YAML"), ("preview", "Preview"), ("sql", "Rules as SQL"))


@dataclass(slots=True)
class Edit:
    """What the author has before them; `added` is the place of what was added last."""

    text: str
    contract: Contract | None = None
    draft: Version | None = None
    token: int = 0
    window: int = 0
    beside: str = "yaml"
    origin: str = ""
    action: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        """Whether this is a step while typing, in which nothing may be taken from under the author's hands."""
        return self.action == "step"


def opened(text: str, contract: Contract | None = None, draft: Version | None = None) -> Edit:
    """The editor as it is opened."""
    return Edit(text, contract, draft, draft.token if draft else 0, origin=text)


def posted(request: HttpRequest, contract: Contract | None = None, draft: Version | None = None) -> Edit:
    """The text after what was changed in the form, in the YAML, and by the button that was pressed."""
    sent = request.POST
    text = newlines(sent.get("text", ""))
    edit = Edit(text, contract, draft, token=number(sent.get("token")), window=number(sent.get("window")))
    edit.action = sent.get("action", "step")  # typing sends no button
    edit.beside = sent.get("beside", "yaml") if sent.get("beside") in dict(BESIDE) else "yaml"
    edit.origin = newlines(sent.get("origin", "")) or text
    edit.typed = {name: value for name, value in sent.items() if name.startswith("new:")}
    try:
        edit.text = edits.apply_form(text, newlines(sent.get("base", "")) or text, sent.dict(), window=edit.window)
        _by_button(edit)
    except PatchError as error:
        edit.problems = [str(error)]
    return edit


def _by_button(edit: Edit) -> None:
    if edit.is_live:
        return
    edit.text, edit.added = edits.add_entries(edit.text, edit.typed)
    edit.typed = {}
    kind, _, what = edit.action.partition(":")
    if kind == "fix":
        found = next(
            (found for found in maker.loaded(edit.text).findings if found.fix and fix_key(found) == what), None
        )
        edit.text = found.fix.apply(edit.text) if found and found.fix else edit.text
    elif kind == "remove":
        edit.text = edits.remove_entry(edit.text, what)
    elif kind == "set-version":
        edit.text = set_value(edit.text, ("version",), what)
    elif kind == "fields":
        edit.window = number(what)
    if edit.added[:1] == ("schema",):
        edit.window = _window_of(edit.text, edit.added[1])


def show(request: HttpRequest, edit: Edit) -> HttpResponse:
    """The editor with this text in it."""
    live = bool(getattr(request, "htmx", False))
    template = "contracts_app/_partials/editor/editor.html" if live else "contracts_app/author.html"
    status = 422 if edit.problems and not edit.is_live else 200
    return render(request, template, context_of(request, edit), status=status)


def context_of(request: HttpRequest, edit: Edit) -> dict[str, Any]:
    """All that the template shows."""
    loaded = maker.loaded(edit.text)
    parts = sections(edit.text, loaded.findings, window=edit.window)
    return {
        "edit": edit,
        "contract": edit.contract,
        "draft": edit.draft,
        "loaded": loaded,
        "parts": parts,
        "lines": _lines(edit.text, loaded),
        "findings": loaded.findings,
        "errors": sum(found.is_error for found in loaded.findings),
        "unresolved": selectors.unresolved(loaded.document) if loaded.document else [],
        "sql": _sql(parts, loaded),
        "document": loaded.document,
        "terms": slo_terms(loaded.document) if loaded.document else [],
        "consequences": _consequences(edit, loaded),
        "beside": BESIDE,
        "focus": html_id(edit.added) if edit.added else "",
        "windows": _windows(loaded),
        "overtaken": edit.draft if edit.draft and edit.action and edit.token != edit.draft.token else None,
        "saved": "saved" in request.GET and request.method == "GET",
        "action_url": request.path,
    }


def _consequences(edit: Edit, loaded: Loaded) -> dict[str, Any]:
    """What the text changes in the versions in force, the number that it needs, and who would sign it."""
    if loaded.document is None:
        return {}
    compared = selectors.compared_with_force(edit.contract, loaded) if edit.contract else []
    about: dict[str, Any] = {"compared": compared, "needed": selectors.needed_number(compared)}
    about["ok"] = all(one.verdict.ok for one in compared)
    if edit.contract and loaded.ok:
        version = Version(contract=edit.contract, authored=edit.text.encode(), data=loaded.source.data)
        version.number = loaded.document.version
        version.__dict__["loaded"] = loaded  # read once
        about["check"] = services.check_proposal(version)
    return about


def _lines(text: str, loaded: Loaded) -> list[tuple[int, str, str]]:
    """Each line's number with the worst of its findings: its kind and what it says."""
    worst: dict[int, Finding] = {}
    for found in loaded.findings:
        if found.line not in worst or (found.is_error and not worst[found.line].is_error):
            worst[found.line] = found
    return [(line, *_mark(worst.get(line))) for line in range(1, text.count("\n") + 2)]


def _mark(found: Finding | None) -> tuple[str, str]:
    return ("", "") if found is None else ("bad" if found.is_error else "warn", found.message)


def _sql(parts: list[Part], loaded: Loaded) -> dict[str, Any]:
    """The SQL of each rule by the id of its part."""
    if loaded.document is None:
        return {}
    rules = [part for section in parts for part in section.parts if part.rule]
    return {part.html_id: selectors.rule_sql(loaded.document, part.rule) for part in rules}


def _windows(loaded: Loaded) -> list[tuple[int, str]]:
    """The pages of a long schema: where each begins, and the name of its first field."""
    names = _names(loaded)
    return [(at, names[at]) for at in range(0, len(names), WINDOW)] if len(names) > WINDOW else []


def _names(loaded: Loaded) -> list[str]:
    schema = loaded.source.data.get("schema")
    return [str(name) for name in schema] if isinstance(schema, dict) else []


def _window_of(text: str, name: str) -> int:
    names = _names(maker.loaded(text))
    return names.index(name) // WINDOW * WINDOW if name in names else 0


def fix_key(found: Finding) -> str:
    """A finding by its code and place, so that a stale button mends nothing else."""
    return f"{found.code}@{found.line}.{found.column}"


def newlines(text: str) -> str:
    """Browsers send a textarea's lines with CR LF; the author wrote LF."""
    return text.replace("\r\n", "\n")


def number(typed: str | None) -> int:
    """A count that a form sent; 0 for anything else."""
    return int(typed) if typed and typed.isdecimal() and len(typed) < 10 else 0
