"""Asking for a board pack, and making it in a worker: leased, its steps shown, tried three times, in the ledger."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.selectors import read_artifact
from portal.core.evidence.services import EntryPending, build_bundle, record, sequence_all, store_artifact
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from portal.core.making import leases
from portal.pages.scoreboard import drawing
from portal.pages.scoreboard.evidence_kinds import PACK_MADE
from portal.pages.scoreboard.facts import NOT_COVERED, NothingCounted, facts_of
from portal.pages.scoreboard.models import BoardPack, Day
from portal.pages.scoreboard.periods import Period

LEASE = timedelta(minutes=5)
RETAIN_DAYS = 1096
STEPS = ("Reading the figures", "Setting the document", "Signing and recording", "Bundling the evidence")


@transaction.atomic
def ask(*, user: Any, key: uuid.UUID, period: Period) -> BoardPack:
    """Queue a pack of a period; the same key gives the same pack. Raises NothingCounted for an empty period."""
    require(user, Act.COUNT_REQUESTS)
    if not Day.objects.filter(day__gte=period.since, day__lte=period.until).exists():
        raise NothingCounted(f"No day of {period.label} was counted. Choose another period.")
    values = {"asked_by": user, "asked_at": now(), "since": period.since, "until": period.until}
    return BoardPack.objects.get_or_create(key=key, defaults=values)[0]


def make(pk: int) -> BoardPack | None:
    """Make one pack; None where another worker has it or it is made. Call in a worker only."""
    pack = leases.take(BoardPack, pk, LEASE)
    if pack is None or pack.state == pack.State.FAILED:
        return pack
    try:
        if not pack.pdf_digest:
            _document(pack)
        return _bundled(pack)
    except NothingCounted as reason:
        leases.fail(pack, str(reason))
        return pack
    except leases.LeaseLost:
        return None
    except EntryPending:
        leases.hand_back(pack)
        return pack  # the ledger gives the entry its place within seconds; the next tick bundles


def unsigned_pdf(facts: dict[str, Any]) -> bytes:
    """The document of these facts: the same facts give the same bytes. Call in a worker only."""
    from portal.core.documents.services import render_pdf

    attached = canonical_bytes(facts)
    return render_pdf(
        "scoreboard/documents/board.html",
        context_of(facts),
        title=f"Board pack {facts['since']} to {facts['until']}",
        created=datetime.fromisoformat(facts["as_of"]),
        attachments=[("board.json", attached, "Everything that this document shows, as canonical JSON (RFC 8785)")],
    )


def context_of(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as the template shows them, each target with its chart as a picture."""
    return {"facts": facts, "digest": digest(canonical_bytes(facts)), "targets": [_drawn(t) for t in facts["targets"]]}


def _drawn(target: dict[str, Any]) -> dict[str, Any]:
    values = [(date.fromisoformat(day), float(value) if value else None) for day, value in target["days"]]
    goal = float(target["line"]) if target["line"] else None
    trend = drawing.draw(values, unit=target["unit"], goal=goal)
    if trend is None:
        return {**target, "chart": "", "words": ""}
    told = {"trend": trend, "ink": drawing.PAPER_INK, "key": target["key"], "title": target["title"]}
    svg = render_to_string("scoreboard/_partials/trend.svg", told | {"goal": target["goal"]})
    return {**target, "chart": f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}",
            "words": f"{target['title']}: {trend.words}"}  # fmt: skip


def _document(pack: BoardPack) -> None:
    from portal.core.documents.services import sign_pdf

    _say(pack, 0)
    facts = facts_of(pack.since, pack.until)
    _say(pack, 1)
    unsigned = unsigned_pdf(facts)
    _say(pack, 2)
    _record(pack, canonical_bytes(facts), sign_pdf(unsigned))


@transaction.atomic
def _record(pack: BoardPack, facts: bytes, pdf: bytes) -> None:
    """Store both files and record them, in one transaction with the pack's row."""
    stored = store_artifact(facts, media_type="application/json", name=f"{pack.name}.json", retain_days=RETAIN_DAYS)
    paper = store_artifact(pdf, media_type="application/pdf", name=f"{pack.name}.pdf", retain_days=RETAIN_DAYS)
    payload: dict[str, str | int] = {
        "pack": str(pack),
        "since": str(pack.since),
        "until": str(pack.until),
        "digest": stored.digest,
        "pdf": paper.digest,
    }
    pack.entry = record(PACK_MADE, actor=actor_of(pack.asked_by), payload=payload)
    pack.facts_digest, pack.pdf_digest, pack.size = stored.digest, paper.digest, len(pdf)
    pack.save(update_fields=["entry", "facts_digest", "pdf_digest", "size"])


def _bundled(pack: BoardPack) -> BoardPack | None:
    """The bundle that an auditor checks offline: facts, PDF, entry, proof of inclusion, verifier."""
    _say(pack, 3)
    sequence_all()
    facts = read_artifact(pack.facts_digest)
    bundle = build_bundle(
        proof=_loaded(facts),
        entry=pack.entry,
        pdf=read_artifact(pack.pdf_digest),
        files={"board.json": facts},
        not_covered=NOT_COVERED,
    )
    return _keep(pack, bundle)


@transaction.atomic
def _keep(pack: BoardPack, bundle: bytes) -> BoardPack | None:
    if not leases.held(pack).select_for_update().exists():
        return None  # a second worker took over, after this one's lease
    stored = store_artifact(bundle, media_type="application/zip", name=f"{pack.name}.zip", retain_days=RETAIN_DAYS)
    pack.bundle_digest, pack.made_at = stored.digest, now()
    pack.state, pack.step, pack.done, pack.leased_until = BoardPack.State.READY, "", len(STEPS), None
    pack.save()
    return pack


def _loaded(facts: bytes) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(facts)
    return loaded


def _say(pack: BoardPack, step: int) -> None:
    """What the worker does now, for the page that looks; and a longer lease."""
    leases.hold(pack, LEASE, step=STEPS[step], done=step)
