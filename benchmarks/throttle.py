"""The throttle's answers at 1,000 requests a second, half of them answered by 304, against granian.

Served by granian (WSGI, 2 workers of 8 threads) on 127.0.0.1 over a PostgreSQL of its own, with the load generator on
the same machine: an open loop over 64 connections, each time counted from when the request was due, so that a server
that falls behind cannot hide it. One asset that holds back, 10,000 consumers downstream of it, any of which may ask.
Reports the 95th percentile; exits 1 above LIMIT_MS or where an answer was wrong.

    python -m benchmarks.throttle [seconds, default 10]
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks.own_servers import installed_portal
from benchmarks.report import report

RATE, CONNECTIONS, CONSUMERS, WARM_UP_S = 1_000, 64, 10_000, 2.0
LIMIT_MS = 10.0
ASSET = "bench/orders"


@dataclass
class Seen:
    """What came back: milliseconds of each answer, and how many of each status."""

    times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def percentile(self, share: float) -> float:
        """The time that this share of the answers kept."""
        return sorted(self.times)[int(share * (len(self.times) - 1))]


def plant() -> str:
    """One asset that holds back and its consumers; returns the text of a token that may ask."""
    from datetime import timedelta

    from portal.core.catalog.services import adopt_asset
    from portal.core.clock.services import now
    from portal.core.identity.actors import system_actor
    from portal.core.identity.tokens import issue
    from slo_app.models import ThrottleLevel, ThrottleReach
    from slo_app.models.throttle import digest_of

    actor, present = system_actor("benchmarks"), now()
    asset = adopt_asset(actor=actor, namespace="bench", name="orders", kind="table")
    reason = {"slo": "Accuracy of orders", "slo_id": 1, "kind": "accuracy", "state": "firing", "value": "99.6"}
    reason |= {"threshold": "< 99.7", "since": present.isoformat(), "text": "Accuracy of orders is out of bounds."}
    ThrottleLevel.objects.create(
        asset=asset, key=digest_of(ASSET), factor=0.5, reasons=[reason], changed_at=present, reach_at=present
    )
    names = [f"job_{n}" for n in range(CONSUMERS)]
    ThrottleReach.objects.bulk_create(
        ThrottleReach(asset=asset, consumer=digest_of(f"bench/{name}"), namespace="bench", name=name, hops=1)
        for name in names
    )
    until = present + timedelta(days=1)
    _, plain = issue(actor=actor, name="throttle", scopes=["throttle:read"], namespaces=["*"], expires_at=until)
    return plain


async def load(port: int, token: str, seconds: float, etag: str) -> Seen:
    """Ask RATE times a second for so long, every other time by the tag that is known."""
    seen, due = Seen(), asyncio.Queue[float]()
    askers = [asyncio.create_task(_asker(port, token, etag, due, seen)) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for n in range(int(RATE * seconds)):
        at = began + n / RATE
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        due.put_nowait(at)
    answered = asyncio.create_task(due.join())
    ended, _ = await asyncio.wait([answered, *askers], return_when=asyncio.FIRST_COMPLETED)
    for task in ended:
        task.result()  # an asker ends only by an error
    for asker in askers:
        asker.cancel()
    await asyncio.gather(*askers, return_exceptions=True)
    return seen


async def _asker(port: int, token: str, etag: str, due: asyncio.Queue[float], seen: Seen) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    turn = random.randrange(2)
    try:
        while True:
            at, turn = await due.get(), 1 - turn
            name = random.randrange(CONSUMERS)
            known = f"If-None-Match: {etag}\r\n" if turn else ""
            writer.write(
                f"GET /api/v1/throttle/{ASSET}?consumer=bench/job_{name} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                f"Authorization: Bearer {token}\r\n{known}\r\n".encode()
            )
            status = await _answer(reader)
            seen.times.append((time.perf_counter() - at) * 1000)
            seen.statuses[status] = seen.statuses.get(status, 0) + 1
            due.task_done()
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    """The status of one answer, its body read to the end, whether it has a length or comes in chunks."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = head.partition("content-length:")[2].split("\r\n", 1)[0]
    if length:
        await reader.readexactly(int(length))
    elif "transfer-encoding: chunked" in head:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    return int(head.split(" ", 2)[1])


def first_etag(url: str, token: str) -> str:
    """The tag of the answer that every consumer gets."""
    from portal.client.portal import Portal

    return Portal(url, token).look(f"throttle/{ASSET}?consumer=bench/job_0").headers["etag"]


def main() -> int:
    """Warm up, measure and report."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with installed_portal():
        from django.conf import settings
        from django.db import connection

        from tests.clients.serving import granian

        token = plant()
        connection.close()
        with granian(settings.DATABASE_URL, settings.REDIS_URL) as url:
            port, etag = int(url.rsplit(":", 1)[1]), first_etag(url, token)
            asyncio.run(load(port, token, WARM_UP_S, etag))
            seen = asyncio.run(load(port, token, seconds, etag))
    return told(seen)


def told(seen: Seen) -> int:
    """Print the figures; 1 where an answer was neither 200 nor 304, or the limit was not kept."""
    wrong: dict[Any, int] = {status: n for status, n in seen.statuses.items() if status not in (200, 304)}
    print(f"{len(seen.times)} answers {seen.statuses}: p50 {seen.percentile(0.5):.1f} ms, "
          f"p95 {seen.percentile(0.95):.1f} ms, p99 {seen.percentile(0.99):.1f} ms")  # fmt: skip
    if wrong or len(seen.statuses) != 2:
        print(f"answers other than 200 and 304, or only one of them: {seen.statuses}")
        return 1
    return report(
        "throttle decision, 95th percentile at 1,000 requests/s",
        seen.percentile(0.95),
        limit=LIMIT_MS,
        unit="ms",
        against="the design's limit; load generator and server on one machine",
        detail=f"p50 {seen.percentile(0.5):.1f} ms, p99 {seen.percentile(0.99):.1f} ms; {seen.statuses[304]} by 304",
    )


if __name__ == "__main__":
    sys.exit(main())
