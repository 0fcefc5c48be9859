"""From the raw events of some subjects to rows: names, runs, inputs and outputs, edges, columns."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from lineage_app.domain.events import parse
from lineage_app.domain.runs import Received
from lineage_app.models import RawEvent
from lineage_app.services import aliasing, edges, naming, runs
from lineage_app.services.statements import statement_of


def derive_subjects(subjects: Iterable[UUID]) -> None:
    """Bring every row that depends on the events of `subjects` in line with them; idempotent.

    Call inside a transaction that holds the projector's lock.
    """
    found = read_subjects(subjects)
    statements = [statement_of(subject, received) for subject, received in found.items()]
    names = naming.save_names(statements, found.values())
    aliasing.save_facets(found.values(), names)
    saved = runs.save_runs(statements, names)
    edges.save_edges(statements, saved, names)


def read_subjects(subjects: Iterable[UUID]) -> dict[UUID, list[Received]]:
    """Return all the kept events of each subject, parsed."""
    rows = RawEvent.objects.filter(subject__in=list(subjects)).order_by()
    found: dict[UUID, list[Received]] = defaultdict(list)
    for subject, body, digest, foreign, token in rows.values_list(
        "subject", "body", "body_sha256", "is_foreign", "token_id"
    ):
        found[subject].append(Received(parse(storable(body)), bytes(digest).hex(), foreign, token))
    return found


def storable(body: str) -> bytes:
    r"""Return the body with \u0000 replaced, the one escape that PostgreSQL's text and jsonb cannot hold."""
    return body.replace("\\u0000", "\\ufffd").encode()
