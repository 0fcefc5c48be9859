"""How a benchmark says what it measured."""

import json
import os
from pathlib import Path

RESULTS = Path(__file__).parent / "results.json"


def report(
    name: str, measured: float, *, limit: float, at_least: bool = False, unit: str = "x", against: str, detail: str = ""
) -> int:
    """Print one figure, keep it in results.json, and return the exit code: 1 where it is past its limit.

    `against` names the peer or the limit's source, with its version, measured in the same run where it is a peer.
    The machine's load (runnable processes, mean of the last minute) is kept beside the figure.
    """
    good = measured >= limit if at_least else measured <= limit
    sense = "at least" if at_least else "at most"
    print(f"{name}: {measured:.3g} {unit} ({sense} {limit:g}; against {against}) {'ok' if good else 'PAST ITS LIMIT'}")
    figures = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    figures[name] = {
        "measured": round(measured, 4), "limit": limit, "sense": sense, "unit": unit,
        "against": against, "detail": detail, "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip
    RESULTS.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")
    return 0 if good else 1
