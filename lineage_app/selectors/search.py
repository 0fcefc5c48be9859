"""Finding by any word people remember: a part of a name, a run id, a revision, an image, an owner, a tag, a column …

Names are found by any part of them, through an index of three letters each; words that runs and datasets said are
found by how they begin. Every group is counted to COUNTED and no farther, so that a common word stays quick.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from lineage_app.models import Dataset, Fact, Job, Run
from lineage_app.selectors.steps import rows

COUNTED = 1_000
IN_OVERVIEW, ALONE = 8, 100
"""Rows shown of each group, and of a group that is looked at alone."""
_NAMES = ("dataset", "job", "run")
TITLES = {"dataset": "Datasets", "job": "Jobs", "run": "Runs"} | {
    Fact.Kind.REVISION: "Git revisions",
    Fact.Kind.IMAGE: "Images",
    Fact.Kind.REPOSITORY: "Repositories",
    Fact.Kind.BRANCH: "Branches",
    Fact.Kind.OWNER: "Owners",
    Fact.Kind.TAG: "Tags",
    Fact.Kind.COLUMN: "Columns",
    Fact.Kind.PARAMETER: "Parameters",
}
# a name that begins so is taken first: it would be lost among a thousand that only hold the text
_NAMED = """
SELECT id, rank FROM (
    (SELECT id, CASE WHEN lower(name) = %(text)s THEN 0 ELSE 1 END AS rank FROM {table}
     WHERE left(lower(name), 200) LIKE %(start)s ORDER BY left(lower(name), 200) USING ~<~ LIMIT %(most)s)
    UNION ALL
    (SELECT id, 2 AS rank FROM {table}
     WHERE lineage_trigrams(namespace || '/' || name) @> lineage_trigrams(%(text)s)
           AND lower(namespace || '/' || name) LIKE %(part)s AND length(%(text)s) > 2 LIMIT %(most)s)
) found
"""
_SAID = """
SELECT k.kind, f.id FROM unnest(%(kinds)s::text[]) k(kind) CROSS JOIN LATERAL (
    SELECT id FROM lineage_app_fact f WHERE f.kind = k.kind AND f.value LIKE %(start)s
    ORDER BY f.value USING ~<~ LIMIT %(most)s) f
"""


@dataclass(frozen=True)
class Found:
    """One row: what was found, on which page, and what is said of it; `run` said it first."""

    text: str
    url: str
    name: str
    namespace: str
    kind: str = ""
    run: Run | None = None


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `count` goes to COUNTED, `many` says that there are more."""

    key: str
    found: tuple[Found, ...]
    count: int

    @property
    def title(self) -> str:
        """What the rows are, as a heading."""
        return TITLES[self.key]

    @property
    def many(self) -> bool:
        """Whether there are more than are counted."""
        return self.count > COUNTED


def search(text: str, only: str = "") -> list[Group]:
    """Return the groups in which `text` was found, in the order of TITLES; with `only`, that one, with more rows."""
    said = text.strip().lower()
    if not said:
        return []
    shown = ALONE if only in TITLES else IN_OVERVIEW
    asked = [only] if only in TITLES else list(TITLES)
    words = {
        "text": said,
        "start": f"{_literal(said)}%",
        "part": f"%{_literal(said)}%",
        "most": COUNTED + 1,
    }
    facts = _said([key for key in asked if key not in _NAMES], words)
    groups = [
        _named(key, words, shown) if key in _NAMES else _of_facts(key, facts.get(key, []), said, shown) for key in asked
    ]
    return [group for group in groups if group.found]


def _named(key: str, words: dict[str, Any], shown: int) -> Group:
    if key == "run":
        found = list(Run.objects.filter(run_id__startswith=words["text"]).order_by()[: COUNTED + 1].values_list("pk"))
        runs = Run.objects.filter(pk__in=[pk for (pk,) in found[:shown]]).exclude(status="STATIC").select_related("job")
        return Group(key, tuple(_run(run) for run in runs.order_by("-last_at")), len(found))
    model: Any = Dataset if key == "dataset" else Job
    ranked: dict[int, int] = {}
    for pk, rank in rows(_NAMED.format(table=model._meta.db_table), words):
        ranked.setdefault(pk, rank)
    best = sorted(ranked, key=lambda pk: (ranked[pk], pk))[:shown]
    by_pk = model.objects.defer("facets").in_bulk(best)
    return Group(key, tuple(_thing(by_pk[pk]) for pk in best), len(ranked))


def _said(kinds: list[str], words: dict[str, Any]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for kind, pk in rows(_SAID, words | {"kinds": kinds}) if kinds else ():
        found.setdefault(kind, []).append(pk)
    return found


def _of_facts(kind: str, pks: list[int], said: str, shown: int) -> Group:
    claimed = _claimed_by(said) if kind == Fact.Kind.OWNER else []
    facts = (
        Fact.objects.filter(pk__in=pks[:shown]).select_related("job", "dataset__root", "run").order_by("value", "pk")
    )
    told = [_fact(fact) for fact in facts.defer("job__facets", "dataset__facets", "run__facets", "run__job_facets")]
    return Group(kind, tuple([*claimed[:shown], *told][:shown]), len(claimed) + len(pks))


def _claimed_by(said: str) -> list[Found]:
    """Return the datasets whose asset belongs to a team of that name."""
    team = Q(asset__owner_team__name__istartswith=said) | Q(asset__owner_team__slug__istartswith=said)
    datasets = Dataset.objects.filter(team, root=None).defer("facets").select_related("asset__owner_team")
    return [_thing(row, str(row.asset.owner_team)) for row in datasets.order_by("pk")[: COUNTED + 1]]


def _thing(row: Dataset | Job, text: str = "") -> Found:
    return Found(text or row.name, row.get_absolute_url(), row.name, row.namespace, getattr(row, "kind", ""))


def _run(run: Run) -> Found:
    name, namespace = (run.job.name, run.job.namespace) if run.job else ("", "")
    return Found(run.run_id, run.get_absolute_url(), name, namespace, run.status.lower())


def _fact(fact: Fact) -> Found:
    thing = fact.job or fact.dataset
    assert thing is not None, "a fact is a job's or a dataset's"
    return Found(fact.value, thing.get_absolute_url(), thing.name, thing.namespace, run=fact.run)


def _literal(text: str) -> str:
    r"""Return text for LIKE that stands for itself.

    >>> _literal("50%_a")
    '50\\%\\_a'
    """
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def choices() -> Iterable[tuple[str, str]]:
    """Return (key, title) of every group, for the form."""
    return TITLES.items()
