"""The backup file, version 1: everybody's records in one file, each readable only with its own person's key.

    custody-backup 1\\n
    {"id": "<32 hex digits>", "made_at": "<RFC 3339>", "set": "<name>"}\\n
    records: 16 bytes id of a key, 4 bytes length of the rest (big endian), 12 bytes nonce, ciphertext with tag
    16 zero bytes, 4 bytes number of records

Records are AES-256-GCM (NIST SP 800-38D) over JSON; the associated data are the file's and the key's id, so that a
record cannot be moved. Ids of keys are random: the file alone says neither who is in it nor what is said of them. A
file without its end is refused: it was not written to the end.
"""

import base64
import json
import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.core.connectors.errors import ConnectorError

MAGIC = b"custody-backup 1\n"
SUFFIX = ".cbk"
ID = 16
NONCE = 12
END = bytes(ID)
LENGTH = struct.Struct(">I")
LONGEST_HEADER = 10_000
UNFINISHED = "A backup was not written to its end."


@dataclass(frozen=True)
class Header:
    """What a file says about itself."""

    id: bytes
    name: str
    made_at: datetime


@dataclass(frozen=True, repr=False)
class Record:
    """One person's record as it lies in the file."""

    key_id: bytes
    sealed: bytes


def seal(key: bytes, key_id: bytes, file_id: bytes, row: Mapping[str, Any]) -> bytes:
    """A row as the bytes of its record, ready to be written."""
    nonce = os.urandom(NONCE)
    body = json.dumps(row, default=_plain, ensure_ascii=False).encode()
    sealed = nonce + AESGCM(key).encrypt(nonce, body, file_id + key_id)
    return key_id + LENGTH.pack(len(sealed)) + sealed


def opened(record: Record, key: bytes, file_id: bytes) -> dict[str, Any]:
    """The row of a record. Raises ConnectorError where the record was altered."""
    nonce, body = record.sealed[:NONCE], record.sealed[NONCE:]
    try:
        plain = AESGCM(key).decrypt(nonce, body, file_id + record.key_id)
    except InvalidTag:
        raise ConnectorError("A record of a backup was altered: it does not open with its own key.") from None
    row: dict[str, Any] = json.loads(plain, object_hook=_bytes)
    return row


def write_header(file: BinaryIO, header: Header) -> None:
    """Begin a file."""
    said = {"id": header.id.hex(), "made_at": header.made_at.isoformat(), "set": header.name}
    file.write(MAGIC + json.dumps(said, sort_keys=True).encode() + b"\n")


def write_end(file: BinaryIO, count: int) -> None:
    """End a file, with the number of its records."""
    file.write(END + LENGTH.pack(count))


def read(path: Path) -> tuple[Header, Iterator[Record]]:
    """The header of a file, and its records as they are read. Raises ConnectorError for anything but a whole backup."""
    file = path.open("rb")
    try:
        header = _known_header(file)
    except ConnectorError:
        file.close()
        raise
    return header, _records(file)


def header_of(path: Path) -> Header:
    """The header of a file alone. Raises ConnectorError for anything but a backup."""
    with path.open("rb") as file:
        return _known_header(file)


def _known_header(file: BinaryIO) -> Header:
    try:
        return _header(file)
    except (ValueError, KeyError):
        raise ConnectorError("A file among the backups is no backup of version 1, or its header is broken.") from None


def _header(file: BinaryIO) -> Header:
    if file.read(len(MAGIC)) != MAGIC:
        raise ValueError("no backup")
    said = json.loads(file.readline(LONGEST_HEADER))
    return Header(bytes.fromhex(said["id"]), str(said["set"]), datetime.fromisoformat(said["made_at"]))


def _records(file: BinaryIO) -> Iterator[Record]:
    with file:
        seen = 0
        while (key_id := file.read(ID)) != END:
            length = _length(file)
            sealed = file.read(length)
            if len(sealed) < length:
                raise ConnectorError(UNFINISHED)
            yield Record(key_id, sealed)
            seen += 1
        if seen != _length(file):
            raise ConnectorError("A backup holds another number of records than it says.")


def _length(file: BinaryIO) -> int:
    data = file.read(LENGTH.size)
    if len(data) < LENGTH.size:
        raise ConnectorError(UNFINISHED)
    return int(LENGTH.unpack(data)[0])


def _plain(value: Any) -> Any:
    """What JSON does not know: bytes by a name of their own, everything else (dates, decimals, UUIDs) as text."""
    if isinstance(value, bytes | bytearray | memoryview):
        return {"$bytes": base64.b64encode(bytes(value)).decode()}
    return str(value)


def _bytes(found: dict[str, Any]) -> Any:
    return base64.b64decode(found["$bytes"]) if set(found) == {"$bytes"} else found
