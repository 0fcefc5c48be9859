"""The matrix as files: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.web.spreadsheets import csv_answer

from .. import selectors
from ..domain.matrix import LETTERS

HEAD = ("kind", "row", "title", "letter", "holder", "name", "people today", "said by", "signed")


@require_GET
@requires(Act.READ)
def as_csv(request: HttpRequest) -> HttpResponse:
    """One line for each holder's duty, the names of people left out; a duty that nobody has is a line too."""
    rows = [
        (line.kind, line.row.key, line.row.title, letter, holder, label, people, cell_source, signed)
        for line in selectors.every_line(request.user)
        for letter, holder, label, people, cell_source, signed in _seats(line)
    ]
    return csv_answer("raci.csv", HEAD, rows)


@require_GET
@requires(Act.READ)
def as_json(request: HttpRequest) -> HttpResponse:
    """The version in force with its digest, and every row with its duties and where each is said."""
    version = selectors.current()
    answer = {
        "format": "custody.raci.v1",
        "version": version.number if version else None,
        "digest": version.digest if version else None,
        "in_force_at": version.in_force_at.isoformat() if version else None,
        "made_at": now().isoformat(),
        "rows": [_row(line) for line in selectors.every_line(request.user)],
    }
    response = JsonResponse(answer, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="raci.json"'
    return response


def _row(line: selectors.Line) -> dict[str, object]:
    return {
        "row": line.row.key,
        "title": line.row.title,
        "signed": line.signed,
        "duties": {letter.value: list(line.row.holders(letter)) for letter in LETTERS},
        "said_by": {letter.value: source.word for letter, source in line.sources.items()},
        "gaps": [gap.sentence for gap in line.gaps],
    }


def _seats(line: selectors.Line) -> list[tuple[str, str, str, int, str, str]]:
    signed = "yes" if line.signed else "no"
    found = []
    for cell in line.cells:
        where, letter = cell.source.word, cell.letter.value
        found += [(letter, one.holder, one.label, one.standing.people, where, signed) for one in cell.holders]
        if not cell.holders:
            found.append((letter, "", "", 0, where, signed))
    return found
