"""Contract coverage: who counts, what the share says, and the next step of everybody who lacks a contract."""

from __future__ import annotations

import csv
import io

import pytest

from contracts_app import selectors, services
from contracts_app.models import CoverageDay, SignatureLink, Version
from contracts_app.selectors.coverage import Figure
from portal.core.catalog.services import adopt_asset
from portal.core.identity.actors import system_actor
from tests.contracts_app.life import EXAMPLE, propose, register_names, sign, signed


def asset(name, **facts):
    return adopt_asset(actor=system_actor("tests"), namespace="tests", name=name, **facts)


def rows(user, **asked):
    found = selectors.governed_assets(**asked)
    return {row.asset.name: row for row in selectors.coverage_rows(user, found)}


@pytest.fixture
def example(world):
    """The programme's names; the example's asset is the only one of tier 1."""
    register_names(world)
    return world


def test_every_vector_index_counts_as_tier_1_whatever_the_catalog_says(example):
    asset("vectors", kind="vector_index", tier=3)
    asset("small", kind="table", tier=2)
    assert selectors.coverage_figure(selectors.governed_assets(tier="1")) == Figure(0, 2)
    assert set(rows(example.aud, tier="1")) == {"vectors", "customer_events"}
    assert set(rows(example.aud, tier="3")) == set()


def test_an_asset_is_covered_from_the_last_signature_on_and_not_before(example):
    version = propose(example, EXAMPLE)
    for name in ("ana", "hal"):
        sign(example, name, version)
        assert not rows(example.aud, tier="1")["customer_events"].covered
    sign(example, "pia", version)
    row = rows(example.aud, tier="1")["customer_events"]
    assert (row.covered, row.step) == (True, "")
    assert selectors.coverage_figure(selectors.governed_assets(tier="1")) == Figure(1, 1)


def test_a_version_in_force_that_lacks_a_signature_does_not_count(example):
    version = signed(example, EXAMPLE)
    SignatureLink.objects.filter(version=version, role="accountable").update(voided_at=version.activated_at)
    row = rows(example.aud, tier="1")["customer_events"]
    assert not row.covered
    assert row.step == "It is in force without every signature that it needs."


def test_each_standing_has_its_next_step_and_a_link_to_it(example, client):
    bare = rows(example.aud, tier="1")["customer_events"]
    assert (bare.step, bare.version) == ("It has no contract.", None)
    draft = services.import_yaml(user=example.bob, content=EXAMPLE.replace(b"type: float", b"type: flaot"))
    row = rows(example.aud, tier="1")["customer_events"]
    assert row.label == "Mend the draft"
    assert row.version == draft
    services.save_draft(user=example.bob, version=draft, content=EXAMPLE, token=draft.token)
    assert rows(example.aud, tier="1")["customer_events"].label == "Propose the draft"
    version = propose(example, EXAMPLE)
    assert "producer" in rows(example.aud, tier="1")["customer_events"].step
    services.withdraw(user=example.bob, version=version, reason="tests")
    assert rows(example.aud, tier="1")["customer_events"].version is None
    version = signed(example, EXAMPLE)
    Version.objects.filter(pk=version.pk).update(state="deprecated")
    assert (
        rows(example.aud, tier="1")["customer_events"].step == "Only a deprecated version is left: write its successor."
    )
    client.force_login(example.ana)
    for step in (bare, row):
        assert client.get(step.url).status_code == 200


def test_the_link_to_write_a_contract_brings_the_assets_names_whatever_they_hold(example, client):
    made = asset(
        'a"b: {evil} - x.Orders Ü', kind="table", tier=1, tier_reason="board: KPI", owner_team=example.platform
    )
    client.force_login(example.ana)
    page = client.get(rows(example.ana, tier="1")[made.name].url).content.decode()
    assert "orders_v1" in page
    from contracts_app.domain.document import load

    document = load(selectors.starter_for(str(made.pk))).document
    assert (document.asset.namespace, document.asset.name, document.asset.tier) == ("tests", made.name, 1)
    assert document.owner == "Data Platform"
    assert selectors.starter_for("0") == selectors.starter_for("x") == ""


def test_the_page_shows_the_share_with_both_numbers_and_filters_lead_to_their_rows(example, client):
    signed(example, EXAMPLE)
    asset("orders", kind="table", tier=1, tier_reason="revenue", layer="raw", owner_team=example.analytics)
    client.force_login(example.aud)
    page = client.get("/contracts/coverage/").content.decode()
    assert "50 %" in page
    assert "1 with a contract in force" in page
    assert page.index("orders") < page.index("customer_events</a>")
    only = client.get("/contracts/coverage/?standing=covered").content.decode()
    assert "50 %" in only
    assert ">orders<" not in only
    team = client.get("/contracts/coverage/?team=analytics").content.decode()
    assert "0 %" in team
    assert "customer_events</a>" not in team
    assert "customer_events</a>" not in client.get("/contracts/coverage/?layer=raw&kind=table").content.decode()
    assert client.get("/contracts/coverage/?tier=9&layer=nonsense").status_code == 200
    assert "No such asset" in client.get("/contracts/coverage/?tier=3").content.decode()


def test_the_download_holds_every_row_and_no_cell_that_acts(example, client):
    asset("=cmd|' /C calc'!A0", kind="table", tier=1, tier_reason="revenue")
    client.force_login(example.aud)
    answer = client.get("/contracts/coverage.csv")
    found = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {row["name"] for row in found} == {"'=cmd|' /C calc'!A0", "customer_events"}
    assert answer["Content-Disposition"] == 'attachment; filename="contract-coverage.csv"'


def test_the_trend_keeps_one_count_a_day(example, clock):
    services.record_coverage()
    clock.move(days=1)
    services.record_coverage()
    signed(example, EXAMPLE)
    services.record_coverage()
    assert [(day.covered, day.total) for day in selectors.coverage_trend()] == [(0, 1), (1, 1)]
    assert CoverageDay.objects.count() == 2
