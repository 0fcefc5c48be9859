"""The rewrite rules in force, and what a change of them would touch."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, QuerySet

from lineage_app.domain.names import Name
from lineage_app.domain.rewrites import Rule, Rules, Scope, captured
from lineage_app.models import ColumnEdge, Dataset, DatasetLink, Job, Redoing, RedoSubject, RewriteRule

SHOWN = 50
SUBJECTS = """
SELECT {what} FROM lineage_app_run r WHERE r.job_id = ANY(%(jobs)s) OR r.id IN (
    SELECT run_id FROM lineage_app_runio WHERE dataset_id = ANY(%(datasets)s)
    UNION SELECT run_id FROM lineage_app_runedge WHERE src_id = ANY(%(datasets)s)
    UNION SELECT run_id FROM lineage_app_runedge WHERE dst_id = ANY(%(datasets)s))
"""
_COUNT = SUBJECTS.format(what="count(*)")


@dataclass(frozen=True)
class Move:
    """A namespace that a rule rewrites, with the numbers of datasets and jobs known under it."""

    old: str
    new: str
    datasets: int
    jobs: int


@dataclass(frozen=True)
class Preview:
    """What a new rule would do now: the moves, the names that become one with known ones, the runs to project anew."""

    moves: list[Move]
    joined: list[tuple[Name, Name]]
    subjects: int

    @property
    def datasets(self) -> int:
        """How many datasets get another name."""
        return sum(move.datasets for move in self.moves)

    @property
    def jobs(self) -> int:
        """How many jobs get another name."""
        return sum(move.jobs for move in self.moves)


@dataclass(frozen=True)
class Touched:
    """Rows whose events may be read differently after a change of rules."""

    datasets: list[int]
    jobs: list[int]


def rows_in_force() -> QuerySet[RewriteRule]:
    """Return the rules in force in their order."""
    return RewriteRule.objects.filter(removed_at=None).select_related("created_by")


def rules_in_force() -> Rules:
    """Return the rules by which events are read now."""
    return Rules(row.rule for row in RewriteRule.objects.filter(removed_at=None))


def removed_rules() -> QuerySet[RewriteRule]:
    """Return the rules that were taken back, the latest first."""
    return RewriteRule.objects.exclude(removed_at=None).select_related("removed_by").order_by("-removed_at")


def redoings_at_work() -> list[Redoing]:
    """Return what is being projected anew, each with `.done`, the number of subjects that are."""
    found = list(Redoing.objects.filter(finished_at=None).defer("datasets", "jobs"))
    left = dict(RedoSubject.objects.order_by().values_list("redoing").annotate(n=Count("pk"))) if found else {}
    for work in found:
        work.done = work.total - left.get(work.pk, 0)
    return found


def redoing_of(rule: RewriteRule) -> Redoing | None:
    """Return the latest projecting anew that a change of this rule made, with `.done`."""
    work = Redoing.objects.filter(rule=rule).defer("datasets", "jobs").first()
    if work is not None:
        work.done = work.total - (0 if work.finished_at else work.waiting.count())
    return work


def with_rule(rule: Rule, position: int) -> list[Rule]:
    """Return the rules in force with `rule` put in as number `position`, from 1."""
    listed = [row.rule for row in rows_in_force()]
    listed.insert(max(position - 1, 0), rule)
    return listed


def preview(rule: Rule, position: int) -> Preview:
    """Return what the rule would do to the names that are known now."""
    after = Rules(with_rule(rule, position))
    moves = _moves(after)
    touched = touched_by(rule, adding=True)
    return Preview(moves, _joined(moves, after), count_subjects(touched))


def touched_by(rule: Rule, *, adding: bool) -> Touched:
    """Return the rows that adding or taking away `rule` may touch: never too few, sometimes some too many.

    A name that the rule matches is known as it is, or as what a rule wrote that would otherwise answer for it. With
    them go the rows whose facets name such a dataset or job: their joined names, column targets and child jobs.
    """
    shapes = [rule.replacement]
    if adding:
        shapes = [rule.pattern, *(other.replacement for other in rules_in_force())]
    found = set() if rule.scope is Scope.JOB else _datasets_in(_namespaces(Dataset, shapes))
    jobs = Job.objects.none()
    if rule.scope is not Scope.DATASET and (places := _namespaces(Job, shapes)):
        jobs = Job.objects.filter(Q(namespace__in=places) | Q(parent__namespace__in=places)).order_by()
    return Touched(sorted(found), sorted(jobs.values_list("pk", flat=True)))


def count_subjects(touched: Touched) -> int:
    """Return how many runs and static statements speak of the touched rows."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"jobs": touched.jobs, "datasets": touched.datasets})
        return int(cursor.fetchone()[0])


def _namespaces(model: type[Dataset] | type[Job], shapes: list[str]) -> list[str]:
    known = model.objects.order_by().values_list("namespace", flat=True).distinct()
    return [each for each in known if any(captured(shape, each) is not None for shape in shapes)]


def _datasets_in(places: list[str]) -> set[int]:
    """Return the datasets of these namespaces, their groups, and those whose facets name one of them."""
    if not places:
        return set()
    own = Q(namespace__in=places) | Q(root__namespace__in=places) | Q(joined__namespace__in=places)
    found = set(Dataset.objects.filter(own).order_by().values_list("pk", flat=True))
    links = DatasetLink.objects.filter(other__namespace__in=places, source=DatasetLink.Source.SYMLINK)
    fed = Q(src__namespace__in=places) | Q(src__joined__namespace__in=places)
    targets = ColumnEdge.objects.filter(fed).order_by()
    found |= set(links.values_list("dataset", flat=True)) | set(targets.values_list("dst", flat=True).distinct())
    return found


def _moves(after: Rules) -> list[Move]:
    datasets, jobs = (
        dict(model.objects.order_by().values_list("namespace").annotate(n=Count("pk"))) for model in (Dataset, Job)
    )
    found = []
    for old in sorted({*datasets, *jobs}):
        as_dataset, as_job = after.dataset(old), after.job(old)
        if as_dataset != old and old in datasets:
            same = as_job == as_dataset
            found.append(Move(old, as_dataset, datasets[old], jobs.get(old, 0) if same else 0))
        if as_job != old and old in jobs and (as_job != as_dataset or old not in datasets):
            found.append(Move(old, as_job, 0, jobs[old]))
    return found


def _joined(moves: list[Move], after: Rules) -> list[tuple[Name, Name]]:
    """Return the datasets that will have one name with another: (name now, name that is known already or too)."""
    moving = [move.old for move in moves if move.datasets]
    landing = [move.new for move in moves if move.datasets]
    rows = Dataset.objects.filter(Q(namespace__in=moving) | Q(namespace__in=landing))
    by_name: dict[Name, list[Name]] = {}
    for namespace, name in rows.values_list("namespace", "name").order_by("namespace", "name"):
        by_name.setdefault(Name(after.dataset(namespace), name), []).append(Name(namespace, name))
    return [(one, new) for new, names in sorted(by_name.items()) if len(names) > 1 for one in names if one != new]


def rule_row(pk: int) -> RewriteRule | None:
    """Return the rule of this number, in force or taken back."""
    return RewriteRule.objects.select_related("created_by", "removed_by").filter(pk=pk).first()
