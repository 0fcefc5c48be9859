"""Each page keeps its number of SQL queries, and ten times the rows do not change it.

Every page without arguments is measured, found in the URLs, and so are the pages of one thing with many parts. The
numbers are committed in query_counts.json, so that a change of them is seen by whoever reviews it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts_app.models import Waiver
from lineage_app.models import Dataset, Job, RunFinding
from portal.core.catalog.models import Asset, DataSystem, Flow
from portal.core.clock.services import now
from portal.core.evidence.selectors import latest_checkpoint
from portal.core.identity.models import ServiceToken
from portal.core.oncall.models import Page, Rotation
from portal.core.raci.models import Post, Proposal
from portal.gates.models import GateRun
from portal.pages.scoreboard.models import BoardPack
from privacy_app.models import Hold, Request
from slo_app.models import Drill, Incident, Silence, Slo
from tests.architecture.test_access import methods_of, patterns
from tests.many_rows import Ground, plant
from tests.people import World, build_world

COMMITTED = Path(__file__).with_name("query_counts.json")
MEASURED = Path(settings.VAR_DIR) / "query_counts.json"
READERS = ("ana", "pia", "ada", "hal")
"""Who opens the pages: each page is measured as the first of them whom it lets in, home as all of them."""
EVERYBODYS = {"pages:home"}
LEADS_ON = {"pages:start", "notify:unread", "provenance:drawing", "provenance:json"}
"""What only leads on to another page, or is a file of a question that its address must ask: none to measure so."""
FEW, MANY = range(3), range(3, 30)


def pages_without_arguments() -> list[str]:
    """The names of the pages that can be opened as they are; the API and health checks are no pages."""
    return sorted(
        name
        for name, pattern in patterns()
        if ":" in name
        and not name.startswith("api:")
        and "get" in methods_of(pattern.callback)
        and not pattern.pattern.converters
    )


def addresses() -> dict[str, str]:
    """Name -> address of everything that is measured."""
    asset = Asset.objects.get(name="asset_000000")
    dataset = Dataset.objects.get(name="dataset_000000")
    first, second = Asset.objects.order_by("pk")[:2]
    request = Request.objects.order_by("pk").first()
    contract = reverse("contracts:list")
    return {name: reverse(name) for name in pages_without_arguments()} | {
        "contracts:list filtered": f"{contract}?q=contract&state=active&team=platform",
        "evidence:list filtered": f"{reverse('evidence:list')}?kind=catalog:flow:declared",
        "evidence:consistency": f"{reverse('evidence:consistency')}?from=1&to={latest_checkpoint().size}",
        "gates:list filtered": f"{reverse('gates:list')}?job=job&verdict=pass&asset=asset&days=30",
        "gates:run": GateRun.objects.order_by("pk").first().get_absolute_url(),
        "contracts:waiver": Waiver.objects.order_by("pk").first().get_absolute_url(),
        "identity:team": reverse("identity:team", args=["platform"]),
        "catalog:system": DataSystem.objects.get(name="system_0").get_absolute_url(),
        "lineage:dataset": dataset.get_absolute_url(),
        "lineage:dataset columns": reverse("lineage:columns", args=[dataset.pk]),
        "lineage:dataset impact": reverse("lineage:impact", args=[dataset.pk]),
        "lineage:coverage all": f"{reverse('lineage:coverage')}?show=all&team=platform",
        "lineage:finding": RunFinding.objects.order_by("pk").first().get_absolute_url(),
        "lineage:findings filtered": f"{reverse('lineage:findings')}?state=all&kind=failing&team=platform&q=job",
        "lineage:flow": Flow.objects.get(name="flow 0").get_absolute_url(),
        "lineage:flow-check": f"{reverse('lineage:flow-check')}?name=New&step={first.pk}&step={second.pk}",
        "lineage:flow-new search": f"{reverse('lineage:flow-new')}?q=asset",
        "lineage:dataset with jobs": f"{dataset.get_absolute_url()}?jobs=1&group=layer&up=2&down=2",
        "lineage:index search": f"{reverse('lineage:index')}?q=set",
        "lineage:producer": reverse("lineage:producer", args=[ServiceToken.objects.get(name="token 0").pk]),
        "lineage:job": Job.objects.get(name="job_000000").get_absolute_url(),
        "oncall:addresses": reverse("oncall:addresses", args=["platform"]),
        "oncall:page": Page.objects.filter(team__slug="platform").order_by("pk").first().get_absolute_url(),
        "oncall:rotation": Rotation.objects.order_by("pk").first().get_absolute_url(),
        "oncall:team": reverse("oncall:team", args=["platform"]),
        "pages:asset": asset.get_absolute_url(),
        "provenance:ask dataset": f"{reverse('provenance:ask')}?q=dataset:{dataset.namespace}/{dataset.name}",
        "pages:search words": f"{reverse('pages:search')}?q=asset",
        "privacy:inbox ended": f"{reverse('privacy:inbox')}?show=ended",
        "privacy:hold": Hold.objects.order_by("pk").first().get_absolute_url(),
        "privacy:holds ended": f"{reverse('privacy:holds')}?show=ended",
        "privacy:request": request.get_absolute_url(),
        "privacy:inbox filtered": f"{reverse('privacy:inbox')}?who=nobody&trouble=yes&law=gdpr",
        "privacy:bulk-approve some": f"{reverse('privacy:bulk-approve')}?plan={request.req_id}",
        "privacy:step": reverse("privacy:step", args=[request.req_id, request.steps.order_by("pk").first().pk]),
        "privacy:plan": reverse("privacy:plan", args=[request.req_id]),
        "privacy:links": reverse("privacy:links", args=[request.req_id]),
        "scoreboard:pack": BoardPack.objects.order_by("pk").first().get_absolute_url(),
        "scoreboard:target": reverse("scoreboard:target", args=["contracts"]),
        "raci:asset": reverse("raci:asset", args=[Asset.objects.get(name="raci_000000").pk]),
        "raci:matrix filtered": f"{reverse('raci:matrix')}?show=asset&q=raci&team=platform",
        "raci:post": Post.objects.get(slug="post-0").get_absolute_url(),
        "raci:proposal": Proposal.objects.order_by("pk").first().get_absolute_url(),
        "raci:propose": f"{reverse('raci:propose')}?row={Asset.objects.get(name='raci_000000').pk}",
        "raci:version": reverse("raci:version", args=[1]),
        "raci:workstream": reverse("raci:workstream", args=["stream-0"]),
        "slos:drill": Drill.objects.order_by("pk").first().get_absolute_url(),
        "slos:silence-page": Silence.objects.order_by("pk").first().get_absolute_url(),
        "slos:incidents filtered": f"{reverse('slos:incidents')}?state=all&severity=page&kind=freshness&team=platform",
        "slos:response filtered": f"{reverse('slos:response')}?of=open&team=platform&severity=page",
        "slos:incident": Incident.objects.order_by("pk").first().get_absolute_url(),
        "slos:slo": Slo.objects.order_by("pk").first().get_absolute_url(),
    }


@pytest.fixture(scope="module")
def counts(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """Queries by page and reader, with few rows and with ten times as many; nothing is committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        ground = Ground(team=world.platform, owner=world.ana, signer=world.pia, at=now())
        plant(ground, FEW)
        few = _measure(world)
        plant(ground, MANY)
        many = _measure(world)
        MEASURED.write_text(json.dumps(few, indent=2, sort_keys=True) + "\n")
        yield few, many
        transaction.set_rollback(True)


