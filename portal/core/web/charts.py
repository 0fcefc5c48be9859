"""Small charts as inline SVG, made on the server: they print, go into PDFs and need no script or style attribute."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH, HEIGHT, PAD = 96, 20, 2


def sparkline(values: Sequence[float | None], label: str = "") -> SafeString:
    """A line through `values`, oldest first; None is a gap; `label` (or the range) is its text alternative."""
    known = [float(v) for v in values if v is not None]
    if not known:
        return format_html('<span class="muted">{}</span>', "No values yet")
    words = label or f"{len(known)} values from {min(known):g} to {max(known):g}, last {known[-1]:g}"
    points = _points(values, min(known), max(known))
    paths = "".join(f"M{' L'.join(f'{x:.1f} {y:.1f}' for x, y in run)}" for run in _runs(points))
    last_x, last_y = [p for p in points if p][-1]
    return format_html(
        '<svg class="spark" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{words}">'
        '<path d="{paths}" class="spark__line"/><circle cx="{x}" cy="{y}" r="2" class="spark__dot"/></svg>',
        w=WIDTH, h=HEIGHT, words=words, paths=paths, x=f"{last_x:.1f}", y=f"{last_y:.1f}",
    )  # fmt: skip


def bars(values: Sequence[float], label: str = "") -> SafeString:
    """One bar a value, from zero up, oldest first."""
    if not values:
        return format_html('<span class="muted">{}</span>', "No values yet")
    top = max(max(values), 0) or 1
    step = WIDTH / len(values)
    rects = [
        format_html(
            '<rect x="{}" y="{}" width="{}" height="{}"/>',
            f"{i * step:.1f}",
            f"{HEIGHT - _tall(v, top):.1f}",
            f"{max(step - 1, 0.5):.1f}",
            f"{_tall(v, top):.1f}",
        )
        for i, v in enumerate(values)
    ]
    words = label or f"{len(values)} values, highest {top:g}, last {values[-1]:g}"
    return format_html(
        '<svg class="spark spark--bars" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img"'
        ' aria-label="{words}">{rects}</svg>',
        w=WIDTH, h=HEIGHT, words=words, rects=SafeString("".join(rects)),
    )  # fmt: skip


def _tall(value: float, top: float) -> float:
    return max(value, 0) / top * HEIGHT


def _points(values: Sequence[float | None], low: float, high: float) -> list[tuple[float, float] | None]:
    span = (high - low) or 1.0
    step = (WIDTH - 2 * PAD) / max(len(values) - 1, 1)
    flat = 0.5 if high == low else 0.0
    return [
        None if v is None else (PAD + i * step, HEIGHT - PAD - ((v - low) / span + flat) * (HEIGHT - 2 * PAD))
        for i, v in enumerate(values)
    ]


def _runs(points: list[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is not None:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
