"""One subject planted in four real systems, by the conformance suite's own test data."""

import uuid

from portal.core.catalog import services as catalog
from portal.core.connectors.base import Target
from portal.core.identity.actors import system_actor
from tests.conformance.kinds.parquet import ParquetEstate
from tests.conformance.kinds.pgvector import PgVectorEstate
from tests.conformance.kinds.postgresql import PostgresEstate
from tests.conformance.kinds.valkey import ValkeyEstate

KINDS = {
    "oltp": (PostgresEstate, "table"),
    "vectors": (PgVectorEstate, "vector_index"),
    "features": (ValkeyEstate, "feature_view"),
    "lake": (ParquetEstate, "file_set"),
}


class FourSystems:
    """The planted estates by name; `email` and `customer` are the subject's."""

    kinds = KINDS

    def __init__(self, plan, folder):
        self.mark = uuid.uuid4().hex[:10]
        self.email, self.customer = f"zz.{self.mark}@example.com", f"cust-{self.mark}"
        self.estates = {}
        for name, (kind, _) in self.kinds.items():
            place = folder / name
            place.mkdir()
            made = kind(plan, place)
            made.mark = f"{self.mark[:6]}{name[:3]}"
            made.email, made.customer, made.look_alike = self.email, self.customer, f"x{self.email}"
            made.people = 60
            self.estates[name] = made

    def plant(self):
        for each in self.estates.values():
            each.plant()

    def register(self, settings, monkeypatch):
        """Tell the catalog about the systems; secrets go by reference, places by the allow-lists."""
        roots = {path for each in self.estates.values() for path in _paths(each.config.settings)}
        settings.SYSTEM_PATHS = tuple(sorted(roots))
        self.systems, self.assets = {}, {}
        for name, estate in self.estates.items():
            self._register(name, estate, monkeypatch)

    def _register(self, name, estate, monkeypatch):
        actor = system_actor("tests")
        reference = ""
        if estate.config.secret:
            variable = f"CUSTODY_SECRET_{name.upper()}"
            monkeypatch.setenv(variable, estate.config.secret)
            reference = f"env:{variable}"
        declared = dict(estate.config.settings)
        maps = declared.pop("identity_maps", None)
        if maps and name == "oltp":
            columns = {"email": "email", "customer_id": "customer_id"}
            declared["identity_maps"] = [maps[0] | {"columns": columns}]
        system = catalog.register_system(
            actor=actor,
            name=f"{name}-{self.mark}",
            kind=estate.config.kind,
            settings=declared,
            probe_secret=reference,
            erase_secret=reference,
        )
        asset = catalog.adopt_asset(actor=actor, namespace="shop", name=f"{name}.people", kind=self.kinds[name][1])
        target: Target = estate.target
        catalog.place(asset=asset, system=system, object_name=target.object_name, settings=dict(target.settings))
        self.systems[name], self.assets[name] = system, asset

    def controls(self):
        """Everybody else, by system."""
        return {name: each.controls() for name, each in self.estates.items()}

    def close(self):
        for each in self.estates.values():
            each.close()


def _paths(settings):
    from pathlib import Path

    return [Path(value) for key, value in settings.items() if key.endswith("directory") or key in ("root", "path")]
