"""Rows that a service answers as JSON, in pages."""

from __future__ import annotations

import http.server
import json
import threading
from datetime import date, datetime
from typing import Any, ClassVar

from django.test import override_settings

from portal.core.connectors.base import SystemConfig
from tests.conformance.indicators.planting import Place, Source, Table, cells
from tests.conformance.indicators.sources.valkey import TYPES

SECRET = "s3cret"
PAGE = 7


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers /<name>?page=N to whoever knows the secret."""

    datasets: ClassVar[dict[str, list[dict[str, Any]]]] = {}

    def do_GET(self) -> None:
        name, _, page = self.path.lstrip("/").partition("?page=")
        first = PAGE * int(page or 0)
        rows = self.datasets.get(name)
        known = self.headers.get("Authorization") == f"Bearer {SECRET}"
        more = rows is not None and len(rows) > first + PAGE
        body = {"data": {"items": (rows or [])[first : first + PAGE]}}
        if more:
            body["next"] = f"/{name}?page={int(page or 0) + 1}"
        sent = json.dumps(body).encode()
        self.send_response(200 if known and rows is not None else 404 if known else 401)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *args: Any) -> None:
        """Silent: the suite prints its own."""


class HttpSource(Source):
    """One object a row; NULL is null in even rows and absent in odd ones."""

    label = "http_json"

    def start(self) -> None:
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        port = self.server.server_port
        self.allowed = override_settings(SYSTEM_PRIVATE_HOSTS=[f"127.0.0.1:{port}"])
        self.allowed.enable()
        reached = {"scheme": "http", "host": "127.0.0.1", "port": port}
        self.config = SystemConfig("service", "http_json", reached, SECRET)

    def plant(self, name: str, table: Table) -> Place:
        Handler.datasets[name] = [
            {key: _written(value) for key, value in row.items() if value is not None or number % 2 == 0}
            for number, row in enumerate(cells(table))
        ]
        columns = {name: TYPES[kind] for name, kind in table.columns.items()}
        return Place(f"/{name}", {"pointer": "/data/items", "next": "/next", "columns": columns})

    def close(self) -> None:
        self.allowed.disable()
        self.server.shutdown()
        self.server.server_close()


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


SOURCES = (HttpSource,)
