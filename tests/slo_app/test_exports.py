"""SLOs as code: the pages, the files and the API, on SLOs of the database."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from slo_app import evidence_kinds
from slo_app.models import Measurement, Slo
from tests.slo_app.estate import activate, asset_on, freshness_of

pytestmark = pytest.mark.django_db
SCHEMA = Path(__file__).parents[1] / "domain/slo/openslo_v1.json"
NASTY = '</pre><script>alert(1)</script>"|`[x](javascript:alert(1))'


def an_slo(world, name="orders", team=None, namespace="shop", **more):
    team = team or world.platform
    asset = Asset.objects.create(namespace=namespace, name=name, kind="table", owner_team=team)
    return freshness_of(asset, **more)


def measured(slo, **more):
    facts = {"result": "ok", "value": Decimal(7), "alerting": False, "cost_ms": 5, "digest": "sha256:0"}
    made = Measurement.objects.create(slo=slo, at=now(), **facts | more)
    Slo.objects.filter(pk=slo.pk).update(last_at=made.at)
    return made


def text_of(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


@pytest.fixture
def reader(client, world):
    client.force_login(world.ana)
    return client


def test_the_page_shows_one_slo_in_every_language_that_can_say_it(reader, world):
    slo = an_slo(world)
    assert f'href="/slos/{slo.pk}/code/"' in text_of(reader.get(f"/slos/{slo.pk}/"))
    page = text_of(reader.get(f"/slos/{slo.pk}/code/"))
    assert "apiVersion: openslo/v1" in page
    assert f"slo_value{{slo=&quot;{slo.pk}&quot;}}" in page
    assert "freshness_minutes:" in page
    assert "v1alpha" not in page
    assert page.count('tabindex="0"') >= 3
    assert page.count("data-copy-name=") == 3


def test_a_ratio_is_shown_for_sloth_too(reader, table, event, world, monkeypatch):
    table.fill(event(1), event(2))
    activate(asset_on(table, world, monkeypatch), world.ana)
    accuracy = Slo.objects.get(kind="accuracy")
    page = text_of(reader.get(f"/slos/{accuracy.pk}/code/"))
    assert "openslo/v1alpha" in page
    documents = list(yaml.safe_load_all(text_of(reader.get(f"/slos/export/sloth/?slo={accuracy.pk}"))))
    assert [each["spec"]["objectives"][0]["target"] for each in documents] == [0.999]


def test_hostile_names_are_text_on_the_page_and_in_every_file(reader, world):
    slo = an_slo(world, NASTY)
    measured(slo)
    page = text_of(reader.get(f"/slos/{slo.pk}/code/"))
    assert "<script>alert(1)" not in page
    catalog = text_of(reader.get("/slos/export/catalog/"))
    assert "<script>" not in catalog.replace("\\<", "")
    assert "](javascript:" not in catalog
    documents = list(yaml.safe_load_all(text_of(reader.get("/slos/export/openslo/"))))
    (service,) = [each for each in documents if each["kind"] == "Service"]
    assert service["metadata"]["displayName"] == f"shop/{NASTY}"


def test_a_file_is_of_one_slo_of_a_team_or_of_all_and_of_no_disabled_one(reader, world):
    mine, theirs = an_slo(world), an_slo(world, "web", world.analytics)
    an_slo(world, "gone", enabled=False)

    def slos(query):
        documents = yaml.safe_load_all(text_of(reader.get(f"/slos/export/openslo/{query}")))
        return {each["metadata"]["name"] for each in documents if each["kind"] == "SLO"}

    names = {slo: f"shop-{slo.asset.name}-freshness-{slo.pk}" for slo in (mine, theirs)}
    assert slos("") == set(names.values())
    assert slos(f"?team={world.analytics.slug}") == {names[theirs]}
    assert slos(f"?slo={mine.pk}") == {names[mine]}
    assert reader.get("/slos/export/openslo/?slo=999999").status_code == 404
    assert reader.get("/slos/export/openslo/?slo=x").status_code == 404
    assert reader.get("/slos/export/nothing/").status_code == 404


def test_the_catalog_has_live_values_people_and_links_and_is_the_same_for_the_same_state(
    reader, table, event, world, monkeypatch
):
    table.fill(event(1), event(2))
    version = activate(asset_on(table, world, monkeypatch), world.ana)
    for slo in Slo.objects.all():
        measured(slo)
    first, second = (text_of(reader.get("/slos/export/catalog/")) for _ in range(2))
    assert first == second
    row = next(line for line in first.splitlines() if "Freshness of tests/events" in line)
    assert "| On target | 7 min at " in row
    assert f"[events 1.0.0](http://localhost:8000{version.get_absolute_url()})" in row
    assert "#runbook" in row
    assert "/evidence/" in row
    assert world.dan.name in row
    measured(Slo.objects.get(kind="freshness"), value=Decimal(8))
    assert text_of(reader.get("/slos/export/catalog/")) != first


def test_machines_get_the_same_file_with_an_etag_of_the_namespaces_of_their_token(client, world):
    an_slo(world)
    an_slo(world, namespace="payroll")

    def asked(form="openslo", query="", namespaces=("shop",), **headers):
        token = world.token("slos:read", namespaces=namespaces)
        return client.get(f"/api/v1/slos/export/{form}{query}", headers={"Authorization": f"Bearer {token}", **headers})

    answer = asked()
    assert "payroll" not in text_of(answer)
    assert "payroll" in text_of(asked(namespaces=("*",)))
    assert asked(**{"If-None-Match": answer["ETag"]}).status_code == 304
    assert asked(query="?slo=x").status_code == 400
    assert asked("nothing").status_code == 404
    assert "No SLO is measured" in text_of(asked("catalog", namespaces=("none",)))


def test_an_export_costs_as_many_queries_for_two_slos_as_for_forty(reader, world):
    counts = []
    for start, end in ((0, 2), (2, 40)):
        for number in range(start, end):
            measured(an_slo(world, f"t{number}"))
        with CaptureQueriesContext(connection) as queries:
            text_of(reader.get("/slos/export/catalog/"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_page_of_files_names_them_for_a_team(reader, world):
    an_slo(world)
    page = text_of(reader.get(f"/slos/code/?team={world.platform.slug}"))
    assert f"/slos/export/openslo/?team={world.platform.slug}" in page
    assert "/slos/export/catalog/" in text_of(reader.get("/slos/code/?team=nonsense"))


def test_the_catalog_links_the_newest_entry_about_the_bounds_also_of_an_slo_by_hand(reader, world):
    slo = an_slo(world)
    about = {"slo": slo.pk, "asset": slo.asset.key, "kind": slo.kind, "name": "", "target": "15", "alert": "20"}
    for kind in (evidence_kinds.MADE, evidence_kinds.CHANGED):
        entry = record(kind, actor=system_actor("tests"), payload=about)
    assert f"[Entry](http://localhost:8000{entry.get_absolute_url()})" in text_of(reader.get("/slos/export/catalog/"))
