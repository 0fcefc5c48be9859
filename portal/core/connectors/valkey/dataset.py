"""A dataset inside Valkey: keys that fit a template, hashes whose fields name a person, or one stream."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from portal.core.connectors import spelling
from portal.core.connectors.base import ConnectorError, Subject, Target
from portal.core.connectors.valkey.client import Client

BATCH = 1000
PLACE = re.compile(r"\{(\w+)\}")
# One step of SCAN with the asked-for fields of the hashes it yields: one reply instead of a thousand. No identifier is
# sent, so none can reach a log of slow commands. A key of another type has no fields.
STEP = """
local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])
local values = {}
for number, key in ipairs(found[2]) do
  local reply = redis.pcall('HMGET', key, unpack(ARGV, 4))
  values[number] = reply.err and {} or reply
end
return {found[1], found[2], values}
"""
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
        self.pattern = pattern_of(target)
        self._named = reading_of(target)
        self.vector: str | None = target.settings.get("vector_column")
        if self.stream is None and not self.pattern:
            raise ConnectorError("The placement has neither `key`, `pattern` nor `type: stream`; add one.")
        if not self.fields and not PLACE.search(self.template):
            raise ConnectorError("The placement does not say where its identifiers are; add `identifiers` or `key`.")

    def find(self, subject: Subject) -> list[bytes]:
        """Keys (or entry ids) of the subject, sorted. Looks keys up directly where the name alone decides.

        A name with an e-mail address has many spellings, so all names are read: none of them is sent to the server.
        """
        caseless = any(map(spelling.is_caseless, PLACE.findall(self.template)))
        if self.stream is None and not self.fields and not caseless:
            return sorted(self._existing(self._rendered(subject)))
        return sorted(record.key for record in self.records() if self._belongs(record, subject))

    def neighbours(self, subject: Subject) -> list[str]:
        """Identifiers that contain one of the subject's: others' are not hits in a byte scan."""
        parts = subject.parts()
        seen = {value for record in self.records() for value in record.values.values()}
        return sorted(value for value in seen if any(part in value.lower() for part in parts))

    def values(self, kind: str) -> Iterator[str]:
        """Each distinct identifier of one kind, once."""
        seen: set[str] = set()
        for record in self.records():
            value = record.values.get(kind)
            if value is not None and value not in seen:
                seen.add(value)
                yield value

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
        if self.fields:
            yield from self._hashes()
            return
        for key in self.client.scan_iter(match=self.pattern, count=BATCH):
            yield Record(key, self._in_name(key))

    def _hashes(self) -> Iterator[Record]:
        """Every hash that fits the pattern, with the fields that name a person."""
        step = self.client.register_script(STEP)
        cursor = b"0"
        while True:
            cursor, keys, replies = step(args=[cursor, self.pattern, BATCH, *self.fields.values()])
            for key, reply in zip(keys, replies, strict=True):
                fields = zip(self.fields, reply, strict=False)  # a key of another type has no fields
                values = {kind: _text(value) for kind, value in fields if value is not None}
                yield Record(key, self._in_name(key) | values)
            if cursor == b"0":
                return

    def _entries(self) -> Iterator[Record]:
        after = "-"
        while entries := self.client.xrange(self.stream, min=after, count=BATCH):
            for entry, fields in entries:
                values = {kind: fields.get(name.encode()) for kind, name in self.fields.items()}
                yield Record(entry, {kind: _text(value) for kind, value in values.items() if value is not None})
            after = f"({entries[-1][0].decode()}"

    def _belongs(self, record: Record, subject: Subject) -> bool:
        return any(subject.has(kind, value) for kind, value in record.values.items())

    def _in_name(self, key: bytes) -> dict[str, str]:
        """The identifiers in a key's name, read back through the template."""
        found = self._named.fullmatch(_text(key)) if self._named else None
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


def pattern_of(target: Target) -> str:
    """The glob of the dataset's key names; empty where the placement names none."""
    return str(target.settings.get("pattern") or PLACE.sub("*", target.settings.get("key", "")))


def reading_of(target: Target) -> re.Pattern[str] | None:
    """The template turned round: an expression that reads identifiers out of a key's name."""
    template = target.settings.get("key", "")
    if not template:
        return None
    parts = re.split(r"\{(\w+)\}", template)
    forms = (re.escape(p).replace(r"\*", ".*") if n % 2 == 0 else f"(?P<{p}>.+)" for n, p in enumerate(parts))
    return re.compile("".join(forms), re.DOTALL)


def _text(value: bytes) -> str:
    return value.decode(errors="surrogateescape")
