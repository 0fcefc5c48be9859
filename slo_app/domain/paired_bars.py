"""Two distributions beside each other as bars: where each stands on a small drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP = 640.0, 150.0, 0.25


@dataclass(frozen=True, slots=True)
class Pair:
    """One bin: its shares in percent, and the two bars; y is of their tops, heights reach down to the line."""

    label: str
    was: float
    now: float | None
    x: float
    width: float
    was_y: float
    was_height: float
    now_y: float
    now_height: float

    @property
    def now_x(self) -> float:
        """Where the second bar begins."""
        return round(self.x + self.width, 2)

    @property
    def change(self) -> float | None:
        """By how many points its share has moved."""
        return None if self.now is None else self.now - self.was


@dataclass(frozen=True, slots=True)
class PairedBars:
    """The drawing: bars of `width` by `height` units, the tallest as high as the drawing."""

    pairs: tuple[Pair, ...]
    top: float
    width: float = WIDTH
    height: float = HEIGHT


def pair_up(labels: Sequence[str], was: Sequence[int], now: Sequence[int] | None) -> PairedBars:
    """Draw rows by bin of a baseline and of now, each as a share of its own rows; `now` None is not measured yet.

    >>> drawn = pair_up(("a", "b"), (30, 10), (10, 10))
    >>> [(each.was, each.now, each.was_height) for each in drawn.pairs]
    [(75.0, 50.0, 150.0), (25.0, 50.0, 50.0)]
    """
    first, second = _shares(was), _shares(now) if now is not None else None
    top = max(*first, *(second or ()), 1e-9)
    step = WIDTH / len(labels)
    width = round(step * (1 - GAP) / 2, 2)
    return PairedBars(
        tuple(
            _pair(label, round(n * step, 2), width, first[n], second[n] if second else None, top)
            for n, label in enumerate(labels)
        ),
        top,
    )


def _pair(label: str, x: float, width: float, was: float, now: float | None, top: float) -> Pair:
    heights = [round(share / top * HEIGHT, 2) for share in (was, now or 0.0)]
    tops = [round(HEIGHT - each, 2) for each in heights]
    return Pair(label, was, now, x, width, tops[0], heights[0], tops[1], heights[1])


def _shares(counts: Sequence[int]) -> list[float]:
    total = sum(counts) or 1
    return [100 * count / total for count in counts]
