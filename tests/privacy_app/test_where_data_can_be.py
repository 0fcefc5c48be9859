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
    assert all("no registered system says how a person is found" in why for why in scope.findings.values())


def test_a_copy_that_only_lineage_knows_is_a_finding_and_copies_come_before_their_source(signed, send):
    send(
        event(inputs=["customer_events"], outputs=[PROFILE], run=1, job="features"),
        event(inputs=[PROFILE], outputs=["shadow_copy"], run=2, job="notebook"),
    )
    scope = scope_of(KINDS)
    assert scope.findings["demo/shadow_copy"].startswith("downstream of")
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
