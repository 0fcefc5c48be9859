"""Look-ups on a suppression list of 100,000 identifiers, over HTTP against granian: one record, and a thousand at once.

One caller after another on the same machine as the server; each token asks less often than its limit of 600 a minute.
Every fourth record is on the list, and every answer is checked. Reports 95th percentiles; exits 1 above the limits.

    python -m benchmarks.suppression [look-ups of one record, default 1,000]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle

from benchmarks.own_servers import installed_portal
from benchmarks.report import report
from benchmarks.timing import percentile

LISTED, REQUESTS, TOKENS, BATCH, BATCHES = 100_000, 50, 4, 1_000, 60
ONE_MS, BATCH_MS = 25.0, 250.0
ERASED_AT = datetime(2026, 11, 20, tzinfo=UTC)
BEFORE = ERASED_AT - timedelta(days=1)


def plant() -> list[str]:
    """The list, as erased requests leave it; returns the texts of tokens that may ask."""
    from django.db import connection

    from portal.core.clock.services import now
    from portal.core.identity.actors import system_actor
    from portal.core.identity.tokens import issue
    from privacy_app import keystore
    from privacy_app.domain.pseudonym import token
    from privacy_app.models import SuppressionToken
    from privacy_app.services import intake

    actor, until = system_actor("benchmarks"), now() + timedelta(days=400)
    made = [
        intake.receive(actor=actor, channel="staff", email=f"r{number}@example.com", code=False)
        for number in range(REQUESTS)
    ]
    key = keystore.suppression_key(1)  # read once, not once an identifier
    rows = (
        SuppressionToken(
            request=made[number % REQUESTS],
            key_version=1,
            kind="email",
            token=token(key, "email", address(number)),
            erased_at=ERASED_AT,
            until=until,
        )
        for number in range(LISTED)
    )
    SuppressionToken.objects.bulk_create(rows, batch_size=5_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    day = now() + timedelta(days=1)
    return [
        issue(actor=actor, name=f"p{number}", scopes=["suppression:check"], namespaces=["*"], expires_at=day)[1]
        for number in range(TOKENS)
    ]


def address(number: int) -> str:
    """The number-th address on the list; numbers from LISTED on are not on it."""
    return f"person{number}@example.com"


def measure(url: str, tokens: Sequence[str], size: int, rounds: int) -> list[float]:
    """Milliseconds of look-ups of `size` records, sorted; every fourth is on the list. Exits for a wrong answer."""
    from portal.client import Asked, suppressed
    from portal.client.portal import Portal

    portals = cycle([Portal(url, token) for token in tokens])
    times = []
    for turn in range(rounds):
        numbers = [
            (turn * size + each) * 7 % LISTED + (0 if (turn + each) % 4 == 0 else LISTED) for each in range(size)
        ]
        records = [Asked("email", address(number), BEFORE) for number in numbers]
        began = time.perf_counter()
        answers = list(suppressed(records, portal=next(portals)))
        times.append((time.perf_counter() - began) * 1000)
        if answers != [number < LISTED for number in numbers]:
            sys.exit("the suppression list gave a wrong answer")
    return sorted(times)


def main() -> int:
    """Plant, warm up, measure and report."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with installed_portal():
        from django.conf import settings
        from django.db import connection

        from tests.clients.serving import granian

        tokens = plant()
        connection.close()
        with granian(settings.DATABASE_URL, settings.REDIS_URL) as url:
            measure(url, tokens, 1, 20)
            one, many = measure(url, tokens, 1, rounds), measure(url, tokens, BATCH, BATCHES)
    own = f"our own limit; {LISTED:,} identifiers on the list, one caller, granian with 2 workers"
    codes = [
        report(
            name,
            percentile(times, 95),
            limit=limit,
            unit="ms",
            against=own,
            detail=f"p50 {percentile(times, 50):.1f} ms",
        )
        for name, times, limit in (
            ("suppression check of one record, 95th percentile", one, ONE_MS),
            ("suppression check of 1,000 records at once, 95th percentile", many, BATCH_MS),
        )
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
