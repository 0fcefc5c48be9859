"""A proof's systems as a picture: in which order they were erased, and how each ended. Pure; the words stand beside it.

One row a place in the order, three boxes a row, drawn as SVG without script, style or link. The picture is made from
the artifact alone, so it cannot say anything else than the proof does.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from privacy_app.domain.plan import Place

WIDTH, COLUMNS, GAP = 700, 3, 14
BOX, HEIGHT, HEAD, STEP = (WIDTH - (COLUMNS - 1) * GAP) / COLUMNS, 54, 24, 20
INK, SOFT = "#14202b", "#4a5560"
HEADINGS = {
    Place.SUPPRESSION: "First: suppression",
    Place.DERIVED: "Data, copies before their sources",
    Place.IDENTITY_SOURCE: "Systems that told who the subject is",
    Place.BACKUP: "Backups",
    Place.PORTAL: "This portal, last",
}
MARKS = {
    "erased": ("#1d6b3a", "✓"),
    "residual": ("#7f4c00", "◷"),
    "failed": ("#a31d18", "✕"),
}
OTHER = (SOFT, "○")
Row = tuple[str, list[tuple[int, Mapping[str, Any]]]]


def rows_of(systems: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The systems with their numbers, under the heading of their place in the order."""
    rows: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for number, system in enumerate(systems, 1):
        place = Place[str(system.get("place", "derived")).upper()]
        rows.setdefault(HEADINGS[place], []).append((number, system))
    return list(rows.items())


def in_words(systems: Sequence[Mapping[str, Any]]) -> str:
    """The same as one text, for whoever hears the document.

    >>> in_words([{"name": "crm", "dataset": "people", "status": "deleted"}])
    'Order of deletion. Data, copies before their sources: 1 crm people, deleted.'
    """
    told = [
        f"{heading}: {', '.join(f'{number} {_name(each)}, {_status(each)}' for number, each in row)}."
        for heading, row in rows_of(systems)
    ]
    return " ".join(["Order of deletion.", *told])


def to_svg(systems: Sequence[Mapping[str, Any]]) -> str:
    """The drawing; its height follows the number of systems."""
    parts: list[str] = []
    y = 0.0
    for number, (heading, row) in enumerate(rows_of(systems)):
        if number:
            parts.append(f'<path d="M12 {y + 3:g}v{STEP - 10}m-5 -6l5 6l5 -6" fill="none" stroke="{SOFT}"/>')
            y += STEP
        parts.append(f'<text x="0" y="{y + 15:g}" font-size="11" fill="{SOFT}">{escape(heading)}</text>')
        y += HEAD
        for place, (position, system) in enumerate(row):
            line, column = divmod(place, COLUMNS)
            parts += _box(column * (BOX + GAP), y + line * (HEIGHT + GAP / 2), position, system)
        y += -(-len(row) // COLUMNS) * (HEIGHT + GAP / 2)
    size = f'width="{WIDTH}" height="{y:g}" viewBox="0 0 {WIDTH} {y:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="DejaVu Sans">{"".join(parts)}</svg>'


def _box(x: float, y: float, number: int, system: Mapping[str, Any]) -> Iterator[str]:
    colour, mark = MARKS.get(str(system.get("verdict")), OTHER)
    yield f'<rect x="{x + 0.5:g}" y="{y + 0.5:g}" width="{BOX - 1:g}" height="{HEIGHT}" rx="4" fill="#f7f9fa" '
    yield f'stroke="{colour}"/><rect x="{x + 0.5:g}" y="{y + 0.5:g}" width="4" height="{HEIGHT}" fill="{colour}"/>'
    lines = (
        (16, 11, INK, f"{number}  {clip(str(system['name']), 26)}"),
        (30, 9, SOFT, clip(str(system["dataset"]), 34)),
        (46, 10, colour, f"{mark} {_status(system)}"),
    )
    for down, size, ink, text in lines:
        yield f'<text x="{x + 12:g}" y="{y + down:g}" font-size="{size}" fill="{ink}">{escape(text)}</text>'


def clip(text: str, length: int) -> str:
    """At most `length` signs; what is longer ends in an ellipsis.

    >>> clip("oltp_customers", 6)
    'oltp_…'
    """
    return text if len(text) <= length else text[: length - 1] + "…"


def _name(system: Mapping[str, Any]) -> str:
    return f"{system['name']} {system['dataset']}"


def _status(system: Mapping[str, Any]) -> str:
    return str(system["status"]).replace("_", " ")
