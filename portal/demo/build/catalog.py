"""Tells the catalog what the estate holds and where it lies."""

from portal.core.catalog import services
from portal.core.catalog.models import Asset, DataSystem
from portal.core.identity.actors import system_actor
from portal.core.identity.models import Team
from portal.demo.build.people import BUILDER
from portal.demo.estate import names, places
from portal.demo.estate.names import Named

IDENTITY_MAP = {
    "object": "app.customers",
    "columns": {"email": "email", "customer_id": "customer_id", "device_id": "device_id"},
    "person": "customer_id",
    "confidence": 100,
    "asserted": True,
}


def build() -> None:
    """Adopt the estate's assets, register its systems, say what lies where and declare the flows."""
    owner = Team.objects.get(slug="data-platform")
    assets = {each: _adopt(each, Team.objects.get(slug=each.owner)) for each in names.ALL}
    _places(assets, owner)
    for name, way in names.FLOWS.items():
        flow = [assets[each] for each in way]
        team = flow[-1].owner_team
        services.declare_flow(actor=system_actor(BUILDER), name=name, owner_team=team, assets=flow)


def _adopt(named: Named, owner: Team) -> Asset:
    asset = services.adopt_asset(
        actor=system_actor(BUILDER),
        namespace=named.namespace,
        name=named.name,
        kind=named.kind,
        layer=named.layer,
        tier=named.tier,
        tier_reason=named.tier_reason,
        owner_team=owner,
    )
    for text in named.aliases:
        services.add_alias(text=text, asset=asset)
    return asset


def _places(assets: dict[Named, Asset], owner: Team) -> None:
    oltp = register(
        "oltp", "postgresql", "Estate OLTP", owner, _postgres() | {"identity_maps": [IDENTITY_MAP]}, postgres=True
    )
    vectors = register("vector_db", "pgvector", "Estate vector index", owner, _postgres(), postgres=True)
    lake = register("lake", "parquet", "Estate lake", owner, {"root": str(places.lake())})
    password = places.keep_secret("estate_valkey", places.plan().password)
    features = register("feature_store", "valkey", "Estate feature store", owner, _valkey(), secret=password)
    person = {"customer_id": "customer_id"}
    services.place(
        asset=assets[names.CUSTOMERS],
        system=oltp,
        object_name="app.customers",
        settings={"identifiers": person | {"email": "email", "device_id": "device_id"}, "surrogate": "id"},
    )
    services.place(
        asset=assets[names.EVENTS],
        system=oltp,
        object_name="app.customer_events",
        settings={"identifiers": person, "surrogate": "id"},
    )
    for named in (names.ORDERS, names.TOTALS, names.SCORES, names.DOCUMENTS, names.RETRIEVALS, names.ANSWERS):
        services.place(asset=assets[named], system=oltp, object_name=named.name.removeprefix("estate."))
    services.place(
        asset=assets[names.SEMANTIC],
        system=vectors,
        object_name="vectors.customer_semantic",
        settings={"identifiers": person, "surrogate": "id", "vector_column": "embedding"},
    )
    services.place(
        asset=assets[names.CLICKSTREAM],
        system=lake,
        object_name="clickstream",
        settings={"identifiers": person | {"device_id": "device_id"}},
    )
    services.place(
        asset=assets[names.PROFILE],
        system=features,
        object_name="customer_profile",
        settings={
            "identifiers": person,
            "key": "feature:customer_profile:{customer_id}",
            "columns": {"events": "integer", "purchases": "integer", "spend_usd": "number"},
        },
    )
    services.place(
        asset=assets[names.CLICKS],
        system=features,
        object_name="clicks",
        settings={"identifiers": person, "type": "stream"},
    )


def register(
    name: str,
    kind: str,
    label: str,
    owner: Team,
    system_settings: dict[str, object],
    *,
    postgres: bool = False,
    secret: str = "",
) -> DataSystem:
    """Register one system, with accounts of its own for probing and erasing where it is PostgreSQL."""
    probe = erase = secret
    if postgres:
        probe, erase = (places.keep_secret(f"{each}_dsn", places.url_as(each)) for each in (places.PROBE, places.ERASE))
    return services.register_system(
        actor=system_actor(BUILDER),
        name=name,
        kind=kind,
        label=label,
        settings=system_settings,
        probe_secret=probe,
        erase_secret=erase,
        region="us",
        owner_team=owner,
    )


def _postgres() -> dict[str, object]:
    return {
        "host": "127.0.0.1",
        "port": places.plan().postgres_port,
        "dbname": places.DATABASE,
        "data_directory": str(places.postgres_data()),
        "wal_expiry_days": 1,
        "log_expiry_days": 7,
    }


def _valkey() -> dict[str, object]:
    return {
        "host": "127.0.0.1",
        "port": places.plan().estate_valkey_port,
        "directory": str(places.valkey_data()),
    }
