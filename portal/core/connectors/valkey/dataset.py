"""A dataset inside Valkey: keys that fit a template, hashes whose fields name a person, or one stream."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, product

from portal.core.connectors.base import ConnectorError, Subject, Target
from portal.core.connectors.valkey.client import Client

BATCH = 1000
PLACE = re.compile(r"\{(\w+)\}")
SPECIAL = re.compile(r"([*?\[\]\\^])")


@dataclass(frozen=True, repr=False)
class Record:
    """One key or stream entry, with the identifiers that its name and its fields hold."""

    key: bytes
    values: dict[str, str]


class Dataset:
    """`key` ("profile:{customer_id}") or `pattern` ("profile:*") or `type: stream`, as the placement says."""

    def __init__(self, client: Client, target: Target) -> None:
        """Raises ConnectorError when the placement says neither."""
        self.client, self.fields = client, target.columns
        self.stream = target.object_name.encode() if target.settings.get("type") == "stream" else None
        self.template: str = target.settings.get("key", "")
        self.pattern: str = target.settings.get("pattern") or PLACE.sub("*", self.template)
        self.vector: str | None = target.settings.get("vector_column")
        if self.stream is None and not self.pattern:
            raise ConnectorError("The placement has neither `key`, `pattern` nor `type: stream`; add one.")
        if not self.fields and not PLACE.search(self.template):
            raise ConnectorError("The placement does not say where its identifiers are; add `identifiers` or `key`.")

    def find(self, subject: Subject) -> list[bytes]:
        """Keys (or entry ids) of the subject, sorted. Looks keys up directly where the name alone decides."""
        if self.stream is None and not self.fields:
            return sorted(self._existing(self._rendered(subject)))
        return sorted(record.key for record in self.records() if self._belongs(record, subject))

    def neighbours(self, subject: Subject) -> list[str]:
        """Identifiers of others that contain one of the subject's: not hits in a byte scan."""
        own = {value for values in subject.identifiers.values() for value in values}
        seen = {value for record in self.records() for value in record.values.values()}
        return sorted(value for value in seen - own if any(part in value for part in own))

    def vectors(self, keys: Iterable[bytes]) -> tuple[bytes, ...]:
        """The embeddings that hashes keep as float32 bytes in their vector field."""
        if not self.vector or self.stream is not None:
            return ()
        read = (self.client.hget(key, self.vector) for key in keys)
        return tuple(vector for vector in read if vector)

    def records(self) -> Iterator[Record]:
        """Everything in the dataset, in batches."""
        if self.stream is not None:
            yield from self._entries()
            return
        keys = self.client.scan_iter(match=self.pattern, count=BATCH)
        while batch := list(islice(keys, BATCH)):
            yield from self._hashes(batch) if self.fields else (Record(key, self._in_name(key)) for key in batch)

    def _hashes(self, keys: list[bytes]) -> Iterator[Record]:
        """Read the identifying fields of many hashes in one go; keys of other types have none."""
        kinds, fields = list(self.fields), list(self.fields.values())
        with self.client.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.hmget(key, fields)
            replies = pipe.execute(raise_on_error=False)
        for key, reply in zip(keys, replies, strict=True):
            values = [] if isinstance(reply, Exception) else zip(kinds, reply, strict=True)
            yield Record(key, self._in_name(key) | {kind: _text(value) for kind, value in values if value is not None})

    def _entries(self) -> Iterator[Record]:
        after = "-"
        while entries := self.client.xrange(self.stream, min=after, count=BATCH):
            for entry, fields in entries:
                values = {kind: fields.get(name.encode()) for kind, name in self.fields.items()}
                yield Record(entry, {kind: _text(value) for kind, value in values.items() if value is not None})
            after = f"({entries[-1][0].decode()}"

    def _belongs(self, record: Record, subject: Subject) -> bool:
        return any(value in subject.identifiers.get(kind, ()) for kind, value in record.values.items())

    def _in_name(self, key: bytes) -> dict[str, str]:
        """The identifiers in a key's name, read back through the template."""
        if not self.template:
            return {}
        literal = re.split(r"\{(\w+)\}", self.template)
        parts = [re.escape(p).replace(r"\*", ".*") if n % 2 == 0 else f"(?P<{p}>.+)" for n, p in enumerate(literal)]
        found = re.fullmatch("".join(parts), _text(key), re.DOTALL)
        return found.groupdict() if found else {}

    def _rendered(self, subject: Subject) -> list[str]:
        """Key names (or globs, where the template has a `*`) for every combination of the subject's values."""
        kinds = PLACE.findall(self.template)
        names = []
        for values in product(*(subject.values(kind) for kind in kinds)):
            escaped = [SPECIAL.sub(r"\\\1", value) if "*" in self.template else value for value in values]
            names.append(PLACE.sub("{}", self.template).format(*escaped))
        return names

    def _existing(self, names: Iterable[str]) -> Iterator[bytes]:
        for name in names:
            if "*" in self.template:
                yield from self.client.scan_iter(match=name, count=BATCH)
            elif self.client.exists(name):
                yield name.encode()


def _text(value: bytes) -> str:
    return value.decode(errors="surrogateescape")
