"""Measuring JSON over HTTP: the rows of an answer, fetched through the one outgoing client, asked with SQL in memory.

What comes back is hostile input: bounded in bytes, rows, pages and time, read as strict JSON (RFC 8259), never followed
to another host, and no text of it reaches a message.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings as portal

from portal.core.connectors.base import ConnectorError, Reader, SystemConfig, Target
from portal.core.connectors.duck import fetched, reading
from portal.core.connectors.http.pointers import at, next_page
from portal.core.web.outgoing import AddressRefused, Answer, CallFailed, call

MAX_BYTES = 10_000_000
STATUSES = {
    401: "It refused the secret (401).",
    403: "It refused the secret (403).",
    404: "It knows no such path (404); correct the placement.",
    429: "It asks for fewer calls (429).",
}


def reader(config: SystemConfig, targets: Sequence[Target], *, timeout_s: float) -> AbstractContextManager[Reader]:
    """Fetch the datasets and open them; see Measurable.reader."""
    found = [_source(config, target, number, timeout_s) for number, target in enumerate(targets)]
    clock = max(seen for _, seen in found)
    return reading.reader([source for source, _ in found], timeout_s=timeout_s, clock=clock)


def base_of(config: SystemConfig) -> str:
    """Scheme, host and port of the system. Raises ConnectorError where they do not fit together."""
    settings = config.settings
    scheme, host = settings.get("scheme") or "https", settings.get("host")
    if scheme not in ("https", "http") or not host:
        raise ConnectorError(f"{config.name} needs a `host`, and `scheme` https or http.")
    port = settings.get("port") or (443 if scheme == "https" else 80)
    if scheme == "http" and config.secret and f"{host}:{port}" not in portal.SYSTEM_PRIVATE_HOSTS:
        raise ConnectorError(f"{config.name} would send its secret unencrypted; set `scheme` to https.")
    return f"{scheme}://{host}:{port}"


def asked(config: SystemConfig, url: str, timeout_s: float, method: str = "GET") -> Answer:
    """One answer, whatever its status. Raises ConnectorError where none came; no message carries the path."""
    headers = {"Accept": "application/json", "Cache-Control": "no-cache"}
    if config.secret:
        name = config.settings.get("secret_header") or "Authorization"
        prefix = config.settings.get("secret_prefix", "Bearer " if name == "Authorization" else "")
        headers[name] = f"{prefix}{config.secret}"
    most = int(config.settings.get("max_bytes") or MAX_BYTES)
    try:
        return call(
            url,
            method=method,
            headers=headers,
            allowed_private=portal.SYSTEM_PRIVATE_HOSTS,
            timeout_s=timeout_s,
            max_bytes=most,
        )
    except AddressRefused as error:
        raise ConnectorError(str(error), code="address") from None
    except CallFailed as error:
        raise ConnectorError(str(error), code="call", retryable=True) from None


def _source(config: SystemConfig, target: Target, number: int, timeout_s: float) -> tuple[reading.Source, datetime]:
    fetch, types = fetched.Fetch(config, timeout_s), fetched.declared(target.settings)
    url, clock, values = base_of(config) + _path(target), datetime.min.replace(tzinfo=UTC), list[dict[str, Any]]()
    while url:
        fetch.check_time()
        answer = asked(config, url, timeout_s)
        clock = max(clock, _clock(answer))
        document = _json(config, answer)
        for row in _rows(document, target):
            kept = {**row, **{name: at(row, name) for name in types if name.startswith("/")}}
            fetch.add(kept, "Ask for less of it in the path")
            values.append(kept)
        url = _same_origin(url, next_page(answer.headers, document, target.settings.get("next")))
    return fetched.source(target.object_name, number, fetch.rows, types | _inferred(values, types)), clock


def _path(target: Target) -> str:
    if not target.object_name.startswith("/"):
        raise ConnectorError("An HTTP dataset is named by its path, such as /v1/orders; correct its placement.")
    return target.object_name


def _json(config: SystemConfig, answer: Answer) -> Any:
    """The body of a good answer as strict JSON."""
    if answer.status != 200:
        said = STATUSES.get(answer.status, f"It answered {answer.status}.")
        if 300 <= answer.status < 400:
            said = f"It redirects ({answer.status}), which is not followed; correct its host or path."
        retry = answer.status == 429 or answer.status >= 500
        raise ConnectorError(f"{config.name} gave no rows. {said}", retryable=retry, missing=answer.status == 404)
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise ConnectorError(f"{config.name} answers compressed although it was not asked to.")
    try:
        return json.loads(answer.body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ConnectorError(f"The answer of {config.name} is no JSON, or nested too deeply.", code="json") from None


def _refuse(word: str) -> None:
    raise ValueError(word)


def _rows(document: Any, target: Target) -> list[dict[str, Any]]:
    """The rows at the placement's pointer: a list of objects, or one object."""
    pointer = target.settings.get("pointer") or ""
    found = at(document, pointer)
    rows = [found] if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        where = f"At “{pointer}” of the answer" if pointer else "The answer"
        raise ConnectorError(f"{where} is no list of objects; correct `pointer` in the placement.", code="pointer")
    return rows


def _same_origin(url: str, following: str | None) -> str:
    """The next page's address. Raises ConnectorError where it leads to another host: the secret would go with it."""
    if not following:
        return ""
    found = urljoin(url, following)
    if urlsplit(found)[:2] != urlsplit(url)[:2]:
        raise ConnectorError("The next page lies on another host, which is not followed.", code="address")
    return found


def _clock(answer: Answer) -> datetime:
    """The later of the server's clock and ours: a copy out of a cache must not make old rows look young."""
    ours = datetime.now(UTC)
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
        return max(ours, theirs + timedelta(seconds=int(answer.headers.get("age", "0"))))
    except (ValueError, TypeError, OverflowError):
        return ours


def _inferred(rows: Sequence[Mapping[str, Any]], declared: Mapping[str, str]) -> dict[str, str]:
    """Types that JSON itself gives to fields that the placement leaves open."""
    kinds: dict[str, set[type]] = {}
    for row in rows:
        for name, value in row.items():
            if name not in declared and value is not None:
                kinds.setdefault(name, set()).add(type(value))
    words = {frozenset({int}): "integer", frozenset({float}): "float", frozenset({bool}): "boolean"}
    words[frozenset({int, float})] = "float"
    return {name: words[frozenset(found)] for name, found in kinds.items() if frozenset(found) in words}
