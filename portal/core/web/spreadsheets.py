"""Lists as CSV for spreadsheets, in which no cell can act as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

ACTING = ("=", "+", "-", "@", "\t", "\r")  # OWASP, "CSV Injection"


def harmless(cell: object) -> str:
    """The cell as text; one that a spreadsheet would take for a formula gets a quote in front.

    >>> harmless('=HYPERLINK("http://x")'), harmless(None), harmless(3)
    ('\\'=HYPERLINK("http://x")', '', '3')
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(ACTING) else text


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download of these rows under the file name, which is ours and holds no quotes."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return response
