"""Which version of its data a pipeline saw or made, by what each store itself can say."""

import psycopg
import redis

PROFILES = "feature_version:customer_profile"


def of_events(connection: psycopg.Connection) -> str:
    """The newest event's number: the table is only ever appended to, erasures aside."""
    found = connection.execute("SELECT max(id) FROM app.customer_events").fetchone()
    return f"id {found[0]}" if found and found[0] else ""


def of_customers(connection: psycopg.Connection) -> str:
    """The newest customer's number."""
    found = connection.execute("SELECT max(id) FROM app.customers").fetchone()
    return f"id {found[0]}" if found and found[0] else ""


def of_profiles(store: redis.Redis) -> str:
    """What the latest refresh of the profiles called itself."""
    return str(store.get(PROFILES) or "")
