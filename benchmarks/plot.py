"""Bars on a logarithmic axis as an SVG file: what a ratio looks like, drawn without a library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

PLOTS = Path(__file__).parent / "plots"
_LEFT, _WIDTH, _BAR, _GAP = 250, 470, 15, 12
_COLOURS = ("#1f6f5c", "#b3651b")


def bars(name: str, title: str, rows: Sequence[tuple[str, Sequence[tuple[str, float]]]]) -> Path:
    """Write `plots/<name>.svg`: for each row its (series, milliseconds), ours first; colours and words both tell."""
    values = [value for _, series in rows for _, value in series]
    low, high = (step(math.log10(edge)) for step, edge in ((math.floor, min(values)), (math.ceil, max(values))))
    out, top = [_text(10, 24, title, "bold 15px")], 44

    def across(value: float) -> float:
        return _LEFT + _WIDTH * (math.log10(value) - low) / max(high - low, 1)

    for label, series in rows:
        out.append(_text(10, top + _BAR, label, "13px"))
        for number, (who, value) in enumerate(series):
            y, x = top + number * (_BAR + 2), across(value)
            colour = _COLOURS[number % len(_COLOURS)]
            out.append(f'<rect x="{_LEFT}" y="{y}" width="{x - _LEFT:.1f}" height="{_BAR}" fill="{colour}"/>')
            out.append(_text(x + 6, y + 12, f"{who} {said(value)}", "12px"))
        top += len(series) * (_BAR + 2) + _GAP
    for power in range(low, high + 1):
        x = across(10**power)
        out.append(f'<line x1="{x:.1f}" y1="36" x2="{x:.1f}" y2="{top}" stroke="#8886" stroke-dasharray="2 3"/>')
        out.append(_text(x - 12, top + 14, said(10**power), "11px"))
    return _write(name, title, out, top + 24)


def said(ms: float) -> str:
    """Milliseconds as people say them.

    >>> said(4), said(0.25), said(2340)
    ('4 ms', '0.25 ms', '2.34 s')
    """
    return f"{ms / 1000:.3g} s" if ms >= 1000 else f"{ms:.3g} ms"


def _text(x: float, y: float, words: str, font: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" style="font:{font} sans-serif" fill="#333">{escape(words)}</text>'


def _write(name: str, title: str, out: list[str], height: int) -> Path:
    PLOTS.mkdir(exist_ok=True)
    path = PLOTS / f"{name}.svg"
    width = _LEFT + _WIDTH + 200
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img">'
    back = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    path.write_text("\n".join([head, f"<title>{escape(title)}</title>", back, *out, "</svg>"]) + "\n")
    return path
