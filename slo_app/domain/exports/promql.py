"""The questions to Prometheus that answer for one SLO, over the series of `/metrics`.

Burn is the share of what was bad over the share that may be, as in the Site Reliability Workbook, chapter 5.
"""

from __future__ import annotations

from .naming import shorthand
from .promise import Promise


def series(name: str, promise: Promise) -> str:
    """One of the SLO's series; `slo` is unique, whatever assets are called."""
    return f'{name}{{slo="{promise.pk}"}}'


def bad_share(promise: Promise, window: str) -> str:
    """The share of what was bad over a window: of events for a ratio, of scrapes for a threshold."""
    if promise.ratio:
        good, valid = series("slo_good_events", promise), series("slo_valid_events", promise)
        return f"1 - sum_over_time({good}[{window}]) / sum_over_time({valid}[{window}])"
    return f"1 - avg_over_time({series('slo_on_target', promise)}[{window}])"


def questions(promise: Promise) -> list[tuple[str, str]]:
    """What each question asks, and the question; a question that has no data has no answer, never 0."""
    longest = shorthand(max(promise.interval * 3, promise.burns[0].long if promise.burns else promise.interval * 3))
    return [
        ("What it reads now", series("slo_value", promise)),
        ("Whether it meets its target (1) or not (0)", series("slo_on_target", promise)),
        ("Whether there is no verdict at all", f"{series('slo_no_data', promise)} == 1"),
        ("Minutes since it was last measured",
         f"(time() - {series('slo_last_evaluation_timestamp_seconds', promise)}) / 60"),
        ("Where its alerts stand", series("alert_state", promise)),
        (f"How fast it spends its budget, over {longest}",
         f"({bad_share(promise, longest)}) / (1 - {series('slo_objective_ratio', promise)})"),
    ]  # fmt: skip
