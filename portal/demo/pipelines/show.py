"""The board's dashboard: it reads the orders and the forecast, and writes nothing."""

import json
from datetime import datetime
from typing import Any

import psycopg

from portal.client.lineage import Emitter, current_run, traced
from portal.demo.estate import places
from portal.demo.estate.names import FORECAST, ORDERS
from portal.demo.pipelines.telling import dataset, digest_of

SALES, RISK = dataset(ORDERS), dataset(FORECAST)


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Show the board's figures, told as one run without an output."""
    del since, until
    traced(emitter, job="board_dashboard", inputs=[SALES, RISK])(figures)()


def figures() -> dict[str, Any]:
    """Orders and revenue, beside the share of customers at risk."""
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        found = connection.execute("SELECT count(*), coalesce(sum(total_usd), 0), max(id) FROM app.orders").fetchone()
    orders, revenue, newest = found or (0, 0, 0)
    file = places.models() / "forecast.json"
    forecast = json.loads(file.read_text())
    current_run().reads(
        SALES.measured(rows=orders, version=f"id {newest}"),
        RISK.measured(rows=len(forecast), version=digest_of([file])),
    )
    return {"orders": orders, "revenue_usd": float(revenue), "at_risk": forecast}
