"""What people declared to feed what, and who may."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from lineage_app.domain.names import Name
from lineage_app.models import Dataset, Declaration, Edge, EdgeState
from lineage_app.selectors.merges import claimed_by
from portal.core.identity.policies import Act, may

if TYPE_CHECKING:
    from portal.core.identity.models import User


def declared_through(job: Name) -> QuerySet[Declaration]:
    """Return the declarations in force through a job."""
    return Declaration.objects.filter(job_namespace=job.namespace, job_name=job.name, withdrawn_at=None)


def declarations_about(dataset: Dataset, joined: Iterable[Dataset]) -> QuerySet[Declaration]:
    """Return every declaration that names the dataset or a name joined with it, those withdrawn included."""
    wanted = Q(pk=None)
    for row in (dataset, *joined):
        wanted |= Q(src_namespace=row.namespace, src_name=row.name) | Q(dst_namespace=row.namespace, dst_name=row.name)
    return Declaration.objects.filter(wanted).select_related("said_by", "withdrawn_by")


def declaration_row(pk: int) -> Declaration | None:
    """Return the declaration of this number."""
    return Declaration.objects.select_related("said_by", "withdrawn_by").filter(pk=pk).first()


def may_declare(user: "User", target: Name) -> bool:
    """Whether the person may declare what feeds `target`: an administrator, or a writer in its asset's team."""
    if may(user, Act.ADMINISTER):
        return True
    row = Dataset.objects.select_related("asset", "root__asset").filter(key=target.key).first()
    asset = claimed_by(row) if row else None
    return asset is not None and may(user, Act.WRITE_CONTRACT, asset)


def dataset_named(name: Name) -> Dataset | None:
    """Return the representative of the dataset of this name, None where no event has named it."""
    row = Dataset.objects.select_related("root").filter(key=name.key).first()
    return (row.root or row) if row else None


def known_names(names: set[Name]) -> set[Name]:
    """Return those of `names` that some event has named."""
    rows = Dataset.objects.filter(key__in=[name.key for name in names]).values_list("namespace", "name")
    return {Name(namespace, name) for namespace, name in rows}


def is_seen(src: Name, dst: Name) -> bool:
    """Whether a run has shown already that `src` feeds `dst`."""
    rows = Dataset.objects.filter(key__in=[src.key, dst.key])
    pk = {row.key: row.root_pk for row in rows}
    ends = {"src": pk.get(src.key), "dst": pk.get(dst.key)}
    return Edge.objects.filter(**ends, state=EdgeState.SEEN, is_foreign=False).exists()


def refusal_of(src: Name, dst: Name, job: Name, *, new_names: bool) -> str:
    """Return why this edge cannot be declared and what to do, empty where it can."""
    if not all(part.strip() for name in (src, dst, job) for part in name):
        return "Both datasets and the job need a namespace and a name."
    if src == dst:
        return "A dataset does not feed itself: name another source."
    if declared_through(job).filter(
        src_namespace=src.namespace, src_name=src.name, dst_namespace=dst.namespace, dst_name=dst.name
    ):
        return f"{src.name} is declared to feed {dst.name} through {job.name} already."
    unknown = sorted({src, dst} - known_names({src, dst}))
    if unknown and not new_names:
        return f"No event has named {unknown[0]} yet: correct it, or say that it is new."
    return ""
