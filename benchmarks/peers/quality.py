"""The peers that test data, Soda Core and Great Expectations, as the benchmarks speak to them."""

from __future__ import annotations

from benchmarks.peers.environment import version_of
from benchmarks.peers.warm import Warm

SODA = f"Soda Core {version_of('soda_core', 'soda-core-postgres')}"
GX = f"Great Expectations {version_of('great_expectations', 'great-expectations')}"


def soda() -> Warm:
    """Soda Core, asked with `url` and `checks` (SodaCL)."""
    return Warm("soda_core", "soda_server.py")


def great_expectations() -> Warm:
    """Great Expectations, asked with `url`, `table`, `expectations` and `format`."""
    return Warm("great_expectations", "gx_server.py")