def _measure(world: World) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, address in addresses().items():
        for reader in READERS:
            client = world.client(reader)
            client.get(address)  # fills what is kept between requests
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
            assert answer.status_code < 500, f"{address} answered {answer.status_code}"
            if answer.status_code == 200:
                found[f"{name} as {reader}"] = len(queries)
                if name not in EVERYBODYS:
                    break
    return found


@pytest.mark.django_db
def test_every_page_keeps_its_number_of_queries(counts: tuple[dict[str, int], dict[str, int]]) -> None:
    few, _ = counts
    assert few == json.loads(COMMITTED.read_text()), (
        f"if the new numbers are meant, copy {MEASURED} over {COMMITTED} and say why in the commit"
    )


@pytest.mark.django_db
def test_ten_times_the_rows_need_no_more_queries(counts: tuple[dict[str, int], dict[str, int]]) -> None:
    few, many = counts
    grown = {page: (few[page], many.get(page)) for page in few if few[page] != many.get(page)}
    assert grown == {}, "queries in a loop (with few rows, with ten times as many)"


@pytest.mark.django_db
def test_every_page_without_arguments_is_measured(counts: tuple[dict[str, int], dict[str, int]]) -> None:
    few, _ = counts
    seen = {page.split(" as ")[0] for page in few}
    assert sorted(set(pages_without_arguments()) - seen - LEADS_ON) == [], "nobody of the readers may open this page"
