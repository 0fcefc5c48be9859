"""The verdict: every gate is asked, waivers are laid over what fails, and all of it is kept as it was said."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import transaction

from contracts_app import selectors as contracts
from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.gates.domain.question import Question
from portal.gates.domain.verdict import Found, Gate, State, outcome
from portal.gates.models import GateFinding, GateRun
from portal.gates.registry import gates
from portal.gates.selectors.facts import Case
from portal.gates.services.keeping import keep_touched
from portal.gates.services.main_branch import note_main

if TYPE_CHECKING:
    from portal.core.identity.models import ServiceToken

Waivers = dict[int, Any]


@transaction.atomic
def decide(*, token: ServiceToken, question: Question, key: uuid.UUID) -> GateRun:
    """Ask every gate and keep the verdict; the same key gives the same verdict again.

    Raises lineage's EventRefused where an event of the question is none.
    """
    known = GateRun.objects.filter(key=key, namespace=question.namespace, name=question.name).first()
    if known is not None:
        return known
    case = Case(question, now())
    asked = [Gate(kind.key, kind.title, list(kind.ask(case))) for kind in gates()]
    waived = {id(found): waiver for gate in asked for found in gate.found if (waiver := _waiver(found, question))}
    judged = [Gate(gate.key, gate.title, [_waived(found, waived) for found in gate.found]) for gate in asked]
    run = _keep(token, case, judged, key)
    keep_touched(run, case)
    note_main(case)
    _keep_findings(run, zip(asked, judged, strict=True), waived)
    publish("gates.run.decided", {"run_id": run.pk, "verdict": run.verdict}, key=run.job)
    return run


def _waiver(found: Found, question: Question) -> Any:
    """The waiver in force of a failure; nothing else needs one."""
    if found.state is not State.FAIL:
        return None
    return contracts.waiver_of_finding(found.rule, found.path, question.job)


def _waived(found: Found, waived: Waivers) -> Found:
    return replace(found, state=State.WAIVED) if id(found) in waived else found


def _keep(token: ServiceToken, case: Case, judged: Sequence[Gate], key: uuid.UUID) -> GateRun:
    question = case.question
    return GateRun.objects.create(
        key=key,
        namespace=question.namespace,
        name=question.name,
        commit=question.commit,
        image=question.image,
        ci_url=question.ci_url,
        command=question.command,
        file=question.file,
        verdict=outcome(judged).value,
        gates=[{"key": gate.key, "title": gate.title, "state": gate.state.value} for gate in judged],
        reports=_reports(case),
        at=case.at,
        told_at=case.at,
        token=token,
    )


def _reports(case: Case) -> list[dict[str, Any]]:
    """The change report of each contract file that is not the one in force."""
    changed = [touched for touched in case.writes if touched.subject.content and not touched.is_signed_file]
    return [
        {"contract": touched.subject.contract, "file": touched.subject.file, **touched.comparison.as_dict()}
        for touched in changed
        if touched.comparison is not None
    ]


def _keep_findings(run: GateRun, pairs: Any, waived: Waivers) -> None:
    GateFinding.objects.bulk_create(
        GateFinding(
            run=run,
            gate=gate.key,
            rule=found.rule,
            state=shown.state.value,
            message=found.message,
            path=found.path,
            file=found.file,
            line=found.line,
            who=found.who,
            todo=found.todo,
            contract=found.contract,
            version=found.version,
            waiver_id=found.waiver or getattr(waived.get(id(found)), "pk", None),
        )
        for gate, judged in pairs
        for found, shown in zip(gate.found, judged.found, strict=True)
    )
