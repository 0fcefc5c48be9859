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
from portal.core.catalog.selectors import assets

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
_BEGINS = """
(SELECT id FROM {table} WHERE left(lower(name), 200) = left(%(text)s, 200) LIMIT %(most)s)
UNION ALL (SELECT id FROM {table} WHERE left(lower(name), 200) LIKE %(start)s LIMIT %(most)s)
"""
_HOLDS = """
SELECT id FROM {table} WHERE lineage_trigrams(namespace || '/' || name) @> %(threes)s::text[]
    AND lower(namespace || '/' || name) LIKE %(part)s LIMIT %(most)s
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
    words = _words(said)
    facts = _said([key for key in asked if key not in _NAMES], words)
    groups = [
        _named(key, words, shown) if key in _NAMES else _of_facts(key, facts.get(key, []), said, shown) for key in asked
    ]
    return [group for group in groups if group.found]


def _words(said: str) -> dict[str, Any]:
    start, part = f"{_literal(said)}%", f"%{_literal(said)}%"
    return {"text": said, "threes": _threes(said), "start": start, "part": part, "most": COUNTED + 1}


def _threes(said: str) -> list[str]:
    """Threes of letters that cover the text: fewer than all, and the index finds nearly the same by them.

    >>> _threes("orders_7"), _threes("or")
    (['ord', 'ers', 's_7'], [])
    """
    return [said[place : place + 3] for place in (*range(0, len(said) - 3, 3), len(said) - 3)] if len(said) > 2 else []


def _named(key: str, words: dict[str, Any], shown: int) -> Group:
    if key == "run":
        found = list(Run.objects.filter(run_id__startswith=words["text"]).order_by()[: COUNTED + 1].values_list("pk"))
        runs = Run.objects.filter(pk__in=[pk for (pk,) in found[:shown]]).exclude(status="STATIC").select_related("job")
        return Group(key, tuple(_run(run) for run in runs.order_by("-last_at")), len(found))
    model: Any = Dataset if key == "dataset" else Job
    found = _named_so(model, words)
    by_pk = model.objects.defer("facets").in_bulk(found[:shown])
    return Group(key, tuple(_thing(by_pk[pk]) for pk in found[:shown]), len(found))


def datasets_named(text: str) -> list[int]:
    """Return the datasets (aliases too) whose name or namespace holds `text`, the likeliest first, COUNTED at most."""
    said = text.strip().lower()
    return _named_so(Dataset, _words(said))[:COUNTED] if said else []


def _named_so(model: Any, words: dict[str, Any]) -> list[int]:
    """Return the same name first, then what begins so, then what holds the text."""
    found = dict.fromkeys(_ids(_BEGINS, model, words))
    if len(found) <= COUNTED and words["threes"]:
        found |= dict.fromkeys(_ids(_HOLDS, model, words))
    return list(found)


def _ids(statement: str, model: Any, words: dict[str, Any]) -> list[int]:
    return [pk for (pk,) in rows(statement.format(table=model._meta.db_table), words)]


def _said(kinds: list[str], words: dict[str, Any]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for kind, pk in rows(_SAID, words | {"kinds": kinds}) if kinds else ():
        found.setdefault(kind, []).append(pk)
    return found


def _of_facts(kind: str, pks: list[int], said: str, shown: int) -> Group:
    claimed = _claimed_by(said) if kind == Fact.Kind.OWNER else []
    if not pks:
        return Group(kind, tuple(claimed[:shown]), len(claimed))
    facts = (
        Fact.objects.filter(pk__in=pks[:shown]).select_related("job", "dataset__root", "run").order_by("value", "pk")
    )
    told = [_fact(fact) for fact in facts.defer("job__facets", "dataset__facets", "run__facets", "run__job_facets")]
    return Group(kind, tuple([*claimed[:shown], *told][:shown]), len(claimed) + len(pks))


def _claimed_by(said: str) -> list[Found]:
    """Return the datasets whose asset belongs to a team of that name."""
    of_team = Q(owner_team__name__istartswith=said) | Q(owner_team__slug__istartswith=said)
    owned = {asset.pk: str(asset.owner_team) for asset in assets().filter(of_team).order_by()[: COUNTED + 1]}
    datasets = Dataset.objects.filter(asset__in=owned, root=None).defer("facets").order_by("pk")
    return [_thing(row, owned[row.asset_id or 0]) for row in datasets[: COUNTED + 1]] if owned else []


def _thing(row: Dataset | Job, text: str = "") -> Found:
    return Found(
        text or row.name, row.get_absolute_url(), row.name, row.namespace, getattr(row, "kind", "").replace("_", " ")
    )


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
