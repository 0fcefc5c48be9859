"""One person in every kind of system there is, with a name, a telephone number, a device and an embedding."""

import io
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq

from portal.core.catalog import services as catalog
from portal.core.connectors import registry
from portal.core.connectors.backup import writer
from portal.core.connectors.base import Erasable, Subject
from portal.core.identity.actors import system_actor
from tests.conformance.kinds.delta import DeltaEstate
from tests.conformance.kinds.encrypted_backup import NIGHT, BackupEstate
from tests.conformance.kinds.sqlite import SqliteEstate
from tests.conformance.kinds.valkey import StreamEstate, save
from tests.privacy_app.estate import KINDS, FourSystems

ALL = {
    **KINDS,
    "clicks": (StreamEstate, "stream"),
    "lakehouse": (DeltaEstate, "table"),
    "offline": (SqliteEstate, "table"),
    "backups": (BackupEstate, "file_set"),
}


class EverySystem(FourSystems):
    """All of them. Nobody else's identifier holds one of the subject's, so that every hit is the subject."""

    kinds = ALL

    def __init__(self, plan, folder):
        super().__init__(plan, folder)
        self.name, self.phone = f"Zelda Quint-{self.mark}", f"+41{int(self.mark, 16):013d}"
        self.device = f"phone-{self.mark[::-1]}"
        for each in self.estates.values():
            each.look_alike = f"somebody.else.{each.mark}@example.com"
            each.subject = Subject({"email": frozenset({self.email}), "customer_id": frozenset({self.customer})})

    @property
    def said(self):
        return f"{self.name} called from {self.phone} on {self.device}"

    def plant(self):
        super().plant()
        for name in ("oltp", "vectors"):
            each = self.estates[name]
            each.session.execute(f'UPDATE "{each.table}" SET notes = %s WHERE email = %s', [self.said * 90, self.email])
            each.session.execute(
                f'UPDATE "{each.table}" SET notes = %s, device = %s WHERE email = %s',
                [self.said, self.device, self.email],
            )
        features, clicks = self.estates["features"], self.estates["clicks"]
        key = f"{features.mark[::-1]}:profile:{self.customer}"
        features.client.hset(key, mapping={"name": self.name, "phone": self.phone, "device": self.device})
        fields = {"customer_id": self.customer, "email": self.email, "score": 8, "said": self.said}
        clicks.client.xadd(clicks.stream, fields)
        save(clicks.client)
        offline = self.estates["offline"]
        offline.app.execute("UPDATE tickets SET notes = ? WHERE customer_id = ?", [self.said, self.customer])
        self._lakes()
        backups = self.estates["backups"]
        row = {**backups.theirs, "name": self.name, "phone": self.phone, "device": self.device}
        writer.write(backups.config, backups.target, [row], at=NIGHT + timedelta(days=2))
        backups.left_behind.unlink()

    def _lakes(self):
        """One more file each, whose text names the person."""
        lake = self.estates["lake"]
        lake.put("day=4/d.parquet", [(self.customer, self.email, 9)], "zstd")
        path = lake.folder / "clicks" / "day=4" / "d.parquet"
        table = pq.ParquetFile(path).read()
        note = pa.array([{"text": self.said}], table.schema.field("note").type)
        table = table.set_column(table.schema.get_field_index("note"), table.schema.field("note"), note)
        data = io.BytesIO()
        pq.write_table(table, data, compression="zstd")
        path.write_bytes(data.getvalue())
        lakehouse = self.estates["lakehouse"]
        lakehouse.put([(self.customer, f"{self.email}", 9)])

    def register(self, settings, environment):
        super().register(settings, environment)
        actor = system_actor("tests")
        self.crm = catalog.register_system(
            actor=actor,
            name="crm",
            kind="manual",
            settings={"instructions": "Open Contacts, search, delete, empty the bin."},
            owner_team=self.team,
        )
        contacts = catalog.adopt_asset(actor=actor, namespace="shop", name="crm.contacts", kind="table")
        catalog.place(
            asset=contacts, system=self.crm, object_name="Contacts", settings={"identifiers": {"email": "Address"}}
        )

    def planted(self):
        """Every value to look for, by what it is; embeddings by their first bytes."""
        values = {
            "e-mail": self.email,
            "customer id": self.customer,
            "name": self.name,
            "telephone": self.phone,
            "device": self.device,
        }
        for name, each in self.estates.items():
            kind = registry.capable(each.config.kind, Erasable)
            for number, vector in enumerate(kind.discover(each.config, each.target, each.subject).vectors):
                values[f"embedding {number} in {name}"] = vector[:64]
        return values
