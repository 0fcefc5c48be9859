"""The procedure as this installation runs it: registries, rights and settings, handed to the pure document."""

import json
from pathlib import Path

from django.conf import settings

from portal.core.connectors import base as connectors
from portal.core.connectors import registry
from portal.core.evidence import kinds as entries
from portal.core.identity.policies import TABLE, Act
from privacy_app.domain import procedure, request
from privacy_app.domain.artifact import SCHEMA_VERSION
from privacy_app.matching.registry import rules
from privacy_app.services import appeal, approval, proving

FILE = "deletion_proof_flow.md"
SCHEMA = Path(procedure.__file__).parents[1] / "schema" / "deletion_proof.schema.json"
ACTS = (
    Act.READ_REQUESTS,
    Act.PLAN_DELETION,
    Act.APPROVE_DELETION,
    Act.APPROVE_HIGH_RISK,
    Act.ATTEST_DELETION,
    Act.UNMASK,
    Act.READ_EVIDENCE,
)


def chapters() -> list[procedure.Section]:
    """The document in its parts, for a page."""
    return procedure.sections(facts())


def as_markdown() -> str:
    """The document as the file `deletion_proof_flow.md`."""
    return procedure.to_markdown(chapters(), organisation=settings.ORGANISATION, made_from="Custody")


def facts() -> procedure.Facts:
    """What the code and the settings say at this moment."""
    schema = json.loads(SCHEMA.read_text())
    named = ((name, entries.find(name)) for name in entries.names() if name.startswith("privacy:"))
    return procedure.Facts(
        systems=tuple(_system(kind, each) for kind, each in registry.kinds().items() if _can_erase(each)),
        identifiers=tuple((name, f"{each.label}: {_first_line(each.__doc__)}") for name, each in rules().items()),
        roles=tuple((act.value, _roles(act)) for act in ACTS),
        periods=_periods(),
        entries=tuple((name, kind.sentence) for name, kind in named if kind),
        keys=tuple(schema["required"]),
        version=SCHEMA_VERSION,
        transitions=request.TRANSITIONS,
    )


def _can_erase(connector: connectors.Connector) -> bool:
    return isinstance(connector, connectors.Erasable | connectors.ByHand)


def _system(kind: str, connector: connectors.Connector) -> tuple[str, ...]:
    erasable = connector if isinstance(connector, connectors.Erasable) else None
    verb = erasable.verb if erasable else "attest: a person does it and uploads a statement"
    told = (
        erasable is not None and erasable.is_backup,
        isinstance(connector, connectors.Listable),
        isinstance(connector, connectors.Resolvable),
    )
    return (f"{connector.label} ({kind})", verb, *("yes" if each else "no" for each in told))


def _roles(act: Act) -> str:
    return ", ".join(sorted(role.value.replace("_", " ") for role in TABLE[act]))


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n")[0]


def _periods() -> tuple[tuple[str, ...], ...]:
    years = settings.PROOF_RETENTION_YEARS
    return (
        ("Proof, PDF and bundle", f"{years} year{'' if years == 1 else 's'}", "CUSTODY_PROOF_RETENTION_YEARS"),
        ("Entries of the ledger", "for good; they hold digests and counts", "the design"),
        ("The request's own record and its key", f"{appeal.WINDOW.days} days after the end", "the appeal window"),
        (
            "Suppression tokens",
            f"{proving.SUPPRESS_BEYOND.days} days after the last copy; until then {approval.SUPPRESS_AT_FIRST.days}",
            "the proof",
        ),
        ("How the proof names the subject", settings.PROOF_SUBJECT_IDS, "CUSTODY_PROOF_SUBJECT_IDS"),
    )
