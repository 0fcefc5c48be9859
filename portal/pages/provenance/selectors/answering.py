"""The whole answer to what a question means, put together from the selectors of the apps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from lineage_app.selectors.questions import Use, upstream_of, uses_of
from portal.core.catalog.selectors import asset_named, assets_by_id, placements_of, resolve_asset
from portal.core.clock.services import now
from portal.core.identity.policies import Act, require
from portal.pages.provenance.domain.answer import Answer, Subject
from portal.pages.provenance.selectors.gaps import gaps_of
from portal.pages.provenance.selectors.inputs import DEEPEST, Way, moments_of, way_to, whole_facts_of
from portal.pages.provenance.selectors.promises import agreements_of, erasures_of, levels_of
from portal.pages.provenance.selectors.subjects import Found

NOT_COVERED = (
    "What no pipeline told: lineage is what runs said of themselves, and copies that nobody reported are not in it.",
    "Whether the data were right: SLO states say what was measured, at the looks that were made.",
    "Targets of SLOs and owners are those of today; what was promised then is in the contract version of that time.",
    "Deletions are counted where an input lies now; whom they were about is known to the privacy office alone.",
    "Values of run parameters are on the runs' pages and not in a document, where an erasure could not reach them.",
    "What was moved, renamed or merged in the catalog since: names are joined as they are known today.",
)


def answer_to(
    user: Any, found: Found, *, known_at: datetime | None = None, depth: int = DEEPEST, proofs: bool = True
) -> Answer:
    """The answer for a person, with links to deletion proofs for who may read them where `proofs`."""
    require(user, Act.READ)
    return answer_for_all(found, known_at=known_at, depth=depth, reader=user if proofs else None)


def answer_for_all(
    found: Found, *, known_at: datetime | None = None, depth: int = DEEPEST, reader: Any = None
) -> Answer:
    """The answer as everybody may read it, and so documents and machines; to `reader` proofs are told as well."""
    way = way_to(found, known_at=known_at, depth=depth)
    uses = uses_of(way.run) if way.run is not None else []
    assets = _assets(way, uses)
    moments = moments_of(way.readings) | _written(way, uses, found.at)
    agreements, levels = agreements_of(moments, assets), levels_of(moments, assets)
    starts = sorted({use.dataset.pk for use in uses if use.role == "input"})
    return Answer(
        question=found.question,
        subject=_subject(found, way, uses, assets),
        at=found.at,
        asked_at=now(),
        known_at=known_at,
        run=whole_facts_of(way.run) if way.run is not None else None,
        readings=way.readings,
        whole=way.whole,
        upstream=upstream_of(starts, as_of=found.at, known_at=known_at) if starts else 0,
        upstream_url=_upstream_url(starts, way, found.at),
        agreements=agreements,
        levels=levels,
        erasures=erasures_of(reader, moments, assets),
        gaps=gaps_of(found, way, agreements, levels, known_at=known_at),
        not_covered=NOT_COVERED,
    )


def _assets(way: Way, uses: list[Use]) -> Mapping[int, Any]:
    more = {use.dataset.asset_id for use in uses if use.dataset.asset_id} - set(way.assets)
    return dict(way.assets) | (assets_by_id(more) if more else {})


def _written(way: Way, uses: list[Use], at: datetime) -> dict[tuple[int, datetime], Any]:
    """What the run itself wrote is under contract and measured as well: when it ended."""
    ended = (way.run.ended_at or way.run.last_at) if way.run is not None else at
    own = {each.dataset for each in way.readings if each.distance == 0}
    return {
        (use.dataset.asset_id, ended): use
        for use in uses
        if use.role == "output" and use.dataset.asset_id and f"{use.dataset.namespace}/{use.dataset.name}" not in own
    }


def _subject(found: Found, way: Way, uses: list[Use], assets: Mapping[int, Any]) -> Subject:
    outputs = [use for use in uses if use.role == "output"]
    dataset = found.dataset or (outputs[0].dataset if outputs else None)
    asset = _product(found) or assets.get(dataset.asset_id or 0 if dataset else 0)
    owner = asset.owner_team if asset else None
    first = next((each for each in way.readings if each.distance == 0), None)
    version = found.version or (first.version if first else "")
    kind, label, url = _label(found, version)
    return Subject(
        kind=kind,
        label=label,
        url=url,
        dataset=f"{dataset.namespace}/{dataset.name}" if dataset else "",
        dataset_url=dataset.get_absolute_url() if dataset else "",
        version=version,
        output_id=found.output.output_id if found.output else "",
        output_digest=found.output.digest if found.output else "",
        product=found.output.product if found.output else "",
        product_url=asset.get_absolute_url() if found.output and asset else "",
        owner=owner.name if owner else "",
        owner_url=owner.get_absolute_url() if owner else "",
        places=tuple(f"{place.system} ({place.object_name})" for place in placements_of(asset)) if asset else (),
        writes=tuple(
            (f"{use.dataset.namespace}/{use.dataset.name}", use.version, use.dataset.get_absolute_url())
            for use in outputs
        ),
    )


def _label(found: Found, version: str) -> tuple[str, str, str]:
    """Kind of subject, what it is called, and its page."""
    if found.output is not None:
        return "output", f"output {found.output.output_id} of {found.output.namespace}", ""
    if found.run is not None:
        return "run", f"run {found.run.run_id}", found.run.get_absolute_url()
    name = f"{found.dataset.namespace}/{found.dataset.name}"
    if found.version:
        return "model version", f"{name} in version {version}", found.dataset.get_absolute_url()
    when = f"{found.at:%Y-%m-%d %H:%M:%S} UTC"
    return "dataset", f"{name} as it stood on {when}", found.dataset.get_absolute_url()


def _product(found: Found) -> Any:
    """The asset of the product that registered the output, where the catalog knows it."""
    if found.output is None or not found.output.product:
        return None
    namespace, _, name = found.output.product.rpartition("/")
    return (asset_named(namespace, name) if namespace else None) or resolve_asset(found.output.product)


def _upstream_url(starts: list[int], way: Way, at: datetime) -> str:
    """The page of the graph at that time: of the subject's dataset, else of its first input."""
    first = next(iter(way.readings), None)
    if not starts or first is None:
        return ""
    return f"{first.url}?{urlencode({'up': 5, 'down': 0, 'as_of': at.isoformat(timespec='seconds')})}"
