"""A check that the orders' totals make sense: it fails, truly, since the estate's orders hold a planted breach."""

import logging
from datetime import datetime

import psycopg

from portal.client.lineage import Emitter, current_run, traced
from portal.demo.estate import places
from portal.demo.estate.names import ORDERS
from portal.demo.pipelines.telling import dataset

SALES = dataset(ORDERS)
_log = logging.getLogger(__name__)


class NegativeTotals(Exception):
    """Orders have totals below zero."""


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Check once an hour, and move on: nothing else waits for this."""
    if since.replace(minute=0, second=0, microsecond=0) == until.replace(minute=0, second=0, microsecond=0):
        return
    try:
        traced(emitter, job="check_orders", inputs=[SALES])(check_totals)()
    except NegativeTotals as found:
        _log.info("the hourly check of the orders failed: %s", found)


def check_totals() -> None:
    """Raise NegativeTotals where an order's total is below zero."""
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        found = connection.execute(
            "SELECT count(*) FILTER (WHERE total_usd < 0), count(*), max(id) FROM app.orders"
        ).fetchone()
    negative, orders, newest = found or (0, 0, 0)
    current_run().reads(SALES.measured(rows=orders, version=f"id {newest}"))
    if negative:
        raise NegativeTotals(f"{negative} of {orders} totals are below zero")
