"""Where a plan looks: a signed contract, lineage that nobody declared, and the register, all of them real."""

import pytest

from portal.core.catalog import selectors as catalog_selectors
from portal.core.catalog import services as catalog
from portal.core.identity.actors import system_actor
from privacy_app.domain.plan import Origin
from privacy_app.services.targets import scope_of
from tests.contracts_app.test_contract_life import estate, propose, signed_by_all  # noqa: F401 a fixture and helpers
from tests.lineage_app.conftest import send, token  # noqa: F401 fixtures
from tests.lineage_app.sending import event

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under

KINDS = frozenset({"email", "customer_id"})
PROFILE = "features/customer_profile"


@pytest.fixture
def signed(estate, tmp_path, settings):
    """The programme's contract in force, its source and one of its three targets placed in a system."""
    signed_by_all(estate, propose(estate))
    settings.SYSTEM_PATHS = (tmp_path,)
    system = catalog.register_system(
        actor=system_actor("tests"), name="lake", kind="parquet", settings={"root": str(tmp_path)}
    )
    held = {"identifiers": {"customer_id": "customer_id"}}
    catalog.place(asset=estate.asset, system=system, object_name="events", settings=held)
    profile = catalog_selectors.resolve_asset(PROFILE)
    catalog.place(asset=profile, system=system, object_name="profile", settings=held)
    estate.lake = system
    return estate


def planned(scope):
    return {each.placement.object_name: each for each in scope.candidates.values()}


def test_what_the_contract_names_is_planned_where_it_is_placed_and_a_finding_where_it_is_not(signed):
    scope = scope_of(KINDS)
    assert {name: each.origin for name, each in planned(scope).items()} == dict.fromkeys(
        ("events", "profile"), Origin.CONTRACT
    )
    assert set(scope.findings) == {"vectors/customer_semantic", "raw_lake/clickstream"}
    assert all("no registered system says how a person is found" in each.why for each in scope.findings.values())


def test_a_copy_that_only_lineage_knows_is_a_finding_and_copies_come_before_their_source(signed, send):
    send(
        event(inputs=["customer_events"], outputs=[PROFILE], run=1, job="features"),
        event(inputs=[PROFILE], outputs=["shadow_copy"], run=2, job="notebook"),
    )
    scope = scope_of(KINDS)
    assert scope.findings["demo/shadow_copy"].why.startswith("downstream of")
    found = planned(scope)
    assert found["profile"].depth > found["events"].depth


def test_a_model_downstream_gets_a_duty_and_is_not_a_finding(signed, send):
    catalog.adopt_asset(actor=system_actor("tests"), namespace="demo", name="churn", kind="model")
    send(event(inputs=["customer_events"], outputs=["churn"], run=1, job="train"))
    scope = scope_of(KINDS)
    assert "demo/churn" in scope.models
    assert not [name for name in scope.findings if "churn" in name]


def test_a_system_that_says_how_a_person_is_found_is_planned_though_no_contract_names_it(signed):
    other = catalog.adopt_asset(actor=system_actor("tests"), namespace="demo", name="newsletter")
    held = {"identifiers": {"email": "to"}}
    catalog.place(asset=other, system=signed.lake, object_name="newsletter", settings=held)
    assert planned(scope_of(KINDS))["newsletter"].origin == Origin.REGISTERED
    assert "newsletter" not in planned(scope_of(frozenset({"device_id"})))


def told(name, change, previous=""):
    facet = {"_producer": "x", "_schemaURL": "x", "lifecycleStateChange": change}
    if previous:
        facet["previousIdentifier"] = {"namespace": "demo", "name": previous}
    return {"namespace": "demo", "name": name, "facets": {"lifecycleStateChange": facet}}


def test_a_dropped_copy_stays_a_finding_and_so_does_what_was_made_from_it(signed, send):
    """A name that is gone says nothing about files, versions and copies: the whole retention window counts."""
    send(
        event(inputs=["customer_events"], outputs=["staging"], run=1, job="stage"),
        event(inputs=["staging"], outputs=["mart"], run=2, job="mart"),
        event(inputs=[], outputs=[told("staging", "DROP")], run=3, minute=5, job="clean"),
    )
    found = scope_of(KINDS).findings
    assert "dropped on 2026-03-01, which does not say that its data is gone" in found["demo/staging"].why
    assert "demo/mart" in found


def test_a_renamed_copy_is_followed_to_its_new_name_and_on(signed, send):
    send(
        event(inputs=["customer_events"], outputs=["staging"], run=1, job="stage"),
        event(inputs=[], outputs=[told("archive_2026", "RENAME", "staging")], run=2, minute=1, job="rename"),
        event(inputs=["archive_2026"], outputs=["report"], run=3, minute=2, job="report"),
    )
    found = scope_of(KINDS).findings
    assert {"demo/staging", "demo/archive_2026", "demo/report"} <= set(found)


def test_a_dataset_into_which_no_personal_field_flows_is_told_and_does_not_block(signed, send):
    links = {
        "amount": {
            "inputFields": [
                {
                    "namespace": "demo",
                    "name": "customer_events",
                    "field": "amount",
                    "transformations": [{"type": "DIRECT", "subtype": "AGGREGATION"}],
                }
            ]
        }
    }
    out = {
        "namespace": "demo",
        "name": "totals",
        "facets": {"columnLineage": {"_producer": "x", "_schemaURL": "x", "fields": links}},
    }
    tags = {"_producer": "x", "_schemaURL": "x", "tags": [{"key": "pii", "value": "true", "field": "email"}]}
    source = {"namespace": "demo", "name": "customer_events", "facets": {"tags": tags}}
    send(event(inputs=[source], outputs=[out], run=1, job="sum"))
    scope = scope_of(KINDS)
    assert "demo/totals" not in scope.findings
    assert "demo/totals" in scope.quiet


def test_where_the_data_can_be_costs_the_same_queries_with_ten_times_the_copies(
    signed, send, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    send(event(inputs=["customer_events"], outputs=["c_0"], run=1, job="j0"))
    with CaptureQueriesContext(connection) as few:
        scope_of(KINDS)
    before = len(few)
    send(*[event(inputs=[f"c_{n}"], outputs=[f"c_{n + 1}"], run=n + 2, job=f"j{n}") for n in range(30)])
    with django_assert_max_num_queries(before):
        scope = scope_of(KINDS)
    assert len([name for name in scope.findings if name.startswith("demo/c_")]) == 31
