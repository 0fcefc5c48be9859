"""Rows of JSON that a service answers over HTTP."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from portal.core.connectors.base import (
    NO_SETTINGS,
    ConnectorError,
    Measurable,
    Reader,
    Setting,
    SystemConfig,
    Target,
    Transit,
)
from portal.core.connectors.duck import fetched
from portal.core.connectors.http import reading
from portal.core.connectors.registry import connector


@connector("http_json")
class HttpJson(Measurable):
    """Datasets are paths of one service; the secret goes into a header."""

    label = "JSON over HTTP"
    settings = (
        Setting("host", "Name of the service's host.", required=True),
        Setting("port", "Port of the service; 443 (or 80 for http) when empty."),
        Setting("scheme", "https, or http for a service in the same machine or private network; https when empty."),
        Setting("secret_header", "Header that carries the secret; Authorization when empty."),
        Setting("secret_prefix", 'Text before the secret in the header; "Bearer " for Authorization when empty.'),
        Setting("max_bytes", f"Longest answer that is read; {reading.MAX_BYTES:,} bytes when empty."),
        fetched.ROWS_SETTING,
    )
    target_settings = (
        Setting("pointer", "JSON Pointer to the list of rows, such as /data/items; the whole answer when empty."),
        Setting("next", "JSON Pointer to the next page's address; the Link header is followed when empty."),
        fetched.COLUMNS_SETTING,
    )

    def ping(self, config: SystemConfig) -> None:
        """See Connector. Any answer shows that the service is there; 401 and 403 that it refuses the secret."""
        answer = reading.asked(config, f"{reading.base_of(config)}/", 5, method="HEAD")
        if answer.status in (401, 403):
            raise ConnectorError(f"{config.name}: {reading.STATUSES[answer.status]}")

    def transit(self, config: SystemConfig) -> Transit:
        """See Connector. By https the certificate is checked before anything is asked."""
        self.ping(config)
        if reading.base_of(config).startswith("https:"):
            return Transit(True, "The connection is encrypted (TLS), its certificate checked.")
        if config.settings.get("host") in ("127.0.0.1", "::1", "localhost"):
            return Transit(True, "The connection does not leave this machine.")
        return Transit(False, "The connection is plain HTTP. Set `scheme` to https.")

    def reader(
        self,
        config: SystemConfig,
        object_name: str,
        *,
        timeout_s: float = 30,
        settings: Mapping[str, Any] = NO_SETTINGS,
        also: Sequence[Target] = (),
    ) -> AbstractContextManager[Reader]:
        """See Measurable and `http.reading`."""
        return reading.reader(config, [Target(object_name, settings), *also], timeout_s=timeout_s)
