"""The catalog joins names, keeps its rules and leaves evidence of every change."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.core.catalog import selectors, services
from portal.core.catalog.domain.systems import SystemRefused
from portal.core.catalog.models import Asset
from portal.core.catalog.secrets import resolve_secret
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor

pytestmark = pytest.mark.django_db
ACTOR = "tests"


def _asset(**changes):
    named = {"namespace": "postgres://db", "name": "app.events", "kind": "table"} | changes
    return services.adopt_asset(actor=system_actor(ACTOR), **named)


def test_adopting_twice_changes_nothing_and_leaves_one_entry():
    first = _asset()
    assert _asset() == first
    assert Entry.objects.filter(kind="catalog:asset:changed").count() == 1


def test_every_vector_index_is_tier_1_with_a_reason():
    asset = _asset(name="vectors.customers", kind="vector_index")
    assert (asset.tier, asset.tier_reason) == (1, "vector store")


def test_tier_1_without_a_reason_is_refused():
    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        _asset(tier=1)


def test_an_alias_names_one_asset_and_a_bare_name_only_where_it_is_unique():
    events = _asset()
    services.add_alias(text="customer_events_v1", asset=events)
    assert selectors.resolve_asset("customer_events_v1") == events
    assert selectors.resolve_asset("app.events") == events
    other = _asset(namespace="postgres://other")
    assert selectors.resolve_asset("app.events") is None
    with pytest.raises(ValidationError, match="already names"):
        services.add_alias(text="customer_events_v1", asset=other)


def test_a_team_is_found_by_its_addresses_whatever_their_case(world):
    services.add_team_address(text="data-platform@company.com", team=world.platform, kind="email")
    assert selectors.resolve_team("Data-Platform@company.com") == world.platform
    assert selectors.resolve_team("Data Platform") == world.platform
    assert selectors.resolve_team("nobody@company.com") is None


def test_a_system_with_a_secret_instead_of_a_reference_is_not_registered():
    with pytest.raises(SystemRefused, match="never a value"):
        services.register_system(
            actor=system_actor(ACTOR), name="lake", kind="parquet", settings={}, probe_secret="hunter2"
        )


def test_a_system_that_names_the_portals_own_database_is_refused(settings):
    own = settings.DATABASES["default"]
    named = {"host": own["HOST"], "port": own["PORT"], "dbname": own["NAME"]}
    with pytest.raises(SystemRefused, match="own database"):
        services.register_system(actor=system_actor(ACTOR), name="self", kind="postgresql", settings=named)


def test_a_secret_in_a_file_is_read_and_a_link_is_refused(settings, tmp_path):
    settings.SECRETS_DIR = tmp_path
    (tmp_path / "plain").write_text("value\n")
    (tmp_path / "link").symlink_to(tmp_path / "plain")
    assert resolve_secret("file:plain") == "value"
    with pytest.raises(SystemRefused, match="links are refused"):
        resolve_secret("file:link")


def test_a_flow_has_at_least_two_assets(world):
    with pytest.raises(ValidationError, match="at least two"):
        services.declare_flow(actor=system_actor(ACTOR), name="f", owner_team=world.platform, assets=[_asset()])
    assert Asset.objects.count() == 1


def test_the_register_page_refuses_a_forbidden_folder_with_the_reason(world):
    form = {"name": "lake", "kind": "parquet", "settings": '{"root": "/etc"}'}
    answer = world.client("ada").post("/systems/register/", form)
    assert answer.status_code == 422
    assert "not below an allowed folder" in answer.content.decode()
