"""The estate of the gate's tests."""

import pytest

from tests.contracts_app import life


@pytest.fixture
def estate(world, clock):
    """The cast, with the names that the example uses registered."""
    world.asset = life.register_names(world)
    return world
